import type { OverdueCause } from '../model/export/export.ts'
import type { ClientCredential, PolicyStop } from '../model/http/policy-stop.ts'

/** What is known of a request without a response. */
interface Unanswered {
  readonly stop?: PolicyStop | undefined
  readonly problem?: string | undefined
}

/** Why there was no response, in words; `undefined` if that is not known. */
export function problemText({ stop, problem }: Unanswered): string | undefined {
  return stop ? `bulkcheck did not send this request: ${policyText(stop)}` : problem
}

/** "had no response: …" or "was not sent: …". */
export function unansweredText({ stop, problem }: Unanswered): string {
  if (stop) return `was not sent: ${policyText(stop)}`
  return `had no response${problem === undefined ? '' : `: ${problem}`}`
}

const credentials: Readonly<Record<ClientCredential, string>> = {
  'client-secret': 'the client secret is',
  basic: 'the user and password for the token endpoint are',
  assertion: 'a client assertion without an aud, or with one that is not the URL of that token endpoint, is',
  'form-fields': 'the secret form fields of the token request are',
  'header-fields': 'the configured header fields are',
}

/** Why bulkcheck did not send a request, and which option allows it. */
function policyText(stop: PolicyStop): string {
  switch (stop.kind) {
    case 'no-url':
      return 'its URL is not absolute'
    case 'downgrade':
      return 'its URL leads from https to http, which no option allows'
    case 'scheme':
      return `its URL begins with ${stop.scheme} and not with http or https, which no option allows`
    case 'too-long':
      return `its URL is ${stop.characters} characters long, more than ${stop.most}, which no option allows`
    case 'private-address':
      return `its URL leads from a public server to a private address; --allow-origin ${stop.origin} allows it`
    case 'token-origin':
      return stop.why === 'token'
        ? `the access token is not sent to ${stop.origin}; --token-origin ${stop.origin} allows it`
        : `a manifest from ${stop.origin} is not trusted; --token-origin ${stop.origin} allows it`
    case 'token-endpoint':
      return `${credentials[stop.credential]} not sent to ${stop.origin}, which only the server named; --token-url with the URL of the token endpoint allows it`
    case 'changes':
      return `${stop.method} requests are not sent to ${stop.origin}, which only the server named; --allow-origin ${stop.origin} allows it`
    case 'too-many-origins':
      return `the server has led to ${stop.most} other origins already; --allow-origin ${stop.origin} allows this one`
    case 'pause':
      return `the server asked for a pause of ${stop.seconds} s, but the time limit leaves only ${stop.left} s; --export-timeout changes the limit`
    case 'withheld':
      return stop.problem
  }
}

/** Why a run stopped waiting for an export; it completes "export plain@group did not complete: …". */
export function overdueText(overdue: OverdueCause): string {
  switch (overdue.limit) {
    case 'polls':
      return `it was still in progress after ${overdue.polls} status requests`
    case 'time':
      return `it was still in progress after ${overdue.seconds} s`
    case 'run':
      return `it was still in progress when the run ended after ${overdue.seconds} s (--max-time)`
    case 'retry-after':
      return `the next status request was due in ${overdue.dueIn} s, but the time limit for an export left only ${overdue.left} s`
  }
}
