import { isCompartmentType } from './compartment.ts'
import type { Level } from './configurations.ts'
import type { ElementFilter, Job, Problem } from './job.ts'
import { preferencesOf } from './message.ts'

/** Decisions about kick-off requests and their parameters. */
export interface KickoffConduct {
  /** A name or value of a query, decoded; undefined if its encoding is broken. */
  decodes(text: string): string | undefined
  /** The single values of all occurrences of a parameter. */
  splits(
    occurrences: readonly string[],
    about: { readonly parameter: string; readonly method: string },
  ): readonly string[]
  /** The single queries of all occurrences of `_typeFilter`. */
  splitsQueries(occurrences: readonly string[]): readonly string[]
  prefersAsync(preferLines: readonly string[]): boolean
  prefersLenient(preferLines: readonly string[]): boolean
  knowsFormat(name: string): boolean
  /** A FHIR instant in ms since 1970; undefined if it is none. */
  readsInstant(text: string): number | undefined
  /** The supported resource type that an entry of `_type` names. */
  namesType(text: string, supported: ReadonlySet<string>): string | undefined
  /** Whether exports of a level can hold a type. */
  levelHolds(level: Level, type: string): boolean
  readsElement(text: string): ElementFilter | undefined
  /** Whether something wrong is minded at all; what is not minded is ignored without a word. */
  minds(problem: Problem): boolean
  /** Whether something that lenient handling lets pass is reported in an error file. */
  reports(problem: Problem): boolean
  /** Whether one more job may start beside so many; `most` is never 0. */
  mayStart(running: number, most: number): boolean
  jobId(fresh: string, about: { readonly url: string; readonly body?: string }): string
  /** The jobs that remain when one is deleted. */
  remaining(jobs: readonly Job[], deleted: Job): readonly Job[]
}

const formats = new Set(['application/fhir+ndjson', 'application/ndjson', 'ndjson'])

const instant =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)$/

/** Decides as the Bulk Data Access IG asks. */
export const honestKickoff: KickoffConduct = {
  decodes: (text) => {
    try {
      return decodeURIComponent(text.replaceAll('+', ' '))
    } catch {
      return undefined
    }
  },
  splits: (occurrences) => occurrences.flatMap((each) => each.split(',')).map((each) => each.trim()),
  // A comma inside a search value is no delimiter: a new query begins with a type and a question mark.
  splitsQueries: (occurrences) => occurrences.flatMap((each) => each.split(/(?<!\\),(?=[A-Z][A-Za-z]*\?)/)),
  prefersAsync: (lines) => preferencesOf(lines).has('respond-async'),
  prefersLenient: (lines) => preferencesOf(lines).get('handling')?.toLowerCase() === 'lenient',
  knowsFormat: (name) => formats.has(name),
  readsInstant: (text) => {
    const [, year = '', month = '', day = '', , , second] = instant.exec(text) ?? []
    const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
    if (!year || Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > days)
      return undefined
    // Date.parse knows no leap second; the instant is the last one before it.
    const time = Date.parse(second === '60' ? text.replace(/:60/, ':59') : text)
    return Number.isNaN(time) ? undefined : time
  },
  namesType: (text, supported) => (supported.has(text) ? text : undefined),
  levelHolds: (level, type) => level === 'system' || isCompartmentType(type),
  readsElement: (text) => {
    const [, type, element] = /^(?:([A-Z][A-Za-z]+)\.)?([a-z][A-Za-z0-9]*)$/.exec(text) ?? []
    if (element === undefined) return undefined
    return type === undefined ? { element } : { type, element }
  },
  minds: () => true,
  reports: () => true,
  mayStart: (running, most) => running < most,
  jobId: (fresh) => fresh,
  remaining: (jobs, deleted) => jobs.filter((job) => job !== deleted),
}
