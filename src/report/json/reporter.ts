import type { Reporter } from '../../model/result.ts'
import { outcomeSentence } from '../headline.ts'
import { mainCauseText } from '../main-cause-text.ts'
import { verdictReasonText } from '../location.ts'
import { preflightText } from '../preflight-text.ts'

/** Names in the order that suits a reader; others follow in alphabetical order. */
const keyOrder = new Map(
  [
    ...[
      'version',
      'run',
      'harness',
      'kind',
      'headline',
      'mainCause',
      'complete',
      'scope',
      'number',
      'id',
      'title',
      'level',
      'name',
      'fhirUrl',
      'ig',
      'igBecause',
      'smart',
      'statement',
      'url',
    ],
    ...[
      'cites',
      'note',
      'target',
      'tested',
      'failOn',
      'warnings',
      'showsDiagnostics',
      'startedAt',
      'durationMs',
      'jobs',
      'started',
      'deleted',
      'perhapsLeft',
      'unlocated',
      'flaky',
    ],
    ...[
      'suites',
      'sha256',
      'suite',
      'requirement',
      'verdict',
      'is',
      'because',
      'reason',
      'cause',
      'findings',
      'message',
      'expected',
    ],
    ...[
      'actual',
      'where',
      'exchange',
      'part',
      'times',
      'error',
      'stack',
      'knownFailing',
      'listed',
      'owner',
      'until',
      'expired',
      'source',
      'file',
      'line',
      'request',
    ],
    ...[
      'method',
      'response',
      'status',
      'headers',
      'framing',
      'body',
      'bodyEnd',
      'encoding',
      'bytes',
      'digest',
      'received',
      'handshake',
      'networkError',
      'problem',
      'stop',
      'tests',
      'exchanges',
      'profiles',
      'files',
      'omitted',
      'type',
      'lines',
      'resources',
    ],
  ].map((name, position) => [name, position]),
)

/**
 * The result itself, as `schema/result.schema.json` describes it: pretty-printed, keys in a fixed order. Beside each
 * reason stands its sentence, and at the top the headline, for people: nothing reads them back.
 */
export const jsonReporter: Reporter = (result) => {
  const tests = result.tests.map((test) => {
    const because = verdictReasonText(test.verdict, result)
    return because === undefined ? test : { ...test, verdict: { ...test.verdict, because } }
  })
  const { preflight: problems } = result
  const preflight = problems && { preflight: problems.map((it) => ({ ...it, because: preflightText(it) })) }
  const mainCause = mainCauseText(result)
  const forPeople = { headline: outcomeSentence(result), ...(mainCause ? { mainCause } : {}) }
  return `${JSON.stringify(withOrderedKeys({ ...result, ...forPeople, tests, ...preflight }), null, 2)}\n`
}

function withOrderedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOrderedKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, it]) => [key, withOrderedKeys(it)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)))
}

function rank(name: string): number {
  return keyOrder.get(name) ?? keyOrder.size
}
