import { describe, expect, test } from 'vitest'
import { appliesTo } from '../model/requirement.ts'
import type { RunResult } from '../model/result.ts'
import type { Release } from '../reference/conduct/configurations.ts'
import { contradict } from '../reference/variations/conflicts.ts'
import type { Variation } from '../reference/variations/definition.ts'
import { variations } from '../reference/variations/registry.ts'
import { matchesAny, unmatchedPatterns } from '../run/known-failing.ts'
import { knownVariations } from './fixtures/known-variations.ts'
import { loadBundledSuites, runAgainst } from './provider-runs.ts'

const { requirements } = loadBundledSuites()

function against(shown: readonly Variation[], release: Release = '2.0.0'): Promise<RunResult> {
  return runAgainst({
    variations: shown.map((it) => it.id),
    release,
    // Compression is not at stake anywhere, and takes time.
    configuration: { levels: ['group'], gzip: false },
    ...(shown.some((it) => it.atDefaultPort) ? { baseUrl: 'https://127.0.0.1/fhir' } : {}),
  })
}

const withoutLevel = (id: string) => id.replace(/@.*$/, '')

function failed({ tests }: RunResult): RunResult['tests'] {
  return tests.filter(({ verdict }) => verdict.is === 'fail' || verdict.is === 'error')
}

/** Tests that are inconclusive, without their levels. */
function undecided({ tests }: RunResult): readonly string[] {
  return [
    ...new Set(
      tests.filter(({ verdict }) => verdict.is === 'inconclusive').map(({ id }) => withoutLevel(id)),
    ),
  ]
}

function isOf(release: Release, requirement: string): boolean {
  const found = requirements.get(requirement)
  return !found || appliesTo(found, release)
}

/** What fails or is inconclusive without a variation that says so. */
function unannounced(result: RunResult, shown: readonly Variation[]): readonly string[] {
  const lacks = new Set(shown.flatMap((it) => Object.keys(it.lacks ?? {})))
  const patterns = shown.flatMap((it) => Object.keys(it.undecided ?? {}))
  return [
    ...failed(result)
      .filter(({ requirement }) => !lacks.has(requirement.id))
      .map((it) => `${it.id} fails (${it.requirement.level} ${it.requirement.id})`),
    ...undecided(result)
      .filter((it) => !matchesAny(it, patterns))
      .map((it) => `${it} is inconclusive`),
  ]
}

describe('no server is accused of what it may do', () => {
  test.each(variations.map((it) => [it.id, it] as const))('%s', async (_, variation) => {
    const result = await against([variation], variation.release)
    expect(unannounced(result, [variation]), variation.states).toEqual([])
    const failing = new Set(failed(result).map((it) => it.requirement.id))
    expect(
      Object.keys(variation.lacks ?? {}).filter(
        (it) => !failing.has(it) && isOf(variation.release ?? '2.0.0', it),
      ),
      `no test of these fails: remove them from \`lacks\` of ${variation.id}`,
    ).toEqual([])
    expect(
      unmatchedPatterns(Object.keys(variation.undecided ?? {}), undecided(result)),
      `nothing of this is inconclusive: remove it from \`undecided\` of ${variation.id}`,
    ).toEqual([])
    expect(result.tests.filter(({ verdict }) => verdict.is === 'pass').length).toBeGreaterThan(150)
  })
})

/** Variations that one provider can show at once: each that contradicts none before it. */
function compatible(release: Release): readonly Variation[] {
  const chosen: Variation[] = []
  for (const it of variations) {
    const isShown = it.release === release || (it.release === undefined && release !== '4.0.0-ballot')
    if (isShown && !chosen.some((other) => contradict(it, other))) chosen.push(it)
  }
  return chosen
}

describe('no server is accused of all that it may do at once', () => {
  test.each([
    ['1.0.1', 30],
    ['2.0.0', 40],
    ['3.0.0', 40],
    ['4.0.0-ballot', 4],
  ] as const)('%s', async (release, least) => {
    const shown = compatible(release)
    expect(shown.length).toBeGreaterThan(least)
    const result = await against(shown, release)
    expect(unannounced(result, shown), shown.map((it) => it.id).join(', ')).toEqual([])
  })
})

test('variations have ids of their own, and lack nothing that servers must do', () => {
  const ids = variations.map((it) => it.id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { id, lacks = {} } of variations)
    for (const requirement of Object.keys(lacks))
      expect(['SHOULD', 'MAY'], `${id}: ${requirement}`).toContain(requirements.get(requirement)?.level)
})

test('every known behavior and every open question is shown by variations, or says why not', () => {
  const ids = variations.map((it) => it.id)
  const { behaviors, questions } = knownVariations
  expect(Object.keys(behaviors)).toHaveLength(29)
  expect(Object.keys(questions)).toEqual(Array.from({ length: 42 }, (_, at) => `Q${at + 1}`))
  for (const [id, { title, because, variations: shown = [] }] of Object.entries({
    ...behaviors,
    ...questions,
  })) {
    expect(title, id).toBeTypeOf('string')
    expect(shown.length === 0, id).toBe(because !== undefined)
    expect(ids, id).toEqual(expect.arrayContaining([...shown]))
  }
})
