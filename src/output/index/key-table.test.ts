import { afterAll, expect, test } from 'vitest'
import { seededRandom } from '../../model/fixtures/seeded-random.ts'
import { removeTestFolders, testStore } from './fixtures/spilled-index.ts'
import { type KeyTable, openKeyTableBuilder } from './key-table.ts'
import { entryWords } from './key-sort.ts'
import type { IndexStore } from './store.ts'

afterAll(removeTestFolders)

type Key = readonly [number, number, number]

function keysFor(seed: number, count: number): readonly Key[] {
  const next = seededRandom(seed)
  const word = () => next(2 ** 16) * 2 ** 16 + next(2 ** 16)
  const keys: Key[] = []
  for (let at = 0; at < count; at += 1) {
    const again = keys[next(at + 1)]
    const choice = next(20)
    // Keys that come again, have a word in common, or occur very often.
    if (again && choice < 4) keys.push(again)
    else if (again && choice < 8) keys.push([again[0], word(), word()])
    else keys.push(choice < 12 ? [7, 7, 7] : [word(), word(), word()])
  }
  return keys
}

function tableOf(keys: readonly Key[], store: IndexStore, once = false): KeyTable {
  const builder = openKeyTableBuilder(store, once)
  for (const [at, [a, b, c]] of keys.entries()) builder.add(a, b, c, at >>> 8, at & 255)
  return builder.finish()
}

function entriesOf(table: KeyTable): readonly string[] {
  const found: string[] = []
  for (const entries of table.batches())
    for (let at = 0; at < entries.length; at += entryWords)
      found.push([...entries.subarray(at, at + entryWords)].join(' '))
  return found
}

const byKey = ([a]: readonly [Key, number], [b]: readonly [Key, number]) =>
  a[0] - b[0] || a[1] - b[1] || a[2] - b[2]

test.each([1 << 10, 1 << 12, 1 << 16, 1 << 30])('in %i bytes of memory', (memory) => {
  for (const count of [0, 1, 2, 30, 5000]) {
    const keys = keysFor(count, count)
    const table = tableOf(keys, testStore(memory))
    const inOrder = keys.map((key, at) => [key, at] as const).sort(byKey)
    expect(entriesOf(table)).toEqual(inOrder.map(([key, at]) => [...key, at >>> 8, at & 255].join(' ')))
    const place = new Uint32Array(2)
    const first = new Map<string, number>()
    for (const [at, key] of keys.entries()) if (!first.has(key.join())) first.set(key.join(), at)
    for (const key of keys) {
      expect(table.find(Uint32Array.from(key), place)).toBe(true)
      expect((place[0] ?? 0) * 256 + (place[1] ?? 0)).toBe(first.get(key.join()))
      expect(table.find(Uint32Array.from([key[0], key[1], key[2] + 1]), place)).toBe(false)
    }
    const set = entriesOf(tableOf(keys, testStore(memory), true))
    expect(set.length).toBe(first.size)
  }
})
