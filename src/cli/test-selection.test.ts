import { beforeEach, expect, test } from 'vitest'
import { everything } from '../report/fixtures/result.ts'
import { jsonReporter } from '../report/json/reporter.ts'
import { type TestCli, openTestCli } from './fixtures/test-cli.ts'

let here: TestCli
beforeEach(() => {
  here = openTestCli()
})

const run = (...line: string[]) =>
  here.bulkcheck(['run', '--reference', '--quiet', '--reporter', 'json', ...line])

test('tests that are excluded do not run, and the outcome says so', async () => {
  const { code, out } = await run('token', '--exclude', 'token/issued', '--verbose')
  expect(code).toBe(0)
  expect(out).toContain('Patterns: `token`, `!token/issued`.')
  expect(out).toMatch(/ token\/\S+ {2}/)
  expect(out).not.toMatch(/ token\/issued {2}/)
})

test('a pattern to exclude that matches nothing is a mistake', async () => {
  const { code, err } = await run('--exclude', 'token/isued')
  expect(code).toBe(2)
  expect(err).toBe('no test matches `token/isued`; did you mean `token/issued`?\n')
})

test('only tests that failed or could not be judged in the last result run again', async () => {
  const ids = ['token/issued', 'token/conveyed']
  const [passed, failed] = ids.map((id, at) => ({
    ...everything.tests[0],
    id,
    verdict: at === 0 ? { is: 'pass' } : { is: 'inconclusive', reason: { kind: 'level-unknown' } },
  }))
  const result = (tests: readonly unknown[]) => jsonReporter({ ...everything, tests } as never)
  here.put('results.json', result([passed, failed]))
  const { code, out } = await run('--last-failed', '--output', '.', '--verbose')
  expect(code).toBe(0)
  expect(out).toMatch(/ token\/conveyed {2}/)
  expect(out).not.toMatch(/ token\/issued {2}/)
  // Now all of them pass.
  const again = await run('--last-failed', '--output', '.')
  expect(again.code).toBe(2)
  expect(again.err).toBe('results.json has no test that failed or could not be judged\n')
})

test('without an earlier result there is nothing to run again', async () => {
  const { code, err } = await run('--last-failed')
  expect(code).toBe(2)
  expect(err).toMatch(/^bulkcheck-report\/results\.json cannot be read: /)
})
