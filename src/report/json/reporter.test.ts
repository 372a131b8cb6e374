import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { everything, interrupted } from '../fixtures/result.ts'
import { outcomeSentence } from '../headline.ts'
import { jsonReporter } from './reporter.ts'

const schema: object = JSON.parse(
  readFileSync(new URL('../../../schema/result.schema.json', import.meta.url), 'utf8'),
)
const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile(schema)

test('the document is the result, with a sentence beside each reason', () => {
  const document = JSON.parse(jsonReporter(everything))
  const sentences = document.tests.flatMap(({ verdict }: { verdict: { because?: string } }) => {
    const { because } = verdict
    delete verdict.because
    return because === undefined ? [] : [because]
  })
  expect(document).toEqual({ ...everything, headline: outcomeSentence(everything) })
  expect(sentences).toEqual([
    'export plain@group was refused with 403 (exchange 5)',
    'exchange 6 had no response: no header arrived within 60 s',
    'exchange 6 had no response: no header arrived within 60 s',
    'the condition of the test was not met; bulkcheck found: "The kick-off was accepted."',
    'export plain@group was refused with 403 (exchange 5)',
  ])
})

test('the order of keys does not depend on who made the result', () => {
  const reversed = Object.fromEntries(Object.entries(everything).reverse()) as unknown as typeof everything
  expect(jsonReporter(reversed)).toBe(jsonReporter(everything))
  expect(Object.keys(JSON.parse(jsonReporter(reversed)))[0]).toBe('version')
})

test.each([
  ['everything', everything],
  ['interrupted', interrupted],
])('the schema describes %s', (_, result) => {
  validate(JSON.parse(jsonReporter(result)))
  expect(validate.errors ?? []).toEqual([])
})

test.each([
  ['a verdict of another name', { tests: [{ ...everything.tests[0], verdict: { is: 'skip' } }] }],
  [
    'a failure without a finding',
    { tests: [{ ...everything.tests[0], verdict: { is: 'fail', findings: [] } }] },
  ],
  ['an unknown field', { extra: true }],
  ['another version', { version: 1 }],
])('the schema refuses %s', (_, change) => {
  expect(validate({ ...everything, ...change })).toBe(false)
})
