import { readFileSync } from 'node:fs'
import type { Exchange } from '../model/http/exchange.ts'
import type { FlakyAnswer } from '../model/http/flaky.ts'
import type { JobCounts } from '../model/jobs.ts'
import type { ProbeKey } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import type { PreflightProblem } from '../model/preflight.ts'
import type { Target } from '../model/target.ts'
import { hasHttpScheme } from '../model/http/url.ts'
import type { PlanOptions } from '../suite/planning/plan.ts'
import type { Session } from '../probe/session.ts'
import { type FeatureSearch, type RecordedFeatures, recordedFeatures } from './features/find-features.ts'
import { JournalError } from './journal/journal-file.ts'
import { type JournalState, jobsIn, readJournal } from './journal/journal-state.ts'
import {
  type RecordedPicks,
  recordedPicks,
  type RecordedSelection,
  recordedSelection,
  withoutCredentials,
} from './journal/recorded-parts.ts'
import type { Judging } from './judging.ts'
import type { RunOptions } from './run-options.ts'

/** What a run leaves behind so that it can be judged again without its target: evidence as recorded, nothing live. */
export interface Recording extends RecordedSelection {
  /** The target without credentials. */
  readonly target: Target
  readonly startedAt: string
  readonly durationMs: number
  readonly complete: boolean
  readonly jobs: JobCounts
  readonly flaky?: readonly FlakyAnswer[]
  readonly evidence: Readonly<Record<ProbeKey, Evidence>>
  readonly picked: RecordedPicks
  readonly exchanges: readonly Exchange[]
  /** What was found out about features; absent if all were known. */
  readonly features?: RecordedFeatures
  /** What was refused at first contact, if anything was. */
  readonly preflight?: readonly PreflightProblem[]
  /** Folder with the output files, if they were kept. */
  readonly files?: string
  /** The files have the names that the end of a run gives them: the positions of their exchanges. */
  readonly filesAreRenamed: boolean
  /** Digest of the suites. */
  readonly suites: { readonly sha256: string }
  /** What limits the result of the run, whoever judges it. */
  readonly warnings: readonly string[]
  /** Texts of the server are shown, which may contain data of patients. */
  readonly showsDiagnostics?: true
  /** Whether resources were validated against the profiles of FHIR packages. */
  readonly hasPackages: boolean
}

/** What was found out about features in a recorded run. */
export function recordedSearch({ features }: Pick<Recording, 'features'>): FeatureSearch | undefined {
  return features && { found: new Map(features.found), declared: new Set(features.declared) }
}

/** What a recording is made of. */
interface RecordingInput {
  readonly options: RunOptions
  readonly judging: Pick<Judging, 'evidence' | 'picked' | 'preflight'>
  readonly session: Session
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly features?: FeatureSearch | undefined
}

/** What a run leaves behind. Every string in it has been masked as in the exchanges. */
export function recordingOf(run: RecordingInput): Recording {
  const { options, judging, session, startedAt, features } = run
  const { clock, target, signal, keep, suites, warnings, packages = [] } = options
  const recording: Recording = {
    target: withoutCredentials(target),
    evidence: Object.fromEntries(judging.evidence),
    picked: recordedPicks(judging.picked),
    exchanges: session.exchanges,
    ...(judging.preflight.length > 0 ? { preflight: judging.preflight } : {}),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: clock.now() - startedAt,
    complete: !signal?.aborted,
    jobs: { ...session.jobs },
    ...(features ? { features: recordedFeatures(features) } : {}),
    ...recordedSelection(options.selection),
    flaky: session.flaky,
    ...(keep ? { files: keep } : {}),
    filesAreRenamed: true,
    ...{ suites, warnings },
    ...(options.showDiagnostics ? { showsDiagnostics: true } : {}),
    hasPackages: packages.length > 0,
  }
  // Exchanges were masked when they were recorded.
  return masked(recording, session, new Set(session.exchanges)) as Recording
}

/** What was asked for in a recorded run, to plan it again. */
export function recordedPlanOptions({ only, maxExports }: RecordedSelection): PlanOptions {
  return { ...(only ? { only } : {}), ...(maxExports === undefined ? {} : { maxExports }) }
}

function masked(value: unknown, session: Session, known: ReadonlySet<unknown>): unknown {
  if (typeof value === 'string') return hasHttpScheme(value) ? session.showUrl(value) : session.mask(value)
  if (typeof value !== 'object' || value === null || known.has(value)) return value
  if (Array.isArray(value)) return value.map((it) => masked(it, session, known))
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, masked(it, session, known)]))
}

/** Reads a recording as far as it goes. Throws JournalError if the file is not a recording. */
export function readRecording(file: string, name = file): Recording {
  if (isOlder(file))
    throw new JournalError(
      `${name} was recorded by an older version of bulkcheck, in another format: run again with --record`,
    )
  const state = readJournal(file, name)
  if (!state.header.hasBodies)
    throw new JournalError(
      `${name} is a journal without bodies, which cannot be judged again: \`bulkcheck report --journal\` shows its verdicts. \`bulkcheck run --record\` makes a recording`,
    )
  const { begun } = state
  if (!begun) throw new JournalError(`${name} has no events: its run ended before it had begun`)
  const { target, startedAt, suites, only, maxExports, files, hasPackages } = begun
  const { conclusion, preflight, picked, exchanges, flaky, isEnded } = state
  const { result, features } = conclusion ?? {}
  return {
    ...{ target, startedAt, suites, hasPackages, exchanges, picked },
    evidence: inOrder(state),
    durationMs: result?.durationMs ?? state.lastsMs,
    complete: result?.complete ?? false,
    jobs: jobsIn(state),
    flaky: result?.flaky ?? flaky,
    warnings: isEnded ? (result?.warnings ?? []) : [...begun.warnings, partWarning],
    ...(preflight.length > 0 ? { preflight } : {}),
    ...(features ? { features } : {}),
    ...(only ? { only } : {}),
    ...(maxExports === undefined ? {} : { maxExports }),
    ...(files === undefined ? {} : { files }),
    filesAreRenamed: isEnded,
    ...(begun.showsDiagnostics ? { showsDiagnostics: true } : {}),
  }
}

/** Recordings were one JSON object once. */
function isOlder(file: string): boolean {
  try {
    return /^\s*\{\s*"recording":/.test(readFileSync(file, 'latin1').slice(0, 100))
  } catch {
    // Whoever reads it says why it cannot be read.
    return false
  }
}

const partWarning = 'The recording ends before its run did: tests that need what is missing are inconclusive.'

function inOrder({ evidence, conclusion }: JournalState): Recording['evidence'] {
  const keys = new Set([...(conclusion?.order ?? []), ...evidence.keys()])
  return Object.fromEntries(
    [...keys].flatMap((key) => {
      const it = evidence.get(key)
      return it ? [[key, it] as const] : []
    }),
  )
}
