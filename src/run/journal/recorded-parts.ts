import type { ResultScope } from '../../model/result.ts'
import type { Target } from '../../model/target.ts'
import type { PickedValues } from '../value-source.ts'
import { vocabularyIndex } from '../vocabulary-index.ts'

/** Values picked, as JSON. */
export type RecordedPicks = Readonly<Record<string, PickedValue>>

type PickedValue = PickedValues extends Map<string, infer Value> ? Value : never

/** What was picked, without ids of patients. */
export function recordedPicks(picked: PickedValues): RecordedPicks {
  const sensitive = new Set(vocabularyIndex.picks.filter((it) => it.sensitive).map((it) => it.name))
  return Object.fromEntries(
    [...picked].map(([name, value]): [string, PickedValue] =>
      sensitive.has(name.slice(name.lastIndexOf('#') + 1))
        ? [name, { reason: { kind: 'patient-ids-not-recorded' } }]
        : [name, value],
    ),
  )
}

/** What was asked for in a run, to plan it again. */
export interface RecordedSelection {
  /** Patterns of the tests that were asked for; absent where every test was. */
  readonly only?: readonly string[]
  /** How many exports the plan was allowed; absent where no test was left out for it. */
  readonly maxExports?: number
}

/** The same of how a plan was narrowed. */
export function recordedSelection(selection: ResultScope['selection']): RecordedSelection {
  const { patterns = [], leftOut } = selection ?? {}
  return {
    ...(patterns.length > 0 ? { only: patterns } : {}),
    ...(leftOut ? { maxExports: leftOut.maxExports } : {}),
  }
}

/** A target without what authorizes; the kind of authorization remains. */
export function withoutCredentials({ authorization, otherClient, headers: _, ...target }: Target): Target {
  return {
    ...target,
    authorization: { kind: authorization.kind },
    ...(otherClient ? { otherClient: { kind: otherClient.kind } } : {}),
  } as Target
}
