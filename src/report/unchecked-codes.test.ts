import { expect, test } from 'vitest'
import type { RunResult } from '../model/result.ts'
import { everything } from './fixtures/result.ts'
import { htmlReporter } from './html/page.ts'
import { jsonReporter } from './json/reporter.ts'
import { parseResult } from './json/parser.ts'
import { textReporter } from './text/reporter.ts'

const systems = Object.fromEntries(
  ['http://snomed.info/sct', 'http://loinc.org', 'http://a', 'http://b', 'http://c', 'http://d'].map(
    (it, at) => [it, 6000 - at],
  ),
)
const result: RunResult = {
  ...everything,
  uncheckedCodes: [
    { of: 'export plain@system', systems, others: 3 },
    { of: 'export plain@patient', systems: { 'http://loinc.org': 1 }, others: 0 },
  ],
}
const text = (verbose: boolean) =>
  textReporter({ verbose, color: false, width: 120 })(result)
    .split('\n')
    .filter((it) => it.includes('terminology server'))

test('the summary counts codes that were not checked, by system', () => {
  expect(text(false)).toEqual([
    '35,988 codes in export plain@system could not be checked without a terminology server: http://snomed.info/sct 6,000, http://loinc.org 5,999, http://a 5,998, http://b 5,997, http://c 5,996, 2 more systems',
  ])
  const [first, second] = text(true)
  expect(first).toMatch(/http:\/\/d 5,995, other systems 3$/)
  expect(second).toBe(
    '1 code in export plain@patient could not be checked without a terminology server: http://loinc.org 1',
  )
})

test('the page and the JSON have them all', () => {
  const page = htmlReporter(result)
  expect(page).toContain('Codes that were not checked')
  for (const it of [...Object.keys(systems), 'other systems', '5,995', '35,988 codes'])
    expect(page).toContain(it)
  expect(parseResult(jsonReporter(result))).toEqual({ result })
  expect(htmlReporter(everything)).not.toContain('Codes that were not checked')
})
