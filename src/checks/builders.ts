import type { Exchange, HeaderList, Line, OutputFile } from '../model/evidence.ts'
import type { Export, Manifest } from '../model/export.ts'
import type { Evidence } from '../model/probe.ts'
import type { ResourceIndex, Row } from '../model/rows.ts'
import type { Context } from './check.ts'
import { keyOf } from './key.ts'

/** An exchange for a test: a GET answered 200 unless said otherwise; `body` is sent as JSON, `text` as it is. */
export function exchange(given: {
  readonly number?: number
  readonly method?: string
  readonly url?: string
  readonly status?: number
  readonly headers?: HeaderList
  readonly body?: unknown
  readonly text?: string
  readonly bytes?: number
  readonly startedAt?: string
}): Exchange {
  const body = given.text ?? (given.body === undefined ? undefined : JSON.stringify(given.body))
  return {
    number: given.number ?? 1,
    request: {
      method: given.method ?? 'GET',
      url: given.url ?? 'https://fhir.example/Patient/$export',
      headers: [],
    },
    response: {
      status: given.status ?? 200,
      headers: given.headers ?? [],
      framing: 'length',
      bytes: given.bytes ?? Buffer.byteLength(body ?? ''),
      ...(body === undefined ? {} : { body }),
    },
    startedAt: given.startedAt ?? '2026-01-01T00:00:00.000Z',
    durationMs: 5,
  }
}

/** An exchange that brought no response. */
export function silent(): Exchange {
  const { response: _, ...rest } = exchange({})
  return { ...rest, silence: 'timeout', problem: 'no response within 120 s' }
}

/** An output file for a test. */
export function outputFile(given: Partial<OutputFile> = {}): OutputFile {
  return { number: 0, kind: 'output', exchange: 9, retrieved: true, bytes: 100, type: 'Patient', ...given }
}

/** A line for a test: of a resource, or of any text. */
export function line(
  content: unknown,
  given: { file?: Partial<OutputFile>; number?: number; utf8?: boolean } = {},
): Line {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return {
    file: outputFile(given.file),
    number: given.number ?? 1,
    text,
    utf8: given.utf8 ?? true,
    ...parsed(text),
  }
}

function parsed(text: string): { json?: unknown } {
  try {
    return { json: JSON.parse(text) }
  } catch {
    // A line that is no JSON has no json.
    return {}
  }
}

/** A row for a test, of the resource `Type/id`; references and patients are given in the same form. */
export function row(reference: string, given: Partial<Omit<Row, 'key' | 'type'>> = {}): Row {
  const keys = (list: readonly string[] | undefined) => (list ?? []).map(keyOf)
  return {
    key: keyOf(reference),
    type: reference.split('/')[0] ?? '',
    digest: 'same',
    elements: ['id', 'meta'],
    subsetted: false,
    meets: [],
    file: 0,
    line: 1,
    ...given,
    patients: keys(given.patients),
    refersTo: keys(given.refersTo),
    ...(given.unsure ? { unsure: keys(given.unsure) } : {}),
  }
}

/** What a test says of an index besides its rows. */
export interface IndexGiven {
  readonly transactionTime?: number
  readonly queries?: readonly string[]
  readonly deleted?: readonly string[]
}

/** An index for a test. */
export function index(rows: readonly Row[], given: IndexGiven = {}): ResourceIndex {
  const byKey = new Map(rows.map((it) => [it.key, it] as const).reverse())
  return {
    size: rows.length,
    rows: () => rows,
    has: (key) => byKey.has(key),
    get: (key) => byKey.get(key),
    *repeated() {
      const first = new Map<string, Row>()
      for (const it of rows) {
        const earlier = first.get(it.key)
        if (earlier) yield [it, earlier]
        else first.set(it.key, it)
      }
    },
    setOf: (keys) => new Set(keys),
    lacking: (keys) => new Set([...keys].filter((it) => !byKey.has(it))),
    exchangeOf: (file) => 9 + file,
    queries: given.queries ?? [],
    deleted: () =>
      (given.deleted ?? []).map((it, at) => ({
        key: keyOf(it),
        type: it.split('/')[0] ?? '',
        file: 1,
        line: at + 1,
      })),
    ...(given.transactionTime === undefined ? {} : { transactionTime: given.transactionTime }),
  }
}

/** Evidence of an export that is complete, for a test. */
export function completed(given: {
  readonly kickoff?: Exchange
  readonly sentUrl?: string
  readonly polls?: readonly Exchange[]
  readonly completion?: Exchange
  readonly again?: Exchange
  readonly manifest?: Manifest
  readonly files?: readonly OutputFile[]
  readonly statusUrl?: string
}): Evidence {
  const kickoff = given.kickoff ?? exchange({ status: 202 })
  const completion = given.completion ?? exchange({ number: 3 })
  const it: Export = {
    state: 'complete',
    kickoff,
    statusUrl: given.statusUrl ?? 'https://fhir.example/status/1',
    polls: given.polls ?? [completion],
    completion,
    ...(given.again ? { completionAgain: given.again } : {}),
    manifest: given.manifest ?? { items: [] },
    files: given.files ?? [],
  }
  const url = given.sentUrl ?? kickoff.request.url
  return {
    probe: 'export',
    sent: { level: 'patient', method: 'GET', url, parameters: [], headers: [] },
    export: it,
  }
}

/** A context for a test: the target's FHIR base is `https://fhir.example`. */
export function context(
  evidence: Evidence = completed({}),
  levels: Context['target']['levels'] = ['patient'],
): Context {
  return { target: { fhirUrl: 'https://fhir.example', ig: '2.0.0', levels, authorized: true }, evidence }
}
