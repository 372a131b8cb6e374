import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { everything } from '../../report/fixtures/result.ts'
import { jsonReporter } from '../../report/json/reporter.ts'
import { openTestCli } from '../fixtures/test-cli.ts'

const { cwd, put, bulkcheck } = openTestCli()

test('compare exits with 1 on a regression, and writes both pages', async () => {
  const better = {
    ...everything,
    tests: everything.tests.map((it) =>
      it.id === 'manifest/files@patient' ? { ...it, verdict: { is: 'pass' as const } } : it,
    ),
  }
  put('before.json', jsonReporter(better))
  put('after.json', jsonReporter(everything))
  const worse = await bulkcheck(['compare', 'before.json', 'after.json', '--output', 'pages'])
  expect({ code: worse.code, err: worse.err }).toEqual({ code: 1, err: '' })
  expect(worse.out).toContain('Worse: 1 regression')
  for (const it of ['comparison.html', 'comparison.md'])
    expect(readFileSync(join(cwd, 'pages', it), 'utf8')).toContain('manifest/files')
  expect((await bulkcheck(['compare', 'after.json', 'before.json'])).code).toBe(0)
  expect((await bulkcheck(['compare', 'after.json', 'after.json'])).code).toBe(0)
})

test('files that cannot be compared are named', async () => {
  put('ours.json', jsonReporter(everything))
  put('inferno.json', JSON.stringify([{ test_id: 'a', test_session_id: 's', result: 'pass' }]))
  put('broken.json', '{')
  const refusals = [
    [['ours.json', 'inferno.json'], /different tools/],
    [['ours.json', 'broken.json'], /broken\.json is not a result/],
    [['ours.json', 'absent.json'], /absent\.json cannot be read/],
  ] as const
  for (const [files, message] of refusals) {
    const { code, err } = await bulkcheck(['compare', ...files])
    expect(code).toBe(2)
    expect(err).toMatch(message)
  }
  expect((await bulkcheck(['compare', 'inferno.json', 'inferno.json'])).code).toBe(0)
})
