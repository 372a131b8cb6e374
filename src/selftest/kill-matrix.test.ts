import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import type { KillMatrix } from '../model/kill-matrix.ts'
import { faultFile, faults } from '../reference/faults/registry.ts'
import { fileForFaultOf } from './fault-catalogue.ts'
import { shownDefects } from './fixtures/known-defects.ts'
import { plan } from '../suite/planning/plan.ts'
import { splitTestId } from '../model/plan.ts'
import { loadBundledSuites, runOptionsFor } from './provider-runs.ts'

// Its threads load JavaScript: `npm test` builds before it tests.
const built = fileURLToPath(new URL('../../dist/selftest/kill-matrix.js', import.meta.url))
const configurationsFile = 'src/reference/conduct/honest-configurations.ts'

/** The requirement of a test, whose id may end with the level of export that it was taken at. */
function requirementOf(test: string): string {
  const [, suiteName, name = ''] = /^([^/]+)\/([^@]+)/.exec(test) ?? []
  const loaded = loadBundledSuites().suites.find(({ suite }) => suite.suite === suiteName)
  return loaded?.suite.tests[name]?.requirement ?? test
}

describe('the kill matrix', () => {
  let matrix: KillMatrix

  beforeAll(async () => {
    const { killMatrix } = (await import(built)) as typeof import('./kill-matrix.ts')
    matrix = await killMatrix()
  }, 600_000)

  test('no honest provider is accused of anything', () => {
    expect(
      matrix.configurations.flatMap(({ name, accused }) =>
        accused.map(
          (it) =>
            `${it} should pass against the honest provider ${name}: mend the test, or the provider in src/reference; ` +
            `if it is a SHOULD or MAY that the provider does without, add it to \`lacks\` in ${configurationsFile}`,
        ),
      ),
    ).toEqual([])
  })

  test('every fault fails a test of the requirement that it breaks', () => {
    const survivors = matrix.faults
      .filter((it) => !it.killed)
      .map(
        ({ id, breaks }) =>
          `no test of ${breaks} fails under the fault ${id}: mend the fault in ${faultFile(id)}, ` +
          `or add a test of ${breaks} to suites that notices it`,
      )
    expect(survivors).toEqual([])
    expect(matrix.survivors).toEqual([])
  })

  test('a defect that a server has shipped is found where everything is claimed', () => {
    const missed = shownDefects.filter(({ fault, test: wanted }) => {
      const found = matrix.faults.find((it) => it.id === fault)
      return !found?.tests.some((it) => it.replace(/@.*$/, '') === wanted)
    })
    expect(missed).toEqual([])
  })

  // What fails in a run of all tests fails as well in a run of some, unless an export that is left out shows it.
  test('ten exports at one level find nine in ten faults of SHALL requirements', async () => {
    const { target } = await runOptionsFor({ configuration: { levels: ['group'] } })
    const { tests } = plan(loadBundledSuites(), target, { maxExports: 10 })
    const cheap = new Set(tests.map((it) => splitTestId(it.id).row))
    const broken = matrix.faults.filter((it) => it.level === 'SHALL')
    const found = broken.filter(({ breaks, tests: failed }) =>
      failed.some((it) => cheap.has(splitTestId(it).row) && requirementOf(it) === breaks),
    )
    expect(found.length / broken.length).toBeGreaterThanOrEqual(0.9)
  })

  test('no fault fails a requirement that it does not announce', () => {
    const surprises = matrix.faults.flatMap(({ id, collateral }) =>
      collateral.map(
        (it) =>
          `the fault ${id} breaks ${it} too: narrow the fault in ${faultFile(id)}, ` +
          `or, if that is inevitable, add it to \`also\` there with the reason in a comment`,
      ),
    )
    expect(surprises).toEqual([])
  })

  test('every test that can pass is failed by some fault', () => {
    const untouched = matrix.untouched.map((it) => {
      const requirement = requirementOf(it)
      return `requirement ${requirement} is tested by ${it} but no fault breaks it: add a fault for it in ${fileForFaultOf(requirement)}`
    })
    expect(untouched).toEqual([])
  })

  test('no fault and no configuration lists a requirement without a failing test', () => {
    const lists = [
      ...matrix.faults.flatMap(({ id, stale }) =>
        stale.map((it) => `no test of ${it} fails under ${id}: remove it from \`also\` in ${faultFile(id)}`),
      ),
      ...matrix.configurations.flatMap(({ name, stale }) =>
        stale.map(
          (it) => `no test of ${it} fails with ${name}: remove it from \`lacks\` in ${configurationsFile}`,
        ),
      ),
    ]
    expect(lists).toEqual([])
    expect(matrix.stale).toEqual([])
  })

  test('every fault was tried', () => {
    expect(matrix.faults.map((it) => it.id)).toEqual(faults.map((it) => it.id))
    expect(new Set(matrix.faults.map((it) => it.breaks)).size).toBeGreaterThanOrEqual(150)
  })
})
