import { expect, test } from 'vitest'
import { exitCode } from '../model/exit-code.ts'
import { mainCauseOf } from '../model/main-cause.ts'
import { htmlReporter } from '../report/html/page.ts'
import { parseResult } from '../report/json/parser.ts'
import { jsonReporter } from '../report/json/reporter.ts'
import { junitReporter } from '../report/junit/reporter.ts'
import { mainCauseText } from '../report/main-cause-text.ts'
import { textReporter } from '../report/text/reporter.ts'
import type { Gateway } from '../reference/variations/definition.ts'
import { runAgainst } from './provider-runs.ts'

const elsewhere: Gateway = async (request, pass) => {
  const answer = await pass(request)
  if (!request.url.includes('$export')) return answer
  const headers = answer.headers.map(([name, value]): readonly [string, string] =>
    name.toLowerCase() === 'content-location'
      ? [name, value.replace('127.0.0.1:4000', '10.1.2.3:4000')]
      : [name, value],
  )
  return { ...answer, headers }
}

const neverComplete: Gateway = async (request, pass) => {
  const answer = await pass(request)
  const isManifest = typeof answer.body === 'string' && answer.body.includes('transactionTime')
  return isManifest
    ? {
        status: 202,
        headers: [
          ['X-Progress', 'working'],
          ['Retry-After', '300'],
        ],
        body: '',
      }
    : answer
}

test.each([
  ['polling locations that may not be followed', elsewhere, 'policy', '--token-origin'],
  ['no export that completes', neverComplete, 'time', '--export-timeout'],
] as const)(
  '%s: nothing is red, and one cause is named in every report',
  async (_, gateway, nature, word) => {
    const result = await runAgainst({ gateway, configuration: { gzip: false, levels: ['group'] } })
    expect(result.tests.filter(({ verdict }) => verdict.is === 'fail').map((it) => it.id)).toEqual([])
    expect(exitCode(result)).toBe(3)
    const cause = mainCauseOf(result)
    expect(cause).toMatchObject({ nature })
    expect(cause?.tests).toBeGreaterThan((cause?.of ?? 0) / 4)
    const text = mainCauseText(result)
    expect(`${text?.title} ${text?.lead}`).toContain(word)
    const console = textReporter({ color: false, verbose: false, width: 100 })(result)
    expect(console.match(/^CAUSE /gm)).toHaveLength(1)
    expect(htmlReporter(result)).toContain('inconclusive tests have the same kind of cause')
    expect(junitReporter(result)).toContain('<property name="cause"')
    const json = jsonReporter(result)
    expect(JSON.parse(json).mainCause).toEqual(text)
    expect(parseResult(json)).toMatchObject({ result: { scope: { kind: 'run' } } })
  },
)

test('a conformant server has no such block', async () => {
  const result = await runAgainst({ configuration: { gzip: false, levels: ['group'] } })
  expect(mainCauseText(result)).toBeUndefined()
})

test('a level whose plain export does not complete is waited for once', async () => {
  const result = await runAgainst({ gateway: neverComplete, configuration: { gzip: false } })
  expect(exitCode(result)).toBe(3)
  // The plain export, and one of another kind before it.
  expect(result.durationMs).toBeLessThanOrEqual(3 * 2 * 1_800_000)
})
