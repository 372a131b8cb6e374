import { describe, expect, test } from 'vitest'
import type { RunResult } from '../model/result.ts'
import type { LegalVariation } from './fixtures/legal/variation.ts'
import { legalVariations } from './fixtures/legal-variations.ts'
import { loadBundledSuites, runAgainst } from './provider-runs.ts'

function against({ conduct, configuration, release, authorization, gateway, target }: LegalVariation) {
  return runAgainst({
    // Compression is not at stake anywhere, and takes time.
    configuration: { levels: ['group'], gzip: false, ...configuration },
    ...(conduct ? { conduct } : {}),
    ...(release ? { release } : {}),
    ...(authorization === undefined ? {} : { authorization }),
    ...(gateway ? { gateway: gateway() } : {}),
    ...(target ? { target } : {}),
  })
}

/** Ids of the requirements that have such a test, sorted. */
function requirements(
  { tests }: RunResult,
  picks: (test: RunResult['tests'][number]) => boolean,
): readonly string[] {
  return [...new Set(tests.filter(picks).map((it) => it.requirement.id))].sort()
}

describe('no server is accused of what it may do', () => {
  test.each(legalVariations.map((it) => [it.id, it] as const))('%s', async (_, variation) => {
    const result = await against(variation)
    const accused = result.tests.flatMap(({ id, requirement, verdict }) => {
      if (verdict.is === 'error') return [`${id} is in error: ${verdict.error.message}`]
      if (verdict.is !== 'fail' || requirement.level !== 'SHALL') return []
      return [`${id} fails (${requirement.id}): ${verdict.findings[0].message}`]
    })
    expect(accused, variation.states).toEqual([])
    expect(
      requirements(result, ({ verdict }) => verdict.is === 'fail'),
      'what is noted',
    ).toEqual([...(variation.expectedFailures ?? [])].sort())
    expect(
      requirements(
        result,
        ({ verdict, requirement }) =>
          verdict.is === 'inconclusive' &&
          requirement.level === 'SHALL' &&
          !variation.explainsInconclusive?.(verdict.reason),
      ),
      'SHALL requirements that cannot be decided',
    ).toEqual([...(variation.expectedInconclusive ?? [])].sort())
    const { explainsInconclusive } = variation
    if (explainsInconclusive)
      expect(
        result.tests.filter(({ verdict }) => 'reason' in verdict && explainsInconclusive(verdict.reason))
          .length,
        `no verdict has such a reason: remove explainsInconclusive from ${variation.id} in src/selftest/fixtures/legal`,
      ).toBeGreaterThan(0)
    expect(result.tests.filter(({ verdict }) => verdict.is === 'pass').length).toBeGreaterThan(150)
  })
})

test('variations have names of their own, and note nothing that servers must not do', () => {
  const ids = legalVariations.map((it) => it.id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { id, expectedFailures: noted = [], expectedInconclusive: untold = [] } of legalVariations) {
    for (const requirement of noted) {
      const level = loadBundledSuites().requirements.get(requirement)?.level
      expect(['SHOULD', 'MAY'], `${id}: ${requirement}`).toContain(level)
    }
    for (const requirement of untold)
      expect(loadBundledSuites().requirements.get(requirement)?.level, `${id}: ${requirement}`).toBe('SHALL')
  }
})
