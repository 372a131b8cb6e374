import type { Plan } from '../model/plan.ts'
import type { ResultScope } from '../model/result.ts'
import { exportLevels } from '../model/target.ts'

/** What the result of a plan is of. */
export function scopeOf(
  kind: ResultScope['kind'],
  { tests }: Plan,
  selection?: ResultScope['selection'],
): ResultScope {
  const levels = new Set(tests.flatMap((it) => (it.notApplicable ? [] : (it.level ?? []))))
  return {
    kind,
    levels: exportLevels.filter((it) => levels.has(it)),
    ...(selection ? { selection } : {}),
  }
}

/** How a plan was narrowed; `undefined` if it has every test of the bundled suites. */
export function selectionOf(
  { tests, leftOut }: Plan,
  whole: Plan,
  { patterns, own }: { readonly patterns: readonly string[]; readonly own: readonly string[] | undefined },
): ResultScope['selection'] {
  if (!own && tests.length >= whole.tests.length) return undefined
  return {
    ...{ patterns, of: whole.tests.length },
    ...(own ? { suites: own } : {}),
    ...(leftOut ? { leftOut } : {}),
  }
}
