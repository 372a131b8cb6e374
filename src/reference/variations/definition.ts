import type { Conduct } from '../conduct/conduct.ts'
import type { ProviderConfiguration, Release } from '../conduct/configurations.ts'
import type { Request, Response } from '../http-message.ts'

/** Something in front of a provider: it answers a request itself, or passes it on, changed or not. */
export type Gateway = (
  request: Request,
  pass: (request: Request) => Promise<Response>,
) => Response | Promise<Response>

/** Where a provider is, and since when. */
export interface Place {
  /** The public FHIR base, without a trailing slash, as the latest request named it. */
  readonly base: string
  /** When the provider was created, in ms since 1970. */
  readonly start: number
}

/** What only one variation of a provider can be about. */
type Matter =
  | 'access'
  | 'attachments'
  | 'contents'
  | 'deletion'
  | 'discovery'
  | 'files'
  | 'jobs'
  | 'load'
  | 'members'
  | 'polling'
  | 'post'
  | 'refusals'
  | 'time'

/** A way in which a server differs from the reference provider and breaks no SHALL. */
export interface Variation {
  /** Kebab-case. */
  readonly id: string
  /** What the server does, and which sentence or silence of the specification allows it. */
  readonly states: string
  /** It has an effect only in a provider of this release; absent: in all before 4.0.0. */
  readonly release?: Release
  /** False: an open server. */
  readonly authorization?: boolean
  readonly configuration?: Partial<ProviderConfiguration>
  /** A function is called once for every provider: what it returns may remember. */
  readonly conduct?: Partial<Conduct> | ((place: Place) => Partial<Conduct>)
  /** Called once for every provider. */
  readonly gateway?: (place: Place) => Gateway
  /** It shows only at a FHIR base without a port. */
  readonly atDefaultPort?: true
  /** It uses another origin, to which its clients may send access tokens. */
  readonly tokensElsewhere?: true
  /** Requirements, none of them a SHALL, that it does not meet, each with the reason. */
  readonly lacks?: Readonly<Record<string, string>>
  /** Tests, or patterns of tests, that such a server cannot pass or fail, each with the reason. */
  readonly undecided?: Readonly<Record<string, string>>
  /** Of the variations about one matter a provider shows one: others would contradict it, or hide it. */
  readonly about?: Matter
}

/** What a variation replaces in one provider. */
export function deviationOf({ conduct = {} }: Variation, place: Place): Partial<Conduct> {
  return typeof conduct === 'function' ? conduct(place) : conduct
}

/** One reason for several tests. */
export function because(reason: string, ...tests: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tests.map((it) => [it, reason]))
}

/** The origin of a URL. */
export function serverOrigin(url: string): string {
  return new URL(url).origin
}

/** Another name of the same host, which is another origin to clients. */
export function otherOrigin(url: string): string {
  const other = new URL(url)
  other.hostname = other.hostname === 'localhost' ? '127.0.0.1' : 'localhost'
  return other.origin
}

/** A page as infrastructure in front of a server writes it. */
export function htmlPage(status: number, headers: Response['headers'] = []): Response {
  return {
    status,
    headers: [['Content-Type', 'text/html'], ...headers],
    body: '<html><body>The request was not served.</body></html>',
  }
}

/** All gateways one behind the other, the first in front. */
export function chained(gateways: readonly Gateway[]): Gateway {
  return gateways.reduceRight<Gateway>(
    (inner, outer) => (request, pass) => outer(request, async (it) => inner(it, pass)),
    (request, pass) => pass(request),
  )
}
