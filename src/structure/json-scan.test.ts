import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { seededRandom } from '../model/fixtures/seeded-random.ts'
import { countNamesInText, minJsonLength, countNamesInValue } from './json-size.ts'
import { scanJson } from './json-scan.ts'

const examples = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url)

const tricky = [
  '{"a":1,"b":[true,false,null,-0,0.5,1e5,1E-5,12.25e+3],"c":{"d":"\\u0041\\n\\"\\\\","é":"\\ud83d\\ude00"}}',
  ' { "a" : [ ] , "b" : { } ,\t"c"\n:\r"d" } ',
  '[[[[]]],[{"a":[{"a":{"a":"a"}}]}],"{\\"a\\":1}"]',
  '{"a":"\\\\","b":"\\\\\\"","c":":","d":"\\":","":""}',
  '{"__proto__":1,"constructor":{"toString":[0]}}',
  '"text"',
  '-12.5e-7',
  'null',
]

const pieces = [
  ...'{}[]:,"\\\\ \t\n\r0123456789-+.eEtfnulrabs/',
  '\\u00e9',
  '\\u12',
  '\\x',
  '\u0001',
  '\ufeff',
  'é',
  '😀',
]
pieces.push('true', 'null', '"a":', ',"a":1', '1e999', '01', '-', '{}', '[]', '""')

function mutated(text: string, roll: (below: number) => number): string {
  let made = text
  for (let edits = 1 + roll(3); edits > 0; edits--) {
    const at = roll(made.length + 1)
    const end = Math.min(made.length, at + roll(4))
    const kind = roll(4)
    if (kind === 0) made = made.slice(0, at) + made.slice(end)
    else if (kind === 1) made = made.slice(0, at) + pieces[roll(pieces.length)] + made.slice(at)
    else if (kind === 2) made = made.slice(0, at) + pieces[roll(pieces.length)] + made.slice(end)
    else made = made.slice(0, end) + made.slice(at)
  }
  return made
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    // It is not JSON: that is the answer.
    return undefined
  }
}

// Another way to the same answer: JSON.parse keeps one of two equal names.
function hasTwice(text: string, value: unknown): boolean {
  return countNamesInText(text) !== countNamesInValue(value)
}

test('what is JSON is what JSON.parse takes, over 200000 mutated documents', () => {
  const files = readdirSync(examples).filter((it) =>
    /^(Observation|Patient|Encounter|List).*\.json$/.test(it),
  )
  const bases = [...tricky]
  for (const file of files) {
    const text = JSON.stringify(JSON.parse(readFileSync(new URL(file, examples), 'utf8')))
    if (text.length < 1500) bases.push(text)
  }
  const roll = seededRandom(7)
  let good = 0
  const differing: string[] = []
  for (let i = 0; i < 200_000; i++) {
    const base = bases[i % 2 === 0 ? roll(tricky.length) : roll(bases.length)] ?? ''
    const text = mutated(base, roll)
    const json = parsed(text)
    const { brokenAt, duplicates } = scanJson(text)
    if ((brokenAt === undefined) !== (json !== undefined)) differing.push(text)
    if (!json) continue
    good++
    if (duplicates.length > 0 !== hasTwice(text, json.value)) differing.push(text)
    if (text.length <= minJsonLength(json.value) && duplicates.length > 0) differing.push(text)
  }
  expect(differing.slice(0, 5)).toEqual([])
  expect(good).toBeGreaterThan(40_000)
})

test.each<[string, string, readonly (readonly (string | number)[])[]]>([
  ['none', '{"a":{"a":[{"a":1},{"a":2}]}}', []],
  ['at the root', '{"a":1,"b":2,"a":3}', [[]]],
  ['a name that occurs three times is reported once', '{"a":1,"a":2,"a":3}', [[]]],
  ['within', '{"a":{"b":[{},{"c":1,"c":1}]}}', [['a', 'b', 1]]],
  ['escaped', '{"a":1,"\\u0061":2}', [[]]],
  ['in two places', '{"x":[{"a":1,"a":1}],"y":{"b":0,"b":0}}', [['x', 0], ['y']]],
  ['of an empty name', '{"":1,"":2}', [[]]],
  ['a name inside a string does not count', '{"a":"{\\"b\\":1,\\"b\\":2}"}', []],
])('names that occur twice: %s', (_, text, duplicates) => {
  expect(scanJson(text)).toMatchObject({ duplicates })
  expect(countNamesInText(text) !== countNamesInValue(JSON.parse(text))).toBe(duplicates.length > 0)
})

test.each<[string, number]>([
  ['{"a":1', 6],
  ['{"a":1}x', 7],
  ['{"a":tru}', 5],
  ['[1,]', 3],
  ['{"a" 1}', 5],
  ['"a\u0001"', 2],
  ['', 0],
  ['01', 1],
])('%j stops being JSON at %i', (text, brokenAt) => {
  expect(scanJson(text).brokenAt).toBe(brokenAt)
})

test('depth and integers with a fraction or an exponent are reported', () => {
  expect(scanJson('{"a":[{"b":[]}]}').depth).toBe(4)
  expect(scanJson('1').depth).toBe(0)
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  expect(scanJson(deep)).toEqual({ depth: 200_000, duplicates: [], looseIntegers: [] })
  expect(scanJson('[1.5,1,1e309,{"a":"1.0"},-3]').looseIntegers).toEqual([])
  expect(scanJson('[1.0,{"a":[5,1E2],"b":1.50e1}]').looseIntegers).toEqual([[0], [1, 'a', 1], [1, 'b']])
})

test.each([
  '1',
  '100',
  '1e2',
  '1e3',
  '5e-3',
  '0.05',
  '-0',
  '-0.5',
  '1.5e-9',
  '1E400',
  '[]',
  '{}',
  '[0,1]',
  '{"a":{},"b":""}',
  'null',
])('no text is shorter than the least length of its value: %s', (text) =>
  expect(minJsonLength(JSON.parse(text))).toBeLessThanOrEqual(text.length),
)

test('most texts without white space and escapes are of the least length', () => {
  const text = '{"resourceType":"Patient","active":true,"x":[false,null,12.5,-3],"y":{"z":"é"},"e":[],"f":{}}'
  expect(minJsonLength(JSON.parse(text))).toBe(text.length)
  expect(minJsonLength(JSON.parse(`${'['.repeat(501)}${']'.repeat(501)}`))).toBeNaN()
})
