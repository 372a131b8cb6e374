import { expect, test } from 'vitest'
import { openBufferPool } from './buffer-pool.ts'
import { seededRandom } from '../model/fixtures/seeded-random.ts'
import { openWholeLineSlices } from './split-at-line-ends.ts'

interface NumberedSlice {
  readonly first: number
  readonly text: string
}

function sliced(text: string, pieces: readonly number[], lineBytes: number, sliceBytes: number) {
  const given: NumberedSlice[] = []
  const wholeLines = openWholeLineSlices({ lineBytes, buffers: openBufferPool(sliceBytes) }, (bytes, first) =>
    given.push({ first, text: Buffer.from(bytes).toString() }),
  )
  let from = 0
  for (const to of [...pieces, text.length]) {
    wholeLines.write(Buffer.from(text.slice(from, to)))
    from = to
  }
  wholeLines.end()
  return given
}

test('slices are whole lines, numbered as in the file, however the bytes come', () => {
  const random = seededRandom(11)
  for (let round = 0; round < 400; round += 1) {
    const text = Array.from({ length: random(200) }, () => 'ab\n'[random(3)] ?? '').join('')
    const pieces = Array.from({ length: random(9) }, () => random(text.length + 1)).sort((a, b) => a - b)
    const given = sliced(text, pieces, 1000, 1 + random(40))
    expect(given.map((it) => it.text).join('')).toBe(text)
    let line = 1
    for (const [at, slice] of given.entries()) {
      expect(slice.first).toBe(line)
      expect(slice.text.endsWith('\n') || at === given.length - 1).toBe(true)
      line += slice.text.split('\n').length - 1
    }
  }
})

test('of a line that is too long no more than its beginning is held, and those after it keep their numbers', () => {
  const given = sliced(`a\n${'x'.repeat(500)}\nb\n`, [50, 100, 200, 490], 20, 8)
  expect(given[0]).toEqual({ first: 1, text: 'a\n' })
  const rest = given.slice(1)
  expect(rest.map((it) => it.text).join('')).toBe(`${'x'.repeat(21)}\nb\n`)
  expect(rest[0]?.first).toBe(2)
})
