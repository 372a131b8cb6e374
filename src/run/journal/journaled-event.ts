import type { Exchange } from '../../model/http/exchange.ts'
import { hasHttpScheme } from '../../model/http/url.ts'
import type { KnownSecrets } from '../../model/secrets/known-secrets.ts'
import type { Target } from '../../model/target.ts'
import { isNamedOrigin } from '../../probe/url-policy.ts'
import type { RunEvent } from './run-event.ts'

/** Where an event is kept besides being shown: in every journal, or only where there are bodies. */
const keptIn: Readonly<Record<RunEvent['kind'], 'journal' | 'recording' | undefined>> = {
  run: 'journal',
  probe: 'journal',
  'kick-off': 'journal',
  'job-started': 'journal',
  'job-unlocated': 'journal',
  'no-job': 'journal',
  'job-gone': 'journal',
  'job-handed-over': 'journal',
  exchange: 'journal',
  flaky: 'journal',
  preflight: 'journal',
  tested: 'journal',
  files: 'journal',
  test: 'journal',
  concluded: 'journal',
  closing: 'journal',
  end: 'journal',
  evidence: 'recording',
  picked: 'recording',
  request: undefined,
  poll: undefined,
  wait: undefined,
  download: undefined,
  body: undefined,
  judged: undefined,
}

/** How events are made fit to be kept. */
export interface JournalRules {
  readonly hasBodies: boolean
  readonly target: Target
  /** Masks every secret that is known by now. */
  readonly mask: (text: string) => string
  /** A URL as it is shown in exchanges. */
  readonly showUrl: (url: string) => string
  /** What is known to be secret by now. */
  readonly secrets: Pick<KnownSecrets, 'hide' | 'size'>
}

/** A polling location as a journal has it: whole where its job can be deleted with the credentials of the target. */
export interface JournaledLocation {
  /** Absent at other origins, and where it contains a secret. */
  readonly statusUrl?: string
  /** Masked, for reports. */
  readonly shown: string
}

/** An exchange inside of evidence, by its number: the journal has it in an event of its own. */
interface ExchangeReference {
  readonly $exchange: number
}

/** What a journal keeps of an event, without any secret; `undefined` if it keeps nothing. */
export function journaled(event: RunEvent, at: number, rules: JournalRules): string | undefined {
  const kept = keptPart(event, rules)
  return kept && rules.secrets.hide(JSON.stringify({ at, ...kept }))
}

/** A line of a journal without what has become known to be secret since it was written. */
export function hiddenAgain(text: string, hide: KnownSecrets['hide']): string {
  const hidden = hide(text)
  if (hidden === text) return text
  const { statusUrl, ...event } = JSON.parse(text) as { readonly statusUrl?: string }
  // A masked polling location would lead `cleanup` to another resource.
  return statusUrl === undefined || hide(statusUrl) === statusUrl ? hidden : hide(JSON.stringify(event))
}

function keptPart(event: RunEvent, rules: JournalRules): object | undefined {
  const kept = keptIn[event.kind]
  if (kept === undefined || (kept === 'recording' && !rules.hasBodies)) return undefined
  if (event.kind === 'exchange')
    return { ...event, exchange: masked(exchangeFor(event.exchange, rules), rules.mask) }
  if (event.kind === 'job-started') {
    const { statusUrl, ...known } = event
    return { ...known, ...locationOf(statusUrl, rules) }
  }
  // Evidence has live URLs; all else is fit for reports.
  const text = (it: string) =>
    kept === 'recording' && hasHttpScheme(it) ? rules.showUrl(it) : rules.mask(it)
  return masked(event, text) as object
}

function exchangeFor(exchange: Exchange, { hasBodies }: JournalRules): Exchange {
  if (hasBodies) return exchange
  const { request, response, ...rest } = exchange
  const { body: _sent, ...bare } = request
  if (!response) return { ...rest, request: bare }
  const { body: _received, bodyEnd: _end, rows: _rows, ...answer } = response
  return { ...rest, request: bare, response: answer }
}

function locationOf(statusUrl: string, { target, showUrl, secrets }: JournalRules): JournaledLocation {
  const { username, password } = new URL(statusUrl)
  const isWhole =
    username === '' &&
    password === '' &&
    secrets.hide(statusUrl) === statusUrl &&
    isNamedOrigin(statusUrl, target)
  return { ...(isWhole ? { statusUrl } : {}), shown: showUrl(statusUrl) }
}

/** A value in which texts are masked; exchanges inside of evidence become references. */
function masked(value: unknown, text: (it: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((it) => masked(it, text, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  if (depth > 0 && 'request' in value && 'startedAt' in value)
    return { $exchange: (value as unknown as Exchange).number } satisfies ExchangeReference
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, masked(it, text, depth + 1)]))
}
