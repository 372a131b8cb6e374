import { expect, test } from 'vitest'
import { exitCode } from '../model/exit-code.ts'
import type { RunResult } from '../model/result.ts'
import type { Request, Response } from '../reference/http-message.ts'
import { reasonText } from '../report/reason-text.ts'
import type { Gateway } from './in-process-transport.ts'
import { runAgainst } from './provider-runs.ts'

type Link = (request: Request, answer: Response) => Response | undefined

const failure: Response = {
  status: 500,
  headers: [['Content-Type', 'application/fhir+json']],
  body: '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception"}]}',
}

const isKickoff = ({ url }: Request) => url.includes('$export')
const isManifest = ({ body }: Response) => typeof body === 'string' && body.includes('"transactionTime"')
const isFile = ({ headers }: Response) => headers.some(([, value]) => value === 'application/fhir+ndjson')

function withLocation(answer: Response, location: string | undefined): Response {
  const others = answer.headers.filter(([name]) => name.toLowerCase() !== 'content-location')
  return { ...answer, headers: location === undefined ? others : [...others, ['Content-Location', location]] }
}

const links: readonly (readonly [string, Link, readonly string[], RegExp])[] = [
  [
    'no token',
    ({ url }) => (url.includes('/auth/token') ? { ...failure, body: '{}' } : undefined),
    ['assertion/accepted', 'assertion/registered-key', 'token/issued', 'token/conveyed'],
    /no access token could be obtained|token good did not succeed/,
  ],
  [
    'no kick-off',
    (request) => (isKickoff(request) ? failure : undefined),
    ['kick-off/async@group'],
    /was refused with 500/,
  ],
  [
    'no polling location',
    (request, answer) => (isKickoff(request) ? withLocation(answer, undefined) : undefined),
    ['kick-off/content-location@group'],
    /without a polling location/,
  ],
  [
    'a polling location that is not a URL',
    (request, answer) => (isKickoff(request) ? withLocation(answer, 'http://[nowhere') : undefined),
    ['kick-off/content-location-absolute@group'],
    /without a polling location/,
  ],
  [
    'status requests that fail',
    (request, answer) =>
      request.method === 'GET' && !isKickoff(request) && (answer.status === 202 || isManifest(answer))
        ? failure
        : undefined,
    ['status/in-progress@group'],
    /did not complete: it was answered with 500/,
  ],
  [
    'files that cannot be downloaded',
    (_, answer) => (isFile(answer) ? failure : undefined),
    ['manifest/accessible@group', 'files/retrieved@group'],
    /was not read completely/,
  ],
]

function gatewayOf(broken: Link): Gateway {
  return async (request, pass) => {
    const answer = await pass(request)
    return broken(request, answer) ?? answer
  }
}

const failing = ({ tests }: RunResult) =>
  tests.filter((it) => it.verdict.is === 'fail' || it.verdict.is === 'error').map((it) => it.id)

test.each(links)(
  '%s: the tests of that link are red, and the rest names it',
  async (_, link, red, reason) => {
    const result = await runAgainst({
      gateway: gatewayOf(link),
      configuration: { gzip: false, levels: ['group'] },
    })
    expect([...failing(result)].sort()).toEqual([...red].sort())
    expect(exitCode(result)).toBe(1)
    const reasons = result.tests.flatMap(({ verdict }) =>
      verdict.is === 'inconclusive' ? [reasonText(verdict.cause ?? verdict.reason)] : [],
    )
    expect(reasons.filter((it) => reason.test(it)).length).toBeGreaterThan(20)
  },
)
