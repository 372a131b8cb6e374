import { describe, expect, test } from 'vitest'
import { conversation } from './conversation.ts'
import { type Fault, faultById, faults } from './faults.ts'
import { createProvider, type ProviderOptions } from './provider.ts'
import { tryOut } from './trial.ts'

test('every fault has an id of its own', () => {
  const ids = faults.map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([])
})

test('a fault that does not exist is not taken for none', async () => {
  expect(() => faultById('no-such-fault')).toThrow(RangeError)
  await expect(createProvider({ faults: ['no-such-fault'] })).rejects.toThrow('no-such-fault')
})

async function collected(answers: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = []
  for await (const answer of answers) all.push(answer)
  return all
}

const transcripts = new Map<string, Promise<readonly string[]>>()

/** What the honest provider says in the same set-up; asked once. */
function honestly(options: ProviderOptions): Promise<readonly string[]> {
  const key = JSON.stringify(options)
  const known = transcripts.get(key) ?? tryOut(options).then((trial) => collected(conversation(trial)))
  transcripts.set(key, known)
  return known
}

/** The set-up in which a fault shows, without the fault. */
function setUp({ release, configuration, conduct }: Fault): ProviderOptions {
  const isConfigured = configuration !== undefined && Object.keys(conduct).length > 0
  return { ...(release ? { release } : {}), ...(isConfigured ? { configuration } : {}) }
}

describe('a client sees the difference', () => {
  test.each(faults.map((fault) => [fault.id, fault] as const))('%s', async (id, fault) => {
    const options = setUp(fault)
    const honest = await honestly(options)
    const trial = await tryOut({ ...options, faults: [id] })
    let at = 0
    let differs = false
    for await (const answer of conversation(trial)) {
      differs = answer !== honest[at]
      at += 1
      if (differs) break
    }
    expect(differs || at !== honest.length).toBe(true)
  })
})

test('two conversations with the honest provider are the same', async () => {
  expect(await collected(conversation(await tryOut()))).toEqual(await honestly({}))
})
