import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { RunResult } from '../../model/result.ts'
import { hostileTexts, resultWithPayload } from '../fixtures/hostile.ts'
import { everything, interrupted } from '../fixtures/result.ts'
import { textReporter } from './reporter.ts'

const summary = textReporter({ color: false, verbose: false, width: 100 })

test('the summary of a run with everything', async () => {
  await expect(summary(everything)).toMatchFileSnapshot('fixtures/everything.txt')
})

test('an interrupted run says so, and names the job that may be left', async () => {
  await expect(summary(interrupted)).toMatchFileSnapshot('fixtures/interrupted.txt')
})

test('verbose lists every test', () => {
  const text = textReporter({ color: false, verbose: true, width: 100 })(everything)
  for (const { id, title } of everything.tests) expect(text).toContain(`${id}  ${title}`)
})

test('color only adds escape sequences', () => {
  const text = textReporter({ color: true, verbose: false, width: 100 })(everything)
  expect(text).toContain('\u001b[31m')
  expect(stripVTControlCharacters(text)).toBe(summary(everything))
})

test.each(hostileTexts)('%j stays data', (payload) => {
  const text = summary(resultWithPayload(payload))
  expect(text).not.toMatch(/[\p{Cf}\p{Cs}]|(?!\n)\p{Cc}/u)
  for (const line of text.split('\n')) expect(line.trimStart()).not.toMatch(/^::|##\w*\[/)
  expect(text.split('\n').length).toBe(summary(resultWithPayload('harmless')).split('\n').length)
})

test('a run in which nothing passed is not called conformant', () => {
  const none: RunResult = {
    ...everything,
    tests: everything.tests.filter((it) => it.verdict.is === 'not-applicable'),
  }
  expect(summary(none)).toContain('Inconclusive: no test passed.')
})

test('what was expected is not repeated where the message says it', () => {
  const finding = {
    ...{
      message: 'Patient.gender breaks the rule binding (expected: a code).',
      expected: 'a code',
      actual: 'another code',
    },
    ...{ where: { exchange: 4, part: { line: 1 } }, times: 1 },
  }
  const withFinding = (it: typeof finding & { expectedInMessage?: true }): RunResult => ({
    ...everything,
    tests: everything.tests
      .filter(({ id }) => id === 'manifest/files@patient')
      .map((test) => ({ ...test, verdict: { is: 'fail', findings: [it] } })),
  })
  expect(summary(withFinding(finding))).toMatch(/^ +expected +a code$/m)
  expect(summary(withFinding({ ...finding, expectedInMessage: true }))).not.toMatch(/^ +expected/m)
})
