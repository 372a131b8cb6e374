import { describe, expect, test } from 'vitest'
import { exitCode } from '../model/exit-code.ts'
import type { ClaimedFeature } from '../model/target.ts'
import { faultById } from '../reference/faults/registry.ts'
import { knownDefects, shownDefects } from './fixtures/known-defects.ts'
import { loadBundledSuites, runAgainst } from './provider-runs.ts'

const withoutLevel = (id: string) => id.replace(/@.*$/, '')

// The kill matrix shows that the same tests fail if everything is claimed.
describe('a defect that a server has shipped is found where nothing is claimed', () => {
  test.each(shownDefects.map((it) => [it.fault, it] as const))('%s', async (_, shown) => {
    const { fault, breaks, test: wanted, beside = [], claims = {} } = shown
    const { release } = faultById(fault)
    const result = await runAgainst({
      faults: [fault],
      ...(release ? { release } : {}),
      configuration: { gzip: false },
      target: { supports: Object.keys(claims) as ClaimedFeature[] },
      only: [wanted, ...beside],
    })
    const failed = result.tests.filter(({ verdict }) => verdict.is === 'fail')
    expect(failed.map((it) => `${withoutLevel(it.id)} ${it.requirement.id}`)).toContain(`${wanted} ${breaks}`)
    expect(exitCode(result)).toBe(1)
  })
})

test('each defect names faults that break the requirement of its test, or says why no run can show it', () => {
  const { suites } = loadBundledSuites()
  for (const [id, { shown = [], unseen, title }] of Object.entries(knownDefects)) {
    expect(title, id).toBeTypeOf('string')
    expect(shown.length === 0, id).toBe(unseen !== undefined)
    for (const { fault, breaks, test: wanted } of shown) {
      const { breaks: broken, also = [] } = faultById(fault)
      expect([broken, ...also], id).toContain(breaks)
      const [suite, name = ''] = wanted.split('/')
      const tests = suites.find((it) => it.suite.suite === suite)?.suite.tests
      expect(tests?.[name]?.requirement, `${id}: ${wanted}`).toBe(breaks)
    }
  }
})
