import { readFile } from 'node:fs/promises'
import type { Exchange } from '../model/http/exchange.ts'
import type { FlakyAnswer } from '../model/http/flaky.ts'
import type { JobCounts } from '../model/jobs.ts'
import type { ProbeKey } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import type { PreflightProblem } from '../model/preflight.ts'
import type { ClaimedFeature, Target } from '../model/target.ts'
import { hasHttpScheme } from '../model/http/url.ts'
import { writeWholeFile } from '../storage/whole-file.ts'
import type { PlanOptions } from '../suite/planning/plan.ts'
import type { Session } from '../probe/session.ts'
import type { FeatureSearch } from './features/find-features.ts'
import type { Judging } from './judging.ts'
import type { FeatureFinding } from './features/offered-features.ts'
import { positionsOf, renumberWithin } from './renumber-exchanges.ts'
import type { ResolvedValue } from './resolve-references.ts'
import type { RunOptions } from './run-options.ts'
import { vocabularyIndex } from './vocabulary-index.ts'

/** What a run leaves behind so that it can be judged again without its target: evidence as recorded, nothing live. */
export interface Recording {
  readonly recording: 2
  /** The target without credentials. */
  readonly target: Target
  readonly startedAt: string
  readonly durationMs: number
  readonly complete: boolean
  readonly jobs: JobCounts
  readonly flaky?: readonly FlakyAnswer[]
  readonly evidence: Readonly<Record<ProbeKey, Evidence>>
  readonly picked: Readonly<Record<string, ResolvedValue<string | readonly string[]>>>
  readonly exchanges: readonly Exchange[]
  /** What was found out about features; absent if all were known. */
  readonly features?: RecordedFeatures
  /** Patterns of the tests that were asked for; absent where every test was. */
  readonly only?: readonly string[]
  /** How many exports the plan was allowed; absent where no test was left out for it. */
  readonly maxExports?: number
  /** What was refused at first contact, if anything was. */
  readonly preflight?: readonly PreflightProblem[]
  /** Folder with the output files, if they were kept. */
  readonly files?: string
  /** Digest of the suites; this and what follows is absent in recordings of older versions. */
  readonly suites?: { readonly sha256: string }
  /** What limits the result of the run, whoever judges it. */
  readonly warnings?: readonly string[]
  /** Texts of the server are shown, which may contain data of patients. */
  readonly showsDiagnostics?: true
  /** Whether resources were validated against the profiles of FHIR packages. */
  readonly hasPackages?: boolean
}

/** What was found out about features, as JSON. */
interface RecordedFeatures {
  readonly found: readonly (readonly [ClaimedFeature, FeatureFinding])[]
  readonly declared: readonly ClaimedFeature[]
}

/** What was found out about features in a recorded run. */
export function recordedSearch({ features }: Pick<Recording, 'features'>): FeatureSearch | undefined {
  return features && { found: new Map(features.found), declared: new Set(features.declared) }
}

/** What a recording is made of. */
export interface RecordingInput {
  readonly options: RunOptions
  readonly judging: Pick<Judging, 'evidence' | 'picked' | 'preflight'>
  readonly session: Session
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly features?: FeatureSearch | undefined
  /** Those of the run, where they are more than its options have. */
  readonly warnings?: readonly string[]
}

/** Writes a recording that only its owner can read. Resolves to whether that was possible; if not, what was there before still is. */
export async function writeRecording(file: string, run: RecordingInput): Promise<boolean> {
  const recording = recordingOf(run)
  const text = JSON.stringify(renumberWithin(recording, positionsOf(recording.exchanges)), null, 1)
  return await writeWholeFile(file, run.session.hide(text), 0o600).then(
    () => true,
    () => false,
  )
}

/** What a run leaves behind. Every string in it has been masked as in the exchanges. */
export function recordingOf(run: RecordingInput): Recording {
  const { options, judging, session, startedAt, features } = run
  const sensitive = new Set(vocabularyIndex.picks.filter((it) => it.sensitive).map((it) => it.name))
  const { authorization, otherClient, headers: _headers, ...target } = options.target
  const recording = {
    recording: 2,
    target: {
      ...target,
      authorization: { kind: authorization.kind },
      ...(otherClient ? { otherClient: { kind: otherClient.kind } } : {}),
    },
    evidence: Object.fromEntries(judging.evidence),
    picked: Object.fromEntries(
      [...judging.picked].map(([name, value]) =>
        sensitive.has(name.slice(name.lastIndexOf('#') + 1))
          ? [name, { reason: { kind: 'patient-ids-not-recorded' } }]
          : [name, value],
      ),
    ),
    exchanges: session.exchanges,
    ...(judging.preflight.length > 0 ? { preflight: judging.preflight } : {}),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: options.clock.now() - startedAt,
    complete: !options.signal?.aborted,
    jobs: { ...session.jobs },
    ...(features ? { features: { found: [...features.found], declared: [...features.declared] } } : {}),
    ...selectedIn(options),
    flaky: session.flaky,
    ...(options.keep ? { files: options.keep } : {}),
    suites: options.suites,
    warnings: run.warnings ?? options.warnings,
    ...(options.showDiagnostics ? { showsDiagnostics: true } : {}),
    hasPackages: (options.packages ?? []).length > 0,
  }
  return masked(recording, session) as Recording
}

function selectedIn({ selection }: RunOptions): Pick<Recording, 'only' | 'maxExports'> {
  const { patterns = [], leftOut } = selection ?? {}
  return {
    ...(patterns.length > 0 ? { only: patterns } : {}),
    ...(leftOut ? { maxExports: leftOut.maxExports } : {}),
  }
}

/** What was asked for in a recorded run, to plan it again. */
export function recordedPlanOptions({
  only,
  maxExports,
}: Pick<Recording, 'only' | 'maxExports'>): PlanOptions {
  return { ...(only ? { only } : {}), ...(maxExports === undefined ? {} : { maxExports }) }
}

function masked(value: unknown, session: Session): unknown {
  if (typeof value === 'string') return hasHttpScheme(value) ? session.showUrl(value) : session.mask(value)
  if (Array.isArray(value)) return value.map((it) => masked(it, session))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, masked(it, session)]))
}

/** Reads a recording; throws an Error with a message for the user if the file is not a recording. */
export async function readRecording(file: string): Promise<Recording> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`${file} cannot be read`)
  })
  const value = parse(text)
  if (value?.recording === 1)
    throw new Error(
      `${file} was recorded by an older version of bulkcheck. This version reads only recordings of format version 2: run again with --record`,
    )
  if (value?.recording !== 2)
    throw new Error(`${file} is not a recording of a run; make one with \`bulkcheck run --record\``)
  return value as unknown as Recording
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    // The error of the parser would quote the file.
    return undefined
  }
}
