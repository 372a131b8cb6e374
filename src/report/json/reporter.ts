import type { Reporter } from '../../model/result.ts'

/** Names in the order in which a reader wants them; others follow in the order of the alphabet. */
const keyOrder = new Map(
  [
    ...[
      'version',
      'run',
      'harness',
      'complete',
      'number',
      'id',
      'title',
      'level',
      'name',
      'fhirUrl',
      'ig',
      'statement',
      'url',
    ],
    ...[
      'cites',
      'note',
      'target',
      'failOn',
      'warnings',
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
      'bytes',
      'digest',
      'silence',
      'problem',
      'tests',
      'exchanges',
      'profiles',
      'files',
      'kind',
      'type',
      'lines',
      'resources',
    ],
  ].map((name, position) => [name, position]),
)

/** The result itself, as `schema/result.schema.json` describes it: pretty-printed, keys in a fixed order. */
export const jsonReporter: Reporter = (result) => `${JSON.stringify(withOrderedKeys(result), null, 2)}\n`

function withOrderedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOrderedKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, it]) => [key, withOrderedKeys(it)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)))
}

function rank(name: string): number {
  return keyOrder.get(name) ?? keyOrder.size
}
