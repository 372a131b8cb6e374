import { expect, test } from 'vitest'
import { faults } from '../reference/faults/registry.ts'
import { runAgainst } from './provider-runs.ts'

async function atGroupLevel(faultId: string, only: readonly string[]) {
  const fault = faults.find((it) => it.id === faultId)
  if (!fault) throw new Error(`no fault ${faultId}`)
  const { tests } = await runAgainst({
    conduct: fault.conduct,
    configuration: { levels: ['group'] },
    only,
  })
  return tests.filter(({ id }) => id.endsWith('@group'))
}

test.each(['no-application-ndjson', 'no-ndjson-short'])(
  'deletions are judged although the server refuses an abbreviation of _outputFormat: %s',
  async (id) => {
    const tests = await atGroupLevel(id, ['deletion/*'])
    expect(tests.length).toBeGreaterThan(10)
    expect(tests.filter(({ verdict }) => verdict.is !== 'pass').map((it) => it.id)).toEqual([])
  },
)

test.each(['one-line-of-an-unknown-type', 'one-line-without-id'])(
  'exports are compared without a line that names no resource: %s',
  async (id) => {
    const tests = await atGroupLevel(id, ['ndjson/*', 'type/*', 'type-filter/*', 'since/*', 'group/*'])
    expect(tests.filter(({ verdict }) => verdict.is === 'fail').map((it) => it.id)).toEqual([
      id === 'one-line-without-id' ? 'ndjson/ids@group' : 'ndjson/resource@group',
    ])
    // In an export of other resources the line is another, and may be the one that is missing.
    const reasons = tests.flatMap(({ verdict }) => (verdict.is === 'inconclusive' ? [verdict.reason] : []))
    expect(reasons.length).toBeLessThan(3)
    for (const it of reasons)
      expect(it.kind === 'stated' && it.text.includes('may be the missing resources')).toBe(true)
    expect(tests.filter(({ verdict }) => verdict.is === 'pass').length).toBeGreaterThan(25)
  },
)
