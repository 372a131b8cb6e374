import { type EvidencePart, evidencePart } from '../model/parts.ts'
import type { Check } from '../checks/check.ts'
import type { Plan, PlannedTest, ProbeKey } from '../model/plan.ts'
import type { Reason } from '../model/reason.ts'
import type { Test } from '../model/suite.ts'
import { type ExportLevel, exportLevels, type Target } from '../model/target.ts'
import { groupBy } from '../report/standings.ts'
import type { LoadedSuites, LoadedSuite } from '../suite/load.ts'
import { plan } from '../suite/planning/plan.ts'
import { probeReferencesIn } from '../suite/probe-references.ts'

/** The one probe of a plan on files: the export that they came from. */
export const localExportKey: ProbeKey = 'export of files'

/** What is known about the export that files came from. */
export interface ExportOrigin {
  /** Absent: unknown. */
  readonly level?: ExportLevel
  readonly manifest: boolean
}

/** The tests that files alone can decide, whatever server they came from, each on `localExport`. */
export function planFiles(loaded: LoadedSuites, target: Target, origin: ExportOrigin): Plan {
  const suites = loaded.suites.map((it) => ({
    ...it,
    suite: {
      ...it.suite,
      tests: Object.fromEntries(Object.entries(it.suite.tests).filter(([, test]) => isOnFiles(it, test))),
    },
  }))
  const planned = groupBy(plan({ ...loaded, suites }, target).tests, (it) => it.id.replace(/@.*/, ''))
  const chosen = new Map<string, Test>(
    suites.flatMap(({ suite }) =>
      Object.entries(suite.tests).map(([name, test]) => [`${suite.suite}/${name}`, test] as const),
    ),
  )
  const tests: PlannedTest[] = []
  for (const atLevels of planned) {
    const name: string = atLevels[0].id.replace(/@.*/, '')
    const test = chosen.get(name)
    const mine = origin.level ? atLevels.find((it) => it.level === origin.level) : atLevels[0]
    if (!mine || !test) continue
    const whyNot =
      mine.notApplicable ??
      whyUndecidable(origin, test, { levels: atLevels.length, checks: loaded.vocabulary.checks })
    const { notApplicable: _, level: _level, ...rest } = mine
    tests.push({
      ...rest,
      ...(origin.level ? { level: origin.level } : { id: name }),
      claim: { ...mine.claim, probe: localExportKey },
      given: [],
      ...(whyNot ? { notApplicable: whyNot } : {}),
    })
  }
  return {
    probes: [
      {
        key: localExportKey,
        label: 'the export',
        after: [],
        kind: 'export',
        spec: { level: origin.level ?? 'system' },
        intent: { upTo: 'files', again: false, polling: 'polite' },
        during: [],
      },
    ],
    tests,
  }
}

/** Whether a test depends only on the contents of files: not on the request or another probe. */
function isOnFiles({ suite }: LoadedSuite, test: Test): boolean {
  const [probe = '', part = ''] = test.on.split('.')
  const spec = suite.exports?.[probe]
  const read = evidencePart(part)
  if (!spec || !read || read.reads === 'exchange') return false
  if (probeReferencesIn(test.expect).length > 0) return false
  if ([...(suite.requires ?? []), ...(test.requires ?? [])].some((it) => it !== '_since')) return false
  if ((test.unless ?? []).length > 0) return false
  // Deletions and errors can be judged whatever the request was.
  if (isManifestOnly(read)) return true
  const { level: _, parameters = {}, ...more } = spec
  return Object.keys(more).length === 0 && Object.keys(parameters).every((it) => it === '_since')
}

/** Whether only a manifest shows which files a part is about. */
function isManifestOnly({ fileKind }: EvidencePart): boolean {
  return fileKind === 'deleted' || fileKind === 'error'
}

function whyUndecidable(
  { level, manifest }: ExportOrigin,
  test: Test,
  it: { readonly levels: number; readonly checks: readonly Check[] },
): Reason | undefined {
  const part = evidencePart(test.on.split('.')[1] ?? '')
  if (!manifest && part && isManifestOnly(part))
    return { kind: 'no-manifest', ...(part.fileKind ? { files: part.fileKind } : {}) }
  if (!manifest && it.checks.some((check) => check.needsManifest && check.name in test.expect))
    return { kind: 'no-manifest' }
  if (!level && it.levels < exportLevels.length) return { kind: 'level-unknown' }
  return undefined
}
