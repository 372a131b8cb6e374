import { expect, test } from 'vitest'
import type { PlannedProbe } from '../../model/plan.ts'
import { performInLanes } from './lanes.ts'

const exported = (key: string, more: { after?: string[]; spec?: object; intent?: object } = {}) =>
  ({
    ...{ kind: 'export', key, label: key, after: more.after ?? [], during: [] },
    spec: { level: 'system', parameters: { key }, ...more.spec },
    intent: { upTo: 'files', polling: 'polite', again: false, ...more.intent },
  }) as unknown as PlannedProbe

const request = (key: string, spec: object, after: string[] = []) =>
  ({ kind: 'request', key, label: key, after, spooled: false, spec }) as unknown as PlannedProbe

/** Which probes were under way whenever one began. */
async function performed(lanes: number, probes: readonly PlannedProbe[]) {
  const running = new Set<string>()
  const seen: string[] = []
  await performInLanes(probes, {
    lanes,
    async perform({ key }) {
      running.add(key)
      seen.push([...running].join('+'))
      for (let turn = 0; turn < 3; turn += 1) await Promise.resolve()
      running.delete(key)
    },
  })
  return seen
}

test('one at a time, in order', async () => {
  expect(await performed(1, [exported('a'), request('b', {}), exported('c')])).toEqual(['a', 'b', 'c'])
})

test('two at a time, each after what it needs', async () => {
  const probes = [exported('a'), exported('b', { after: ['a'] }), exported('c'), request('d', {}, ['c'])]
  expect(await performed(2, probes)).toEqual(['a', 'a+c', 'b', 'b+d'])
})

test('not beside an equal kick-off, a burst, or another request', async () => {
  const twin = { parameters: {} }
  expect(await performed(2, [exported('a', { spec: twin }), exported('b', { spec: twin })])).toEqual([
    'a',
    'b',
  ])
  const burst = exported('b', { intent: { polling: { burst: 3 } } })
  expect(await performed(3, [exported('a'), burst, exported('c')])).toEqual(['a', 'a+c', 'b'])
  expect(await performed(3, [request('a', {}), request('b', {}), exported('c')])).toEqual(['a', 'a+c', 'b'])
})

test('a deletion and what a job left behind keep their order; what waits for a token comes last', async () => {
  const probes = [
    exported('a'),
    request('late', { get: 'x', authorization: 'expired' }),
    exported('gone', { intent: { delete: 'complete' } }),
    request('look', { get: { from: 'a', pick: 'statusUrl' } }, ['a']),
  ]
  expect(await performed(4, probes)).toEqual(['a', 'a+gone', 'look', 'late'])
})

test('a probe that is put off waits for another one', async () => {
  const running = new Set<string>()
  const seen: string[] = []
  let isPutOff = true
  await performInLanes([exported('a'), exported('b'), exported('c')], {
    lanes: 3,
    async perform({ key }, whenPutOff) {
      if (key === 'b' && isPutOff) {
        await Promise.resolve()
        isPutOff = false
        seen.push(`b waits: ${await whenPutOff()}`)
      }
      running.add(key)
      seen.push([...running].join('+'))
      for (let turn = 0; turn < 9; turn += 1) await Promise.resolve()
      if (key === 'c') seen.push(`c waits: ${await whenPutOff()}`)
      running.delete(key)
    },
  })
  expect(seen).toEqual(['a', 'a+c', 'b waits: true', 'c+b', 'c waits: true'])
})

test('a failure ends all, once what is under way has ended', async () => {
  const ended: string[] = []
  const all = performInLanes([exported('a'), exported('b'), exported('c')], {
    lanes: 2,
    async perform({ key }) {
      await Promise.resolve()
      if (key === 'a') throw new Error('it broke')
      await Promise.resolve()
      ended.push(key)
    },
  })
  await expect(all).rejects.toThrow('it broke')
  expect(ended).toEqual(['b'])
})

test('nothing is begun after an abort', async () => {
  const abort = new AbortController()
  const begun: string[] = []
  await performInLanes([exported('a'), exported('b')], {
    lanes: 1,
    signal: abort.signal,
    async perform({ key }) {
      begun.push(key)
      abort.abort()
    },
  })
  expect(begun).toEqual(['a'])
})
