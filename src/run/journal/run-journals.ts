import { createHash, randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import type { Evidence } from '../../model/evidence.ts'
import type { ProbeKey } from '../../model/plan.ts'
import type { RunResult, TestResult } from '../../model/result.ts'
import type { Target } from '../../model/target.ts'
import type { Session } from '../../probe/session.ts'
import { type FeatureSearch, recordedFeatures } from '../features/find-features.ts'
import { judgeTests, type Judging } from '../judging.ts'
import type { RunEvent } from './run-event.ts'
import type { RunOptions } from '../run-options.ts'
import { recordedPicks, recordedSelection, withoutCredentials } from './recorded-parts.ts'
import { scopeOf } from '../result-scope.ts'
import { packageNamesOf, testedSettingOf } from '../tested-setting.ts'
import { beginJournal, type JournalFile } from './journal-file.ts'
import { type JournalRules, journaled } from './journaled-event.ts'
import { type JournalSearch, openJournalSearch } from './search-again.ts'

/** The journals that a run writes: one with what happens, and a recording with bodies and evidence, if they are asked for. */
export interface RunJournals {
  /** Keeps an event and passes it on. */
  readonly notify: (event: RunEvent) => void
  /** Begins to write; events before that are only passed on. */
  begin(run: {
    readonly session: Session
    readonly judging: Judging
    readonly startedAt: number
  }): Promise<void>
  /** Keeps evidence that is new, and what was picked from it. */
  keepEvidence(judging: Pick<Judging, 'evidence' | 'picked'>): void
  /** Keeps what the run concludes, under the numbers that exchanges have during the run. */
  conclude(
    kind: 'concluded' | 'end',
    result: RunResult,
    by: { readonly features?: FeatureSearch; readonly order: readonly ProbeKey[] },
  ): void
  /** Whether everything that was to be recorded has been. */
  readonly isRecorded: boolean
  /** Random id of the run. */
  readonly run: string
  close(): void
}

interface OpenJournal {
  readonly file: JournalFile
  readonly hasBodies: boolean
  readonly search: JournalSearch
}

/** Prepares the journals of a run. */
export function openRunJournals(options: RunOptions): RunJournals {
  const { clock, target } = options
  const run = randomUUID()
  const kept = new Map<ProbeKey, Evidence>()
  let journals: readonly OpenJournal[] = []
  let rules: Omit<JournalRules, 'hasBodies'> | undefined
  let startedAt = 0
  let isLost = false
  const noteLoss = () => {
    if (!isLost) options.onJournalLost?.()
    isLost = true
  }
  const write = (event: RunEvent) => {
    if (!rules) return
    const at = clock.now() - startedAt
    for (const { file, hasBodies, search } of journals) {
      if (!file.isWhole) continue
      search(rules.secrets, 'now')
      const line = journaled(event, at, { ...rules, hasBodies })
      if (line !== undefined) file.append(line)
      if (!file.isWhole && !hasBodies) noteLoss()
    }
  }
  const notify = (event: RunEvent) => {
    write(event)
    options.notify?.(event)
  }
  return {
    run,
    notify,
    async begin({ session, judging, startedAt: at }) {
      startedAt = at
      rules = { target, mask: session.mask, showUrl: session.showUrl, secrets: session.secrets }
      journals = openFiles(options, noteLoss)
      if (journals.length > 0) write(await beginningOf(options, { run, judging, startedAt: at }))
    },
    keepEvidence({ evidence, picked }) {
      if (!journals.some((it) => it.hasBodies)) return
      for (const [probe, it] of evidence) {
        if (kept.get(probe) === it) continue
        kept.set(probe, it)
        write({ kind: 'evidence', probe, evidence: it })
      }
      write({ kind: 'picked', picked: recordedPicks(picked) })
    },
    conclude(kind, { tests: _tests, exchanges: _exchanges, files: _files, ...result }, { features, order }) {
      notify({ kind, result, ...(features ? { features: recordedFeatures(features) } : {}), order })
    },
    get isRecorded() {
      return journals.some(({ hasBodies, file }) => hasBodies && file.isWhole)
    },
    close() {
      for (const { file, search } of journals) {
        if (rules) search(rules.secrets, 'at the end')
        file.close()
      }
      journals = []
    },
  }
}

function openFiles(options: RunOptions, onLost: () => void): readonly OpenJournal[] {
  const { harness, journal, recording, keep, ownServer } = options
  const open = (path: string, hasBodies: boolean): readonly OpenJournal[] => {
    try {
      const file = beginJournal(path, {
        ...{ harness, configuration: configurationDigest(options.target), hasBodies },
        ...(ownServer ? { ownServer } : {}),
        folders: [journal, recording]
          .flatMap((it) => (it === undefined ? [] : [dirname(it)]))
          .concat(keep ?? []),
      })
      if (!file.isWhole && !hasBodies) onLost()
      return [{ file, hasBodies, search: openJournalSearch(file) }]
    } catch {
      // The caller has proven before that the folder can be written to: the disk is full by now.
      if (!hasBodies) onLost()
      return []
    }
  }
  return [
    ...(journal === undefined ? [] : open(journal, false)),
    ...(recording === undefined ? [] : open(recording, true)),
  ]
}

/** A digest of what a target is configured as, without its credentials. */
export function configurationDigest(target: Target): string {
  return createHash('sha256')
    .update(JSON.stringify(withoutCredentials(target)))
    .digest('hex')
}

/** A test as it stands until it is judged; what does not apply needs no evidence. */
function withoutVerdict(test: TestResult): TestResult {
  const reason = { kind: 'interrupted' } as const
  return test.verdict.is === 'inconclusive'
    ? { ...test, verdict: { is: 'inconclusive', reason, cause: reason } }
    : test
}

async function beginningOf(
  options: RunOptions,
  {
    run,
    judging,
    startedAt,
  }: { readonly run: string; readonly judging: Judging; readonly startedAt: number },
): Promise<RunEvent> {
  const { plan, target, selection, suites, failOn, warnings, knownFailing, packages = [] } = options
  const packageNames = await packageNamesOf(packages)
  return {
    kind: 'run',
    run,
    target: withoutCredentials(target),
    ...{ suites, failOn, warnings },
    scope: scopeOf('run', plan, selection),
    startedAt: new Date(startedAt).toISOString(),
    tested: testedSettingOf(target, [], {
      ...{ packageNames, knownFailingFile: options.knownFailingFile },
      ...{ isProxied: options.isProxied, exchanges: [] },
    }),
    tests: judgeTests(judging, { exchanges: [], knownFailing }).map((it, at) =>
      plan.tests[at]?.undecided ? it : withoutVerdict(it),
    ),
    ...recordedSelection(selection),
    ...(options.keep ? { files: options.keep } : {}),
    hasPackages: packages.length > 0,
    ...(options.showDiagnostics ? { showsDiagnostics: true } : {}),
  }
}
