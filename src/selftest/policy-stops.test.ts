import { expect, test } from 'vitest'
import { exchangesOfReason } from '../model/reason.ts'
import type { RunResult } from '../model/result.ts'
import type { Target } from '../model/target.ts'
import { reasonText } from '../report/reason-text.ts'
import type { Gateway } from '../reference/variations/definition.ts'
import { baseUrl, runAgainst } from './provider-runs.ts'

const { origin } = new URL(baseUrl)
const elsewhere = 'https://127.0.0.1:4001'

/** Part of the server is at another origin: `rewrite` changes the text of its responses. */
function partElsewhere(rewrite: (text: string) => string): Gateway {
  return async (request, pass) => {
    const { pathname, search } = new URL(request.url)
    const response = await pass({ ...request, url: `${origin}${pathname}${search}` })
    return {
      ...response,
      headers: response.headers.map(([name, value]) => [name, rewrite(value)]),
      ...(typeof response.body === 'string' ? { body: rewrite(response.body) } : {}),
    }
  }
}

const files = /https:\/\/127\.0\.0\.1:4000(?=\/[^"]*bulk\/files\/)/g
let hosts = 0
const anotherHost = () => {
  hosts += 1
  return `https://storage-${hosts}.example.com`
}

const secret = {
  kind: 'client-secret',
  clientId: 'bulkcheck',
  secret: 'some secret of ours',
  scope: 'system/*.rs',
  method: 'post',
} as const

const stops: readonly (readonly [string, string, Partial<Target>, (text: string) => string])[] = [
  [
    'polling locations',
    `-origin ${elsewhere}`,
    {},
    (it) => it.replace(`${baseUrl}/bulk/status/`, `${elsewhere}/fhir/bulk/status/`),
  ],
  ['files', `--token-origin ${elsewhere}`, {}, (it) => it.replaceAll(files, elsewhere)],
  ['files at many origins', '-origin https://storage-', {}, (it) => it.replaceAll(files, anotherHost)],
  [
    'the token endpoint',
    '--token-url',
    { authorization: secret },
    (it) => it.replace(`${origin}/auth/token`, `${elsewhere}/auth/token`),
  ],
]

test.each(stops)('%s elsewhere fail no test, and the reason names %s', async (_, option, target, rewrite) => {
  const result = await runAgainst({
    ...{ gateway: partElsewhere(rewrite), target },
    configuration: { gzip: false, levels: ['group'], requiresAccessToken: !option.includes('storage') },
  })
  const isRed = ({ verdict }: RunResult['tests'][number]) => verdict.is === 'fail' || verdict.is === 'error'
  expect(result.tests.filter(isRed).map((it) => [it.id, it.verdict])).toEqual([])
  const reasons = stoppedReasons(result)
  expect(reasons.length).toBeGreaterThan(5)
  expect(reasons.filter((it) => !it.includes(option))).toEqual([])
})

test('a token endpoint elsewhere gets assertions for itself, and the result names it', async () => {
  const endpoint = `${elsewhere}/auth/token`
  const result = await runAgainst({
    gateway: partElsewhere((it) => it.replace(`${origin}/auth/token`, endpoint)),
    configuration: { gzip: false, levels: ['group'] },
    conduct: { audienceFits: (audience) => [audience].flat().includes(endpoint) },
  })
  const notPassed = result.tests.filter(({ verdict }) => !['pass', 'not-applicable'].includes(verdict.is))
  // Without an audience an assertion is worth something everywhere.
  expect(notPassed.map((it) => [it.id, it.verdict.is])).toEqual([['assertion/no-audience', 'inconclusive']])
  expect(stoppedReasons(result)).toEqual([expect.stringContaining('--token-url')])
  expect(result.tested?.tokenEndpoint).toBe(endpoint)
})

/** Reasons of inconclusive tests that are about requests which bulkcheck did not send. */
function stoppedReasons({ tests, exchanges }: RunResult): readonly string[] {
  const stopped = new Set(exchanges.filter((it) => it.stop).map((it) => it.number))
  return tests.flatMap(({ verdict }) =>
    verdict.is === 'inconclusive' && exchangesOfReason(verdict.reason).some((it) => stopped.has(it))
      ? [reasonText(verdict.reason)]
      : [],
  )
}
