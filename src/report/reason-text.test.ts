import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { exchangesOfReason, mapExchanges, type Reason } from '../model/reason.ts'
import { reasonsByKind } from './fixtures/reasons.ts'
import { reasonParts, reasonText } from './reason-text.ts'

const reasons: readonly Reason[] = Object.values(reasonsByKind).flat()

test('every reason has the sentence that a reader knows it by', async () => {
  const sentences = Object.entries(reasonsByKind).flatMap(([kind, list]) => [
    kind,
    ...list.map((it) => `  ${reasonText(it)}`),
  ])
  await expect(`${sentences.join('\n')}\n`).toMatchFileSnapshot('fixtures/reasons.txt')
})

test.each(reasons.map((it) => [JSON.stringify(it), it] as const))(
  'the numbers of %s are those that its sentence names',
  (_, reason) => {
    const named = (it: Reason) => reasonParts(it).flatMap(({ exchange }) => exchange ?? [])
    expect(exchangesOfReason(reason)).toEqual(named(reason))
    const moved = mapExchanges(reason, (number) => number + 800)
    expect(named(moved)).toEqual(named(reason).map((number) => number + 800))
    expect(reasonText(moved)).not.toMatch(/exchange 1\d\d/)
    // Nothing but parts names an exchange, or a link and a renumbering would miss it.
    const words = reasonParts(reason).filter(({ exchange }) => exchange === undefined)
    expect(words.map(({ text }) => text).join('')).not.toMatch(/exchange|10\d/)
  },
)

test('files that were here already are named in place of exchanges', () => {
  const fileNames = (number: number) => (number === 101 ? 'e/Patient.ndjson' : undefined)
  const text = (reason: Reason) => reasonText(reason, fileNames)
  expect(text({ kind: 'file-lost', probe: 'the export', exchange: 101 })).toBe(
    'a file of the export was not read completely (e/Patient.ndjson)',
  )
  expect(text({ kind: 'lines-without-id', exchange: 101 })).toBe(
    'e/Patient.ndjson has lines that are not resources with an id',
  )
  expect(text({ kind: 'line-too-long', exchange: 101 })).toBe(
    'a line in e/Patient.ndjson is longer than the limit (`--max-line`)',
  )
  expect(text({ kind: 'line-too-long', exchange: 102 })).toContain('exchange 102')
})

test('the schema of results describes every reason, and no other', () => {
  const schema = JSON.parse(readFileSync(new URL('../../schema/result.schema.json', import.meta.url), 'utf8'))
  const validate = new Ajv2020({ strictRequired: false }).compile({
    $ref: '#/$defs/reason',
    $defs: schema.$defs,
  })
  expect(reasons.filter((it) => !validate(it))).toEqual([])
  expect(reasons.filter((it) => validate({ ...it, extra: true }))).toEqual([])
  const kinds = schema.$defs.reason.oneOf.flatMap(
    (it: { properties: { kind: { const?: string; enum?: string[] } } }) =>
      it.properties.kind.enum ?? it.properties.kind.const,
  )
  expect(kinds.sort()).toEqual(Object.keys(reasonsByKind).sort())
})
