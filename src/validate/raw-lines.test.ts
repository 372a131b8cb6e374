import { expect, test } from 'vitest'
import { seededRandom } from '../model/fixtures/seeded-random.ts'
import { type RawLine, readRawLines } from './raw-lines.ts'
import { parseJsonLine } from '../output/lines/json-line.ts'

async function* chunked(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  // One buffer for all chunks, as a reader of files would have it.
  const shared = new Uint8Array(bytes.length)
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    shared.set(bytes.subarray(from, to))
    yield shared.subarray(0, to - from)
    from = to
  }
}

async function read(
  bytes: Uint8Array | string,
  cuts: readonly number[] = [],
  lineBytes = 1 << 20,
): Promise<readonly RawLine[]> {
  const lines: RawLine[] = []
  for await (const line of readRawLines(chunked(Buffer.from(bytes as string), cuts), lineBytes))
    lines.push(line)
  return lines
}

test('random bytes give the same lines wherever they are split', async () => {
  const random = seededRandom(7)
  const alphabet = [10, 13, 32, 65, 123, 0, 30, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xff]
  for (let round = 0; round < 300; round += 1) {
    const bytes = Uint8Array.from({ length: random(60) }, () => alphabet[random(alphabet.length)] ?? 0)
    const cuts = Array.from({ length: random(6) }, () => random(bytes.length + 1)).sort((a, b) => a - b)
    const limit = 1 + random(40)
    expect(await read(bytes, cuts, limit)).toEqual(await read(bytes, [], limit))
    expect((await read(bytes, cuts)).map((it) => it.text).join('\n')).toBe(
      Buffer.from(bytes).toString('utf8').replace(/\n$/, ''),
    )
  }
})

test('lines end at LF alone', async () => {
  const lines = await read('a\r\nb\rc\u2028d\n\ne')
  expect(lines.map((it) => it.text)).toEqual(['a\r', 'b\rc\u2028d', '', 'e'])
  expect(lines.map((it) => it.terminated)).toEqual([true, true, true, false])
  expect(lines.map((it) => it.number)).toEqual([1, 2, 3, 4])
})

test('an empty file has no lines', async () => {
  expect(await read('')).toEqual([])
})

test('bytes that are not UTF-8 are reported for their line only', async () => {
  const lines = await read(Uint8Array.from([65, 10, 0xff, 10, 0xc3, 0xa9]))
  expect(lines.map((it) => it.utf8)).toEqual([true, false, true])
})

test('a line beyond the limit is cut, and the limit may fall within a character', async () => {
  const lines = await read('ééé\nab\n', [2], 3)
  expect(lines.map((it) => [it.cut, it.utf8])).toEqual([
    [true, true],
    [false, true],
  ])
})

test('JSON is read, and a byte order mark passed over where a file begins', () => {
  expect(parseJsonLine({ number: 1, text: '\uFEFF{"a":1}' })).toEqual({ json: { a: 1 } })
  expect(parseJsonLine({ number: 2, text: '\uFEFF{"a":1}' })).toEqual({})
  expect(parseJsonLine({ number: 2, text: '{"a":1}\r' })).toEqual({ json: { a: 1 } })
  expect(parseJsonLine({ number: 1, text: '' })).toEqual({})
})
