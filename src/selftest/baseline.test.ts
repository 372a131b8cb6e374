import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { isJsonObject } from '../model/json.ts'
import type { RunResult } from '../model/result.ts'
import type { Baseline } from '../model/target.ts'
import { faults } from '../reference/faults/registry.ts'
import { lastUpdatedOf } from '../reference/population/model.ts'
import { reasonText } from '../report/reason-text.ts'
import { judgeRecording } from '../run/judge-recording.ts'
import { readRecording } from '../run/recording.ts'
import { undeclared } from '../reference/variations/undeclared.ts'
import { honestProviders, loadBundledSuites, population, runAgainst } from './provider-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
afterAll(() => rmSync(folder, { recursive: true }))

const times = population.resources.flatMap((it) => lastUpdatedOf(it) ?? []).sort((a, b) => a - b)
const _type = ['Patient', 'Observation']
const _since = new Date(times[Math.floor(times.length / 2)] ?? 0).toISOString()
const patient = membersOf('diabetes').slice(0, 2)
const all: Baseline = { _type, _since, patient }
const baselines: readonly Baseline[] = [{ _type }, { _since }, { patient }, all]

function membersOf(id: string): readonly string[] {
  const group = population.resources.find((it) => it.resourceType === 'Group' && it.id === id)
  const members = group?.member as readonly { entity: { reference: string } }[] | undefined
  return (members ?? []).map((it) => it.entity.reference)
}

/** Why tests are inconclusive without a reason that names the baseline: there is too little data. */
const tooLittle = [
  /^the export contains fewer than three patients$/,
  /^the export contains no Group$/,
  /^the manifest links to no other manifest$/,
  /^the export contains no Provenance that is about one of its resources alone$/,
  /^the export contains no resource of the type of the query$/,
  /^no resource has an element that is certainly optional$/,
  /^the other export contains no resource that (?:the query excludes|was last updated before _since)$/,
]

/** Tests that fail or are inconclusive without a reason in the baseline. */
function unexplained({ tests }: RunResult, lacks: readonly string[] = []): readonly string[] {
  return tests.flatMap(({ id, requirement, verdict }) => {
    if (verdict.is === 'error' || verdict.is === 'fail')
      return lacks.includes(requirement.id) ? [] : [`${id} ${verdict.is}`]
    if (verdict.is !== 'inconclusive' || verdict.reason.kind === 'narrowed') return []
    const text = reasonText(verdict.reason)
    return tooLittle.some((it) => it.test(text)) ? [] : [`${id}: ${text}`]
  })
}

/** Compression shows nothing here, and the other levels show it once. */
const smaller = ({ name }: (typeof honestProviders)[number]) => ({
  gzip: false,
  ...(name.startsWith('default ') ? {} : { levels: ['group'] as const }),
})

const providers = honestProviders.filter((it) =>
  /^(?:default|open|partial-failure|retry-date|group-only) /.test(it.name),
)
const pairs = providers.flatMap((provider) =>
  baselines
    .filter((it) => provider.release === '2.0.0' || !it.patient)
    .map((baseline) => ({ provider, baseline })),
)

test.each(pairs.map((it) => [it.provider.name, Object.keys(it.baseline).join(' '), it] as const))(
  'the honest provider %s conforms if exports are narrowed by %s',
  async (_, __, { provider, baseline }) => {
    const { release, configuration, authorization, lacks } = provider
    const result = await runAgainst({
      ...{ release, configuration: { ...configuration, ...smaller(provider) }, target: { baseline } },
      ...(authorization === undefined ? {} : { authorization }),
    })
    expect(unexplained(result, lacks)).toEqual([])
    const inconclusive = result.tests.filter((it) => it.verdict.is === 'inconclusive')
    const passed = result.tests.filter((it) => it.verdict.is === 'pass')
    // Tests of whole exports, and of a second export during another.
    expect(inconclusive.length).toBeLessThan(passed.length / 5)
    expect(kickoffsWithout(baseline, result)).toEqual([])
    // Reports say what narrowed the exports, and name no patients.
    expect(result.tested?.baseline).toEqual(
      baseline.patient ? { ...baseline, patient: undefined, patients: 2 } : baseline,
    )
    for (const it of baseline.patient ?? []) expect(JSON.stringify(result)).not.toContain(it)
  },
)

/** Kick-off requests of exports that lack a parameter of a baseline. */
function kickoffsWithout(baseline: Baseline, { exchanges }: RunResult): readonly string[] {
  const kickoffs = exchanges.filter(({ request }) => /\$export(?:\?|$)/.test(request.url))
  expect(kickoffs.length).toBeGreaterThan(20)
  return kickoffs.flatMap(({ request: { method, url, body } }) => {
    const { pathname, searchParams } = new URL(url)
    const names = method === 'POST' ? postedNames(body) : [...searchParams.keys()]
    const isWhole = pathname.includes('/Group/nobody/')
    const isSystem = pathname === '/fhir/$export'
    const wanted = Object.keys(baseline).filter((it) => !isWhole && !(isSystem && it === 'patient'))
    return wanted.every((it) => names.includes(it)) ? [] : [`${method} ${url}`]
  })
}

function postedNames(body = ''): readonly unknown[] {
  const { parameter } = JSON.parse(body) as { parameter?: readonly unknown[] }
  return (parameter ?? []).filter(isJsonObject).map((it) => it.name)
}

const configuration = { levels: ['group'], gzip: false } as const

test.each([
  'long-x-progress',
  'transaction-time-is-a-date',
  'request-of-post-with-parameters',
  'count-too-high',
  'resources-with-unknown-elements',
  'latin-1',
  'resources-exported-twice',
  'one-type-too-many',
  'deletion-answers-200',
  'deletion-of-all-jobs',
  'kickoff-with-any-token',
  'files-with-any-token',
  'deletion-without-token',
])('the fault %s shows although exports are narrowed by all three parameters', async (id) => {
  const breaks = faults.find((it) => it.id === id)?.breaks
  const { tests } = await runAgainst({ faults: [id], configuration, target: { baseline: all } })
  expect(tests.filter((it) => it.verdict.is === 'fail').map((it) => it.requirement.id)).toContain(breaks)
})

describe('a baseline that the server does not accept', () => {
  test.each<[string, Baseline, Parameters<typeof runAgainst>[0]]>([
    ['an unknown patient', { patient: ['Patient/nobody'] }, {}],
    ['no POST', { patient }, { configuration: { post: false } }],
    ['no _type', { _type }, { configuration: { parameters: ['_since'] } }],
  ])('is a wrong setting, not a fault of the server: %s', async (_, baseline, setting) => {
    const result = await runAgainst({
      ...setting,
      configuration: { ...configuration, ...setting.configuration },
      target: { baseline },
    })
    expect(result.tests.filter((it) => it.verdict.is === 'fail').map((it) => it.id)).toEqual([])
    expect(result.preflight).toMatchObject([
      { step: 'kick-off', causes: [{ kind: 'baseline', names: Object.keys(baseline) }] },
    ])
  })
})

// The data has too few patients to try the parameter `patient`, so the run does not find out whether the server offers it.
test.each([{ _since: new Date(times[Math.floor(times.length * 0.9)] ?? 0).toISOString() }, { patient }])(
  'a server that declares nothing does not fail if exports are narrowed by %j',
  async (baseline) => {
    const result = await runAgainst({
      configuration: { levels: ['patient'], gzip: false },
      gateway: undeclared,
      target: { baseline },
    })
    expect(result.tests.filter((it) => it.verdict.is === 'fail').map((it) => it.id)).toEqual([])
    expect(result.tested?.features).toContainEqual({ name: 'patient', learned: 'unknown' })
  },
)

test('a recording of narrowed exports is judged like the run', async () => {
  const record = { recording: join(folder, 'run.json'), keep: mkdtempSync(join(folder, 'files-')) }
  const { tests, tested } = await runAgainst({ configuration, record, target: { baseline: all } })
  const again = await judgeRecording({
    recording: readRecording(record.recording),
    loaded: loadBundledSuites(),
    ...{ failOn: 'MAY', knownFailing: [], warnings: [], harness: 'bulkcheck selftest' },
  })
  const verdicts = (list: RunResult['tests']) => list.map((it) => [it.id, it.verdict.is])
  expect(again.tested).toEqual(tested)
  // A recording has no patient ids.
  const known = verdicts(tests.filter((it) => !it.id.startsWith('patient/')))
  expect(verdicts(again.tests.filter((it) => !it.id.startsWith('patient/')))).toEqual(known)
})
