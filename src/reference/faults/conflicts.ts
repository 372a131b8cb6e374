import type { Fault } from './definition.ts'

/** What a fault, or a variation, replaces. */
export type Deviation = Pick<Fault, 'id' | 'conduct' | 'configuration'>

type Settings = NonNullable<Deviation['configuration']>

/** Two deviations that conflict, and the decisions and settings that both replace. */
interface Conflict {
  readonly between: readonly [string, string]
  /** Names of decisions of the conduct. */
  readonly decisions: readonly string[]
  /** Names of settings of the configuration that they set to different values. */
  readonly settings: readonly string[]
}

/** Pairs of deviations that replace the same decision or setting, so that the last would undo the first. */
export function conflictsAmong(deviations: readonly Deviation[]): readonly Conflict[] {
  const different = [...new Set(deviations)]
  return different.flatMap((first, at) =>
    different.slice(at + 1).flatMap((second) => {
      // `answer` functions are chained, so they do not conflict.
      const decisions = sharedNames(first.conduct, second.conduct).filter((it) => it !== 'answer')
      const settings = differingSettings(first.configuration ?? {}, second.configuration ?? {})
      return decisions.length + settings.length > 0
        ? [{ between: [first.id, second.id] as const, decisions, settings }]
        : []
    }),
  )
}

function sharedNames(a: object, b: object): readonly string[] {
  return Object.keys(a).filter((it) => Object.hasOwn(b, it))
}

function differingSettings(a: Settings, b: Settings): readonly string[] {
  return sharedNames(a, b).filter(
    (it) => JSON.stringify(a[it as keyof Settings]) !== JSON.stringify(b[it as keyof Settings]),
  )
}
