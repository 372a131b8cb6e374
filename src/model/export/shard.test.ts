import { expect, test } from 'vitest'
import { filesOfShard, type FileWeight } from './shard.ts'

const shares = (files: readonly FileWeight[], of: number) =>
  Array.from({ length: of }, (_, at) => [...filesOfShard(files, { number: at + 1, of })])

test.each([1, 2, 3, 5, 40])('each file is one shard’s, of %i', (of) => {
  const files = Array.from({ length: 23 }, (_, at) => ({ bytes: (at * 7919) % 101 }))
  expect(
    shares(files, of)
      .flat()
      .sort((a, b) => a - b),
  ).toEqual(files.map((_, at) => at))
})

test('sizes are balanced', () => {
  expect(shares([{ bytes: 1 }, { bytes: 5 }, { bytes: 3 }, { bytes: 3 }], 2)).toEqual([
    [1, 0],
    [2, 3],
  ])
})

test('counts stand for sizes, and where one is missing each shard has its turn', () => {
  expect(shares([{ count: 1 }, { count: 9 }, { count: 2 }], 2)).toEqual([[1], [2, 0]])
  expect(shares([{ count: 1 }, { count: 'many' }, { count: 2 }], 2)).toEqual([[0, 2], [1]])
})

test('more shards than files leaves some without', () => {
  expect(shares([{ bytes: 0 }], 3)).toEqual([[0], [], []])
})
