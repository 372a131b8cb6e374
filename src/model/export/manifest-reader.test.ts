import { describe, expect, test } from 'vitest'
import { openManifestReader } from './manifest-reader.ts'
import { expandRows } from './manifest-rows.ts'
import { readManifest } from './manifest.ts'

const base = 'https://h/fhir/job/1'

function readingOf(bytes: Uint8Array, size = bytes.length, most = 100) {
  const reader = openManifestReader(base, { most })
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
  return reader.end()
}

const read = (text: string, size?: number) => readingOf(Buffer.from(text), size)

const objects = [
  '{}',
  ' {"output":[]} \r\n',
  '{"output":[{"type":"Patient","url":"a","count":1},{"type":"Patient","url":"b","count":2}]}',
  '{"transactionTime":"2026-01-01T00:00:00Z","requiresAccessToken":true,"output":[ {"url":"x"} , null,3,"s",[{}],{"url":""},{"url":7,"type":null}],"error":[{"type":"OperationOutcome","url":"https://h/3"}]}',
  '{"output":[{"url":"first"}],"output":[{"url":"second"}]}',
  '{"output":[{"url":"first"}],"output":{"url":"no list"}}',
  '{"output":"no list","output":[{"url":"a"}]}',
  '{"error":[{"url":"e"}],"deleted":[{"url":"d"}],"output":[{"url":"o"}]}',
  '{"outp\\u0075t":[{"url":"escaped \\" name \\\\"}],"__proto__":{"a":[1,{"b":"]}"}]},"n":-1.5e3,"t":true,"z":null}',
  '{"output":[{"url":"é","type":"\\ud83d\\ude00","count":0},{"url":"é","count":-1},{"url":"u","count":null}]}',
]
const broken = [
  '{',
  '{"output":[',
  '{"output":[{"url":"a"}',
  '{"output":[{"url":"a"},]}',
  '{"output":[{"url":"a"} {"url":"b"}]}',
  '{"output":[,{"url":"a"}]}',
  '{"output":[{"url":}]}',
  '{"output" [ ]}',
  '{output:[]}',
  '{"a":1,}',
  '{"a":nul}',
  '{"a":"\n"}',
  '{"a":1}}',
  '{"a":1} x',
  '{"a":01}',
]

describe('a manifest that is read as it comes', () => {
  test.each(objects)('is the one that JSON.parse reads: %s', (text) => {
    const value = JSON.parse(text)
    for (const size of [1, 2, 5, text.length]) {
      const it = read(text, size)
      if (it.is !== 'manifest') throw new Error(it.is)
      expect(it.manifest).toEqual(readManifest(value, base, { most: 100 }))
      const whole = expandRows(JSON.parse(it.sample), it.rows) as Record<string, unknown>
      expect(Object.keys(whole).sort()).toEqual(Object.keys(value).sort())
      for (const list of ['output', 'deleted', 'error'])
        if (Array.isArray(value[list])) expect(whole[list]).toHaveLength(value[list].length)
        else expect(whole[list]).toEqual(value[list])
    }
  })

  test.each(broken)('is broken where JSON.parse fails: %s', (text) => {
    expect(() => JSON.parse(text)).toThrow()
    for (const size of [1, 3, text.length]) expect(read(text, size).is).toBe('broken')
  })

  test('keeps the first item of each kind, and where each stands', () => {
    const items = [
      ...Array.from({ length: 5 }, (_, at) => ({ type: 'Patient', url: `p${at}`, count: at + 1 })),
      { type: 'Device', url: 'd', count: 0 },
      { type: 'Patient', url: 'p9', count: 9 },
    ]
    const it = read(JSON.stringify({ output: items }))
    if (it.is !== 'manifest') throw new Error(it.is)
    expect(it.rows.runs).toEqual({ output: [0, 5, 1, 1, 0, 1] })
    expect(JSON.parse(it.sample).output).toEqual([items[0], items[5]])
    expect(it.rows.repeated).toBeUndefined()
  })

  test('says where a URL is listed again, in the order of the lists', () => {
    const it = read('{"error":[{"url":"x"},{"url":"b"}],"output":[{"url":"a"},{},{"url":"b"}]}')
    expect(it.is === 'manifest' && it.rows.repeated).toEqual({ list: 'error', position: 1 })
    const many = Array.from({ length: 3000 }, (_, at) => ({ url: `https://h/${at % 2999}` }))
    const again = read(JSON.stringify({ output: many }))
    expect(again.is === 'manifest' && again.rows.repeated).toEqual({ list: 'output', position: 2999 })
  })

  test('is bounded: kinds, their changes, other members, and files', () => {
    const many = Array.from({ length: 30_000 }, (_, at) => ({ url: `${at}`, type: `T${at % 3000}` }))
    const it = readingOf(Buffer.from(JSON.stringify({ output: many })), 1000, 7)
    if (it.is !== 'manifest') throw new Error(it.is)
    expect(it.manifest.items).toHaveLength(7)
    expect(JSON.parse(it.sample).output.length).toBeLessThanOrEqual(1001)
    expect(it.rows.runs.output?.length).toBeLessThanOrEqual(22_002)
    expect(expandRows(JSON.parse(it.sample), it.rows)).toMatchObject({ output: { length: 30_000 } })
    expect(read(`{"a":"${'x'.repeat(2 << 20)}"}`, 5000).is).toBe('unread')
    expect(read('[1]').is).toBe('unread')
  })

  test('a byte order mark is no part of it, and bytes that are not UTF-8 are seen', () => {
    const text = '{"output":[{"url":"é"}]}'
    expect(read(`\ufeff${text}`)).toMatchObject({ is: 'manifest', utf8: true })
    expect(readingOf(Buffer.from(text, 'latin1'), 3)).toMatchObject({ is: 'manifest', utf8: false })
  })
})
