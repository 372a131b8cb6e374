import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import type { KillMatrix } from '../model/kill-matrix.ts'
import { faults } from '../reference/faults/registry.ts'

// Its threads load JavaScript: `npm test` builds before it tests.
const built = fileURLToPath(new URL('../../dist/selftest/kill-matrix.js', import.meta.url))

describe('the kill matrix', () => {
  let matrix: KillMatrix

  beforeAll(async () => {
    const { killMatrix } = (await import(built)) as typeof import('./kill-matrix.ts')
    matrix = await killMatrix()
  }, 600_000)

  test('no honest provider is accused of anything', () => {
    expect(
      matrix.configurations.flatMap(({ name, accused }) => accused.map((it) => `${name}: ${it}`)),
    ).toEqual([])
  })

  test('every fault fails a test of the requirement that it breaks', () => {
    expect(matrix.survivors).toEqual([])
  })

  test('no fault fails a requirement that it does not announce', () => {
    const surprises = matrix.faults.flatMap(({ id, collateral }) => collateral.map((it) => `${id}: ${it}`))
    expect(surprises).toEqual([])
  })

  test('every test that can pass is failed by some fault', () => {
    expect(matrix.untouched).toEqual([])
  })

  test('every fault was tried', () => {
    expect(matrix.faults.map((it) => it.id)).toEqual(faults.map((it) => it.id))
    expect(new Set(matrix.faults.map((it) => it.breaks)).size).toBeGreaterThanOrEqual(150)
  })
})
