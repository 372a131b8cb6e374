import type { Evidence } from '../../model/evidence.ts'
import type { Exchange } from '../../model/http/exchange.ts'
import type { FlakyAnswer } from '../../model/http/flaky.ts'
import type { JobCounts } from '../../model/jobs.ts'
import type { ProbeKey } from '../../model/plan.ts'
import type { PreflightProblem } from '../../model/preflight.ts'
import type { ResultFile, ResultProfiles, TestResult } from '../../model/result.ts'
import type { RequestCredentials } from '../../model/suite.ts'
import type { TestedSetting } from '../../model/tested-setting.ts'
import type { RecordedPicks } from './recorded-parts.ts'
import type { RunBeginning, RunConclusion, RunEvent } from './run-event.ts'
import { JournalError, type JournalHeader, readJournalLines } from './journal-file.ts'
import type { JournaledLocation } from './journaled-event.ts'

/** A kick-off of a run, and what is known of its job. */
export interface JournaledKickoff {
  readonly exchange: number
  /** `sent`: no response is known; `unlocated`: its job, if there is one, cannot be found. */
  readonly state: 'sent' | 'none' | 'unlocated' | 'started' | 'gone' | 'handed-over'
  readonly answer?: number | 'no response'
  readonly job?: JournaledLocation & { readonly as: RequestCredentials; readonly isCertain: boolean }
}

/** What a journal says. Exchanges have the numbers of their pages. */
export interface JournalState {
  readonly header: JournalHeader
  /** Absent if the process ended before it had begun. */
  readonly begun?: RunBeginning
  /** In the order of the plan. */
  readonly tests: readonly TestResult[]
  /** Ids of the tests that were judged. */
  readonly judged: ReadonlySet<string>
  readonly exchanges: readonly Exchange[]
  readonly kickoffs: readonly JournaledKickoff[]
  readonly files: readonly ResultFile[]
  readonly profiles: readonly ResultProfiles[]
  readonly preflight: readonly PreflightProblem[]
  readonly flaky: readonly FlakyAnswer[]
  readonly tested?: TestedSetting
  readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  readonly picked: RecordedPicks
  readonly conclusion?: RunConclusion
  /** The run has come to its end. */
  readonly isEnded: boolean
  /** Milliseconds from the beginning to the last event. */
  readonly lastsMs: number
}

/** Reads a journal as far as it goes. Throws JournalError. */
export function readJournal(path: string, name = path): JournalState {
  const [header, ...lines] = readJournalLines(path, name)
  const state = stateOf(header)
  for (const line of lines) {
    const event = line as KeptEvent & { at?: number }
    state.lastsMs = Math.max(state.lastsMs, event.at ?? 0)
    add(state, event)
  }
  const tests = [...state.results.values()]
  const exchanges = [...state.exchanges.values()].sort((a, b) => a.number - b.number)
  const evidence = [...state.evidence].map(
    ([key, it]) => [key, resolved(it, state, name) as Evidence] as const,
  )
  return { ...state, tests, exchanges, kickoffs: [...state.kickoffs.values()], evidence: new Map(evidence) }
}

/** The jobs of a run as its journal shows them. */
export function jobsIn({ kickoffs, conclusion, isEnded }: JournalState): JobCounts {
  if (conclusion && isEnded) return conclusion.result.jobs
  const started = kickoffs.filter((it) => it.job)
  const left = started.filter((it) => it.state !== 'gone')
  const unlocated = kickoffs.flatMap(({ exchange, state, answer = 'no response' }) =>
    state === 'unlocated' || state === 'sent' ? [{ exchange, answer }] : [],
  )
  return {
    started: started.length,
    deleted: started.length - left.length,
    perhapsLeft: left.flatMap(({ job }) => job?.shown ?? []),
    ...(unlocated.length > 0 ? { unlocated } : {}),
  }
}

/** An event as a journal has it. */
type KeptEvent =
  | Exclude<RunEvent, { kind: 'job-started' }>
  | (Omit<Extract<RunEvent, { kind: 'job-started' }>, 'statusUrl'> & JournaledLocation)

type Mutable = {
  -readonly [Key in keyof JournalState]: JournalState[Key] extends ReadonlySet<infer Item>
    ? Set<Item>
    : JournalState[Key]
}

interface Gathering extends Omit<Mutable, 'tests' | 'exchanges' | 'kickoffs' | 'evidence' | 'files'> {
  readonly files: ResultFile[]
  readonly results: Map<string, TestResult>
  readonly exchanges: Map<number, Exchange>
  readonly kickoffs: Map<number, JournaledKickoff>
  readonly evidence: Map<ProbeKey, Evidence>
}

function stateOf(header: JournalHeader): Gathering {
  return {
    header,
    ...{ results: new Map(), judged: new Set(), exchanges: new Map(), kickoffs: new Map() },
    ...{ evidence: new Map(), picked: {}, files: [], profiles: [], preflight: [], flaky: [] },
    ...{ isEnded: false, lastsMs: 0 },
  }
}

function add(state: Gathering, event: KeptEvent): void {
  const { kickoffs, exchanges, results, judged } = state
  const become = (numbers: readonly number[], now: JournaledKickoff['state']) => {
    for (const exchange of numbers) {
      const known = kickoffs.get(exchange)
      if (known) kickoffs.set(exchange, { ...known, state: now })
    }
  }
  switch (event.kind) {
    case 'run':
      state.begun = event
      for (const it of event.tests) results.set(it.id, it)
      return
    case 'exchange':
      exchanges.set(event.exchange.number, event.exchange)
      return
    case 'kick-off':
      kickoffs.set(event.exchange, { exchange: event.exchange, state: 'sent' })
      return
    case 'no-job':
      become([event.exchange], 'none')
      return
    case 'job-unlocated': {
      const { exchange, answer } = event
      kickoffs.set(exchange, { exchange, answer, state: 'unlocated' })
      return
    }
    case 'job-started': {
      const { kind: _, exchange, ...job } = event
      kickoffs.set(exchange, { exchange, state: 'started', job })
      return
    }
    case 'job-gone':
      become(event.exchanges, 'gone')
      return
    case 'job-handed-over':
      become(event.exchanges, 'handed-over')
      return
    case 'test':
      results.set(event.test.id, event.test)
      judged.add(event.test.id)
      return
    case 'files':
      for (const it of event.files) state.files.push(it)
      state.profiles = [...state.profiles, ...(event.profiles ?? [])]
      return
    case 'preflight':
      state.preflight = event.problems
      return
    case 'flaky':
      state.flaky = [...state.flaky, event.answer]
      return
    case 'tested':
      state.tested = event.tested
      return
    case 'evidence':
      state.evidence.set(event.probe, event.evidence)
      return
    case 'picked':
      state.picked = event.picked
      return
    case 'concluded':
    case 'end':
      state.conclusion = event
      state.isEnded = event.kind === 'end'
      return
    default:
      return
  }
}

/** Evidence with its exchanges. Throws JournalError if one is missing. */
function resolved(value: unknown, state: Pick<Gathering, 'exchanges'>, name: string): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((it) => resolved(it, state, name))
  if ('$exchange' in value) {
    const exchange = state.exchanges.get(Number(value.$exchange))
    if (!exchange) throw new JournalError(`${name} is damaged: an exchange is missing`)
    return exchange
  }
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, resolved(it, state, name)]))
}
