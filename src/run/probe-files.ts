import type { Check, LinesCheck, Picker } from '../checks/check.ts'
import { candidateQueries, isCandidateQuery } from '../checks/picks/filter-candidates.ts'
import type { FileKind, OutputFile } from '../model/http/exchange.ts'
import { evidencePart } from '../model/parts.ts'
import type { ProfileCoverage } from '../model/fhir/profile-coverage.ts'
import type { Plan, PlannedClaim, PlannedProbe, ProbeKey } from '../model/plan.ts'
import type { ResourceIndex } from '../model/fhir/resource-index.ts'
import type { Reason } from '../model/reason.ts'
import type { Target } from '../model/target.ts'
import { type FileCount, type ExportJudge, openExportJudge } from '../output/export-judge.ts'
import type { JudgeProgress } from '../output/judge-progress.ts'
import type { JudgeEnvironment } from '../output/judge-environment.ts'
import type { HaltSignal, SliceBytes } from '../output/slice.ts'
import { probeReferencesIn } from '../suite/probe-references.ts'
import { pickerNamed, resolveReferences, type ValueSource } from './resolve-references.ts'

/** What was read of the files of one probe. */
export interface ProbeFilesResult {
  readonly index?: ResourceIndex
  /** Why there is no index although it is needed. */
  readonly noIndex?: Reason
  readonly patientIds: readonly string[]
  /** By check name and parameters, see `tallyKey`. */
  readonly tallies: ReadonlyMap<string, unknown>
  /** What each file holds, in the order in which they were read. */
  readonly files: readonly FileCount[]
  /** What was seen of the profiles of packages, if a test needs it. */
  readonly profiles?: ProfileCoverage
}

/** Which probes are read as a whole, and which claims are about the lines of each: derived from the plan. */
export interface FileReadPlan {
  readonly indexedProbes: ReadonlySet<ProbeKey>
  /** Those of them whose rows need more than keys. */
  readonly fullyIndexedProbes: ReadonlySet<ProbeKey>
  /** Probes from whose files something is picked: only there is every candidate of a query of interest. */
  readonly pickedProbes: ReadonlySet<ProbeKey>
  readonly lineClaims: ReadonlyMap<ProbeKey, readonly PlannedClaim[]>
  readonly queries: readonly string[]
}

/** What the tests and probes of a plan need to know about output files. */
export function fileReadPlanOf(
  plan: Plan,
  checks: ReadonlyMap<string, Check>,
  picks: readonly Picker[],
): FileReadPlan {
  const indexed = new Set<ProbeKey>()
  const whole = new Set<ProbeKey>()
  const picked = new Set<ProbeKey>()
  const lines = new Map<ProbeKey, PlannedClaim[]>()
  const queries = new Set<string>()
  const want = (value: unknown) => {
    for (const { from, pick } of probeReferencesIn(value)) {
      const fromFiles = pick !== undefined && pickerNamed(picks, pick).needs === 'files'
      if (fromFiles) picked.add(from)
      if (pick === undefined || fromFiles) {
        indexed.add(from)
        whole.add(from)
      }
    }
  }
  for (const probe of plan.probes) want(probe.spec)
  for (const test of plan.tests) {
    if (test.notApplicable) continue
    for (const claim of [test.claim, ...test.given]) {
      want(claim.expect)
      const part = evidencePart(claim.part)
      if (part?.reads === 'index') {
        indexed.add(claim.probe)
        if (!needsKeysOnly(claim, checks)) whole.add(claim.probe)
      }
      if (part?.reads === 'lines') lines.set(claim.probe, [...(lines.get(claim.probe) ?? []), claim])
      for (const query of queriesOf(claim, checks)) queries.add(query)
    }
  }
  return {
    indexedProbes: indexed,
    fullyIndexedProbes: whole,
    pickedProbes: picked,
    lineClaims: lines,
    queries: [...queries],
  }
}

function needsKeysOnly(claim: PlannedClaim, checks: ReadonlyMap<string, Check>): boolean {
  return Object.keys(claim.expect).every((name) => {
    const check = checks.get(name)
    return check?.reads === 'index' && check.only === 'keys'
  })
}

/** Literal queries of index checks; those that are picked are among the candidates anyway. */
function queriesOf(claim: PlannedClaim, checks: ReadonlyMap<string, Check>): readonly string[] {
  return Object.entries(claim.expect).flatMap(([name, params]) => {
    const check = checks.get(name)
    if (check?.reads !== 'index' || !check.queries) return []
    return check.queries(params as never).filter((it) => typeof it === 'string')
  })
}

/** Begins to read the files of one probe, once, for every check on their lines and for the index. */
export function openProbeFilesReader(options: {
  readonly probe: PlannedProbe
  readonly fileReadPlan: FileReadPlan
  readonly checks: ReadonlyMap<string, Check>
  readonly source: ValueSource
  readonly target: Target
  readonly environment: JudgeEnvironment
  /** Paths of FHIR packages; resources are validated against their profiles. */
  readonly packages: readonly string[]
  readonly transactionTime?: string
  /** What has been picked so far, queries among it. */
  readonly values: readonly string[]
  /** Ends the reading before it is done. */
  readonly halt?: HaltSignal
  readonly onProgress?: (done: JudgeProgress) => void
}): ProbeFilesReader {
  const { probe, fileReadPlan, checks, source, target } = options
  const wanted = tallyRequestsOf(fileReadPlan.lineClaims.get(probe.key) ?? [], checks, source)
  const candidates = fileReadPlan.pickedProbes.has(probe.key)
    ? candidateQueries(new Date().getUTCFullYear())
    : [...new Set(options.values.filter(isCandidateQuery))]
  const reading = openExportJudge(
    {
      checks: wanted.map(({ check, params, kind }) => ({ check, params, kind })),
      ...(fileReadPlan.indexedProbes.has(probe.key)
        ? {
            index: fileReadPlan.fullyIndexedProbes.has(probe.key)
              ? { queries: [...candidates, ...fileReadPlan.queries] }
              : { queries: [], keysOnly: true },
          }
        : {}),
      ...(options.transactionTime ? { transactionTime: options.transactionTime } : {}),
      fhirUrl: target.fhirUrl,
      ...(wanted.some(({ check }) => check.wants === 'profiles') ? { packages: options.packages } : {}),
      lineBytes: target.limits.lineBytes,
      ...(options.halt ? { halt: options.halt } : {}),
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    },
    options.environment,
  )
  return {
    ...reading,
    keys: wanted.map(({ key }) => key),
    queries: candidates,
    async finish() {
      const { tallies, ...read } = await reading.finish()
      return { ...read, tallies: new Map(wanted.map(({ key }, at) => [key, tallies[at]])) }
    },
  }
}

/** The files of a probe while they are read. */
export type ProbeFilesReader = Omit<ExportJudge, 'finish'> & {
  /** What is tallied, in the order of the tallies. */
  readonly keys: readonly string[]
  /** Candidates among the queries that are evaluated. */
  readonly queries: readonly string[]
  finish(): Promise<ProbeFilesResult>
}

/** Reads files that are all here. */
export async function readAllFiles(
  reading: ProbeFilesReader,
  files: readonly OutputFile[],
  bytesOf: (file: OutputFile) => SliceBytes,
): Promise<ProbeFilesResult> {
  const retrieved = files.filter((it) => it.retrieved)
  await eachLargestFirst(
    retrieved,
    (it) => it.bytes,
    (file) => reading.judgeFile(file, bytesOf(file)),
  )
  return reading.finish()
}

/** More than threads take at a time, and few enough not to need memory. */
const filesAtOnce = 64

/** Performs work on each file, some at the same time, the largest first; all work has ended when it returns or throws. */
export async function eachLargestFirst<T>(
  files: readonly T[],
  bytesOf: (file: T) => number,
  perform: (file: T) => Promise<unknown>,
): Promise<void> {
  const waiting = files.toSorted((a, b) => bytesOf(b) - bytesOf(a)).values()
  const lanes = Array.from({ length: Math.min(filesAtOnce, files.length) }, async () => {
    for (const file of waiting) await perform(file)
  })
  await Promise.allSettled(lanes)
  await Promise.all(lanes)
}

interface TallyRequest {
  readonly key: string
  readonly check: LinesCheck<never, unknown>
  readonly params: unknown
  readonly kind: FileKind
}

function tallyRequestsOf(
  claims: readonly PlannedClaim[],
  checks: ReadonlyMap<string, Check>,
  source: ValueSource,
): readonly TallyRequest[] {
  const wanted = new Map<string, TallyRequest>()
  for (const claim of claims) {
    const kind = evidencePart(claim.part)?.fileKind
    if (!kind) continue
    for (const [name, raw] of Object.entries(claim.expect)) {
      const check = checks.get(name)
      const params = resolveReferences(raw, source)
      if (check?.reads !== 'lines' || 'reason' in params) continue
      const key = tallyKey(kind, name, params.value)
      wanted.set(key, { key, check, params: params.value, kind })
    }
  }
  return [...wanted.values()]
}

/** Two claims with the same check on the same kind of file share a tally. */
export function tallyKey(kind: FileKind, check: string, params: unknown): string {
  return `${kind} ${check} ${JSON.stringify(params)}`
}
