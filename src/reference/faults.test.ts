import { describe, expect, test } from 'vitest'
import { topics } from './conversation.ts'
import { type Fault, faultById, faults } from './faults.ts'
import { createProvider, type ProviderOptions } from './provider.ts'
import { type Trial, tryOut } from './trial.ts'

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

/** What the honest provider says on a topic in the same set-up; asked once. */
function honestly(topic: string, options: ProviderOptions): Promise<readonly string[]> {
  const key = JSON.stringify([topic, options])
  const known = transcripts.get(key) ?? tryOut(options).then((trial) => collected(said(topic, trial)))
  transcripts.set(key, known)
  return known
}

function said(topic: string, trial: Trial): AsyncIterable<string> {
  const talk = topics[topic]
  if (!talk) throw new Error(`There is no topic ${topic}.`)
  return talk(trial)
}

/** Where a fault is looked for first, by its requirement. */
const likely: readonly (readonly [RegExp, string])[] = [
  [/^(capability|group|auth\.discovery)/, 'reads'],
  [/^auth\.token/, 'tokens'],
  [/^(security|export\.(delete|status))/, 'jobs'],
  [/^export\.(manifest|files|ndjson)/, 'exports'],
  [/^export\.params\.patient/, 'posts'],
]

function topicsFor(requirement: string): readonly string[] {
  const first = likely.find(([pattern]) => pattern.test(requirement))?.[1] ?? 'kickoffs'
  return [first, ...Object.keys(topics).filter((topic) => topic !== first)]
}

async function differs(topic: string, fault: Fault): Promise<boolean> {
  const options = setUp(fault)
  const honest = await honestly(topic, options)
  let at = 0
  for await (const answer of said(topic, await tryOut({ ...options, faults: [fault.id] }))) {
    if (answer !== honest[at]) return true
    at += 1
  }
  return at !== honest.length
}

/** The set-up in which a fault shows, without the fault. */
function setUp({ release, configuration, conduct }: Fault): ProviderOptions {
  const isConfigured = configuration !== undefined && Object.keys(conduct).length > 0
  return { ...(release ? { release } : {}), ...(isConfigured ? { configuration } : {}) }
}

describe('a client sees the difference', () => {
  test.each(faults.map((fault) => [fault.id, fault] as const))('%s', async (_id, fault) => {
    for (const topic of topicsFor(fault.breaks)) if (await differs(topic, fault)) return
    expect.fail('Nothing that the provider says is any different.')
  })
})

test.each(Object.keys(topics))('the honest provider says the same of %s each time', async (topic) => {
  expect(await collected(said(topic, await tryOut()))).toEqual(await honestly(topic, {}))
})
