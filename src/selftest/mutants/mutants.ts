import { bases } from './bases.ts'
import { containedEdits } from './contained.ts'
import { invariantTrials } from './invariants.ts'
import { changed, type Node, sitesOf } from './sites.ts'
import { type Edit, structuralEdits, twice } from './structural.ts'

/** A resource that was valid until one thing was done to it. */
export interface Mutant {
  readonly name: string
  /** The rule that it breaks, and where. */
  readonly rule: string
  readonly path: string
  /** Resource type of what was valid. */
  readonly type: string
  /** What JSON.parse makes of the text. */
  readonly resource: unknown
  readonly text: string
}

interface Candidate extends Edit {
  readonly base: Node
  readonly steps: readonly (string | number)[]
}

const perRule = 2

/**
 * Mutants of FHIR R4's examples: of each type and for each rule the changes that were made least often so far, so that all are made somewhere, and
 * changes found by evaluating R4's own expressions for each invariant that is judged. The same ones each time.
 */
export function* mutants(): Generator<Mutant> {
  const valid = bases()
  const used = new Map<string, number>()
  const random = numbers()
  for (const [type, ofType] of grouped(valid, (it) => String(it.resourceType)))
    for (const [rule, candidates] of grouped(ofType.flatMap(candidatesOf), (it) => it.rule)) {
      const order = candidates.map((it) => ({ it, at: random() }))
      for (let i = 0; i < perRule && order.length > 0; i++) {
        const count = ({ it }: (typeof order)[number]) => used.get(`${rule} ${it.how}`) ?? 0
        const least = order.reduce((a, b) => ((count(b) - count(a) || b.at - a.at) < 0 ? b : a))
        order.splice(order.indexOf(least), 1)
        used.set(`${rule} ${least.it.how}`, count(least) + 1)
        yield mutantOf(least.it, type)
      }
    }
  for (const it of invariantTrials(valid)) if (!it.holds) yield mutantOf(it, String(it.base.resourceType))
}

/** Changes after which an invariant's own expression says that it holds, as if they were mutants of it: nobody may say that it is broken. */
export function* survivors(): Generator<Mutant> {
  for (const it of invariantTrials(bases())) if (it.holds) yield mutantOf(it, String(it.base.resourceType))
}

function candidatesOf(base: Node): readonly Candidate[] {
  return sitesOf(base).flatMap((site) =>
    [...structuralEdits(site), ...containedEdits(site)].map((it) => ({ ...it, base, steps: site.steps })),
  )
}

function mutantOf({ base, rule, path, how, steps, apply }: Candidate, type: string): Mutant {
  const text = JSON.stringify(changed(base, steps, apply)).replace(JSON.stringify(twice).slice(1, -1), '')
  return { name: `${path}: ${how}`, rule, path, type, resource: JSON.parse(text), text }
}

function grouped<T>(all: readonly T[], keyOf: (it: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const it of all) {
    const group = groups.get(keyOf(it))
    if (group) group.push(it)
    else groups.set(keyOf(it), [it])
  }
  return groups
}

/** Numbers that look random and are the same each time. */
function numbers(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state >>> 0
  }
}
