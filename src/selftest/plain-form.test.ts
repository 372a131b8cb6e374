import { expect, test } from 'vitest'
import { faults } from '../reference/faults/registry.ts'
import { runAgainst } from './provider-runs.ts'

test.each(['no-application-ndjson', 'no-ndjson-short'])(
  'deletions are judged although the server refuses an abbreviation of _outputFormat: %s',
  async (id) => {
    const fault = faults.find((it) => it.id === id)
    const { tests } = await runAgainst({
      ...(fault ? { conduct: fault.conduct } : {}),
      configuration: { levels: ['group'] },
      only: ['deletion/*'],
    })
    const atGroup = tests.filter(({ id }) => id.endsWith('@group'))
    expect(atGroup.length).toBeGreaterThan(10)
    expect(atGroup.filter(({ verdict }) => verdict.is !== 'pass').map((it) => it.id)).toEqual([])
  },
)
