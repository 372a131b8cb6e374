import { expect, test } from 'vitest'
import { exitCode } from '../model/exit-code.ts'
import type { RunResult } from '../model/result.ts'
import { headerOf, type Request, type Response } from '../reference/http-message.ts'
import { reasonText } from '../report/reason-text.ts'
import { slowJobs } from '../reference/variations/gateways.ts'
import type { Gateway } from '../reference/variations/definition.ts'
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

/** A status request for a job that is there. */
const isStatus = (request: Request, answer: Response) =>
  request.method === 'GET' && !isKickoff(request) && (answer.status === 202 || isManifest(answer))

const unavailable: Response = { status: 503, headers: [], body: '' }

interface BrokenLink {
  readonly link: Link
  /** The tests that are red. */
  readonly red: readonly string[]
  /** What the reason of every inconclusive test says. */
  readonly reason: RegExp
}

const links: Readonly<Record<string, BrokenLink>> = {
  'no token': {
    link: ({ url }) => (url.includes('/auth/token') ? { ...failure, body: '{}' } : undefined),
    red: ['assertion/accepted', 'assertion/registered-key', 'token/issued', 'token/conveyed'],
    reason:
      /no access token could be obtained: .* 500|token good did not succeed: .* 500|accepted no token request|correct token request (did not succeed|was answered).* 500/,
  },
  'no kick-off': {
    link: (request) => (isKickoff(request) ? failure : undefined),
    red: ['kick-off/async@group'],
    reason: /was refused with 500|request (at group level )?was answered with 500/,
  },
  'a gateway that answers kick-offs': {
    link: (request) => (isKickoff(request) ? unavailable : undefined),
    red: ['kick-off/async@group'],
    reason: /was refused with 503|request (at group level )?was answered with 503/,
  },
  'no polling location': {
    link: (request, answer) => (isKickoff(request) ? withLocation(answer, undefined) : undefined),
    red: ['kick-off/content-location@group'],
    reason: /was accepted with 202, but without a polling location/,
  },
  'a polling location that is not a URL': {
    link: (request, answer) => (isKickoff(request) ? withLocation(answer, 'http://[nowhere') : undefined),
    red: ['kick-off/content-location-absolute@group'],
    reason: /was accepted with 202, but without a polling location/,
  },
  'status requests that fail': {
    link: (request, answer) => (isStatus(request, answer) ? failure : undefined),
    red: ['status/in-progress@group'],
    reason: / was answered with 500/,
  },
  'a gateway that answers status requests': {
    link: (request, answer) => (isStatus(request, answer) ? unavailable : undefined),
    red: ['status/in-progress@group', 'status/jobs-end@group'],
    reason: / was answered with 503|the 503 of /,
  },
  'a gateway that answers in place of the manifest': {
    link: (request, answer) => (request.method === 'GET' && isManifest(answer) ? unavailable : undefined),
    red: ['status/jobs-end@group'],
    reason: / was answered with 503|the 503 of /,
  },
  'jobs that fail without an OperationOutcome': {
    link: (request, answer) =>
      request.method === 'GET' && isManifest(answer) ? { ...unavailable, status: 500 } : undefined,
    red: ['status/failed-plain-outcome@group'],
    reason: / was answered with 500/,
  },
  'a manifest that is cut': {
    link: (_, answer) => (isManifest(answer) ? { ...answer, cutAfter: 20 } : undefined),
    red: ['status/whole@group'],
    reason: /the connection was cut/,
  },
  'a manifest that cannot be decoded': {
    link: (_, answer) => (isManifest(answer) ? calledGzip(answer) : undefined),
    red: ['status/whole@group'],
    reason: /the body is not complete gzip data/,
  },
  'a manifest that is not JSON': {
    link: (_, answer) => (isManifest(answer) ? { ...answer, body: '{"transactionTime":' } : undefined),
    red: ['status/complete-body@group'],
    reason: /is not a manifest/,
  },
  'a manifest that lists no files': {
    link: (_, answer) =>
      isManifest(answer) ? { ...answer, body: withoutOutput(String(answer.body)) } : undefined,
    red: ['manifest/output@group', 'manifest/output-empty@group'],
    reason: /lists no files|lists no output file|accepted no file request/,
  },
  'files that cannot be downloaded': {
    link: (_, answer) => (isFile(answer) ? failure : undefined),
    red: ['manifest/accessible@group'],
    reason: /was not read completely|was answered with 500|accepted no file request/,
  },
  'files that are cut': {
    link: (_, answer) => (isFile(answer) ? { ...answer, cutAfter: 20 } : undefined),
    red: ['files/whole@group'],
    reason: /was not read completely|the connection was cut/,
  },
  'files that cannot be decoded': {
    link: (_, answer) => (isFile(answer) ? calledGzip(answer) : undefined),
    red: ['files/whole@group'],
    reason: /was not read completely|the body is not complete gzip data/,
  },
}

function calledGzip(answer: Response): Response {
  return { ...answer, headers: [...answer.headers, ['Content-Encoding', 'gzip']] }
}

function withoutOutput(manifest: string): string {
  const { output: _, ...rest } = JSON.parse(manifest) as { readonly output: unknown }
  return JSON.stringify(rest)
}

function gatewayOf(broken: Link): Gateway {
  return async (request, pass) => {
    const answer = await pass(request)
    return broken(request, answer) ?? answer
  }
}

const failing = ({ tests }: RunResult) =>
  tests.filter((it) => it.verdict.is === 'fail' || it.verdict.is === 'error').map((it) => it.id)

const reasonsOf = ({ tests }: RunResult) =>
  tests.flatMap(({ verdict }) => (verdict.is === 'inconclusive' ? [reasonText(verdict.reason)] : []))

const configuration = { gzip: false, levels: ['group'] } as const

test.each(Object.entries(links))(
  '%s: the tests of that link are red, and every other reason names it',
  async (_, { link, red, reason }) => {
    const result = await runAgainst({ gateway: gatewayOf(link), configuration })
    expect([...failing(result)].sort()).toEqual([...red].sort())
    expect(exitCode(result)).toBe(1)
    const reasons = reasonsOf(result)
    expect(reasons.length).toBeGreaterThan(20)
    expect(reasons.filter((it) => !reason.test(it))).toEqual([])
  },
)

/** Breaks a link for the n-th exchange that it concerns, and for no other. */
function onlyOnce(link: Link, nth: number): Link {
  let seen = 0
  return (request, answer) => {
    const broken = link(request, answer)
    if (broken) seen += 1
    return seen === nth ? broken : undefined
  }
}

const passing: Readonly<Record<string, Link>> = {
  'a token request': links['no token']?.link ?? (() => undefined),
  'a kick-off': (request) =>
    request.url.endsWith('$export') && request.method === 'GET' && headerOf(request, 'prefer')
      ? failure
      : undefined,
  'a status request': (request, answer) =>
    isStatus(request, answer) ? { ...unavailable, status: 500 } : undefined,
  'a file': (_, answer) => (isFile(answer) ? failure : undefined),
  'a file, cut': (_, answer) => (isFile(answer) ? { ...answer, cutAfter: 20 } : undefined),
  'a file, not decoded': (_, answer) => (isFile(answer) ? calledGzip(answer) : undefined),
}

test.each(
  Object.entries(passing).flatMap(([name, link]) => [1, 2, 3].map((nth) => [name, nth, link] as const)),
)('a server error that passes is flaky, and nothing is red: %s, number %i', async (_, nth, link) => {
  const result = await runAgainst({ gateway: gatewayOf(onlyOnce(link, nth)), configuration })
  expect(failing(result)).toEqual([])
  expect(exitCode(result)).toBe(0)
  expect(result.flaky).toHaveLength(1)
})

const since = (url: string) => url.includes('_since')

test('a job that is still in progress long after others completed is red', async () => {
  const gateway = slowJobs(since, 10_000)
  const result = await runAgainst({ gateway, configuration })
  expect(failing(result)).toEqual(['status/jobs-end@group'])
})

test('a job passes status/jobs-end while others take nearly as long', async () => {
  const slow = slowJobs((url) => !since(url), 7)
  const endless = slowJobs(since, 10_000)
  const gateway: Gateway = (request, pass) => slow(request, async (it) => endless(it, pass))
  const result = await runAgainst({ gateway, configuration: { ...configuration, expiresIn: 86_400 } })
  expect(failing(result)).toEqual([])
  const verdict = result.tests.find((it) => it.id === 'status/jobs-end@group')?.verdict
  expect(verdict).toMatchObject({ is: 'inconclusive', reason: { kind: 'not-completed' } })
})
