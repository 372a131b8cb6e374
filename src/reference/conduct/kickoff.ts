import { isCompartmentType } from '../population/compartment.ts'
import type { ServedLevel } from './configurations.ts'
import type { ElementFilter, ProviderJob, KickoffProblem } from '../export/job.ts'
import { preferencesOf, type Request } from '../http-message.ts'

/** Decisions about kick-off requests and their parameters. */
export interface KickoffConduct {
  /** A name or value of a query, decoded; undefined if its encoding is broken. */
  decodesText(text: string): string | undefined
  /** Whether a kick-off request of this method is processed at a level; `known` are those of the release. */
  acceptsMethod(method: string, known: readonly string[], level: ServedLevel): boolean
  /** Whether the parameters in the body of a POST are read. */
  readsBody(): boolean
  /** Whether the parameters of a kick-off request of this method are in its query, not in its body. */
  readsQuery(method: string): boolean
  /** Whether a parameter has an effect at a level. */
  readsParameter(parameter: string, level: ServedLevel): boolean
  /** The single values of all occurrences of a parameter. */
  splitsValues(
    occurrences: readonly string[],
    about: { readonly parameter: string; readonly method: string; readonly commas: boolean },
  ): readonly string[]
  /** The single queries of all occurrences of `_typeFilter`; `commas`: several may be in one. */
  splitsQueries(occurrences: readonly string[], commas: boolean): readonly string[]
  prefersAsync(preferLines: readonly string[]): boolean
  prefersLenient(preferLines: readonly string[]): boolean
  prefersSeparateStatus(preferLines: readonly string[]): boolean
  acceptsFormat(name: string): boolean
  /** A FHIR instant in ms since 1970; undefined if it is not an instant. */
  parsesInstant(text: string): number | undefined
  /** The supported resource type that an entry of `_type` names. */
  parsesType(text: string, supported: ReadonlySet<string>): string | undefined
  /** Whether exports of a level can contain a type. */
  levelIncludes(level: ServedLevel, type: string): boolean
  parsesElement(text: string): ElementFilter | undefined
  /** Whether output can be organized by resources of a type. */
  organizesBy(type: string): boolean
  /** Whether a problem is raised; other problems are ignored silently. */
  raisesProblem(problem: KickoffProblem): boolean
  /** Whether a problem that lenient handling lets pass is reported in an error file. */
  reportsProblem(problem: KickoffProblem): boolean
  /** Whether another job may start beside so many running ones; `most` is never 0. */
  mayStartJob(running: number, most: number): boolean
  jobId(fresh: string, about: Request): string
  /** The jobs that remain when one is deleted. */
  remainingJobs(jobs: readonly ProviderJob[], deleted: ProviderJob): readonly ProviderJob[]
  /** Whether status requests for a deleted job find nothing although it remains. */
  hidesDeletedJobs(): boolean
}

const formats = new Set(['application/fhir+ndjson', 'application/ndjson', 'ndjson'])

const instant =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)$/

/** Decides as the Bulk Data Access IG requires. */
export const honestKickoff: KickoffConduct = {
  decodesText: (text) => {
    try {
      return decodeURIComponent(text.replaceAll('+', ' '))
    } catch {
      return undefined
    }
  },
  acceptsMethod: (method, known) => known.includes(method),
  readsBody: () => true,
  readsParameter: () => true,
  readsQuery: (method) => method !== 'POST',
  splitsValues: (occurrences, { commas }) =>
    (commas ? occurrences.flatMap((each) => each.split(',')) : occurrences).map((each) => each.trim()),
  // A comma inside a search value is no delimiter: a new query begins with a type and a question mark.
  splitsQueries: (occurrences, commas) =>
    commas ? occurrences.flatMap((each) => each.split(/(?<!\\),(?=[A-Z][A-Za-z]*\?)/)) : occurrences,
  prefersAsync: (lines) => preferencesOf(lines).has('respond-async'),
  prefersLenient: (lines) => preferencesOf(lines).get('handling')?.toLowerCase() === 'lenient',
  prefersSeparateStatus: (lines) => preferencesOf(lines).has('separate-export-status'),
  organizesBy: (type) => type === 'Patient',
  acceptsFormat: (name) => formats.has(name),
  parsesInstant: (text) => {
    const [, year = '', month = '', day = '', , , second] = instant.exec(text) ?? []
    const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
    if (!year || Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > days)
      return undefined
    // Date.parse knows no leap second; the instant is the last one before it.
    const time = Date.parse(second === '60' ? text.replace(/:60/, ':59') : text)
    return Number.isNaN(time) ? undefined : time
  },
  parsesType: (text, supported) => (supported.has(text) ? text : undefined),
  levelIncludes: (level, type) => level === 'system' || isCompartmentType(type),
  parsesElement: (text) => {
    const [, type, element] = /^(?:([A-Z][A-Za-z]+)\.)?([a-z][A-Za-z0-9]*)$/.exec(text) ?? []
    if (element === undefined) return undefined
    return type === undefined ? { element } : { type, element }
  },
  raisesProblem: () => true,
  reportsProblem: () => true,
  mayStartJob: (running, most) => running < most,
  jobId: (fresh) => fresh,
  remainingJobs: (jobs, deleted) => jobs.filter((job) => job !== deleted),
  hidesDeletedJobs: () => false,
}
