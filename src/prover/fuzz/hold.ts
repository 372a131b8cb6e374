import { r4Model } from '../../r4/load.ts'
import { hashKey } from '../../model/hash.ts'
import type { Problem } from '../../model/structure.ts'
import { judgeLine } from '../../structure/line.ts'
import { judgeParts } from '../../structure/part.ts'
import { partsOf } from '../parts.ts'
import type { Proof, Prover } from '../prover.ts'
import { factsIn, factsOf } from './facts.ts'
import { mutated, type Random } from './mutate.ts'

/** What came of holding provers against the explaining path. */
export interface Held {
  lines: number
  proven: number
  /** Lines of which parts alone were left to the explaining path, and told all that it says of the line. */
  doubted: number
  /** Lines in which provers or paths disagree, and how. */
  readonly wrong: { readonly how: string; readonly text: string }[]
}

/** Base URL of the server that the provers must take for the one judged. */
export const fhirUrl = 'http://a'

const batch = 500

/** How many lines are made, by which random numbers, and who else wants to see them. */
export interface Holding {
  readonly count: number
  readonly random: Random
  readonly onLine?: (text: string, isProven: boolean) => void
}

/** Holds provers against each other, and against the explaining path, on `count` lines made of others by random edits; and on the others themselves. */
export function hold(
  provers: readonly Prover[],
  bases: readonly string[],
  { count, random, onLine }: Holding,
): Held {
  const held: Held = { lines: 0, proven: 0, doubted: 0, wrong: [] }
  const pool = namesIn(bases)
  for (let i = 0; i < bases.length && i < count; i += batch)
    judge(provers, bases.slice(i, i + batch), { held, onLine })
  while (held.lines < count) {
    const base = Array.from({ length: batch }, () => bases[random(bases.length)] ?? '')
    judge(
      provers,
      base.map((it) => mutated(it, random, pool)),
      { held, onLine },
    )
  }
  return held
}

function namesIn(bases: readonly string[]): readonly string[] {
  const names = new Set<string>()
  for (const base of bases.slice(0, 2000))
    for (const [, name] of base.matchAll(/"([A-Za-z]+)":/g)) if (name) names.add(name)
  return [...names]
}

function judge(
  provers: readonly Prover[],
  lines: readonly string[],
  { held, onLine }: { held: Held; onLine: Holding['onLine'] },
): void {
  const model = r4Model()
  let rest = lines
  while (rest.length > 0) {
    const some = rest.slice(0, fitting(rest, Math.min(...provers.map((it) => it.input.length))))
    rest = rest.slice(Math.max(some.length, 1))
    const bytes = Buffer.from(some.join('\n'))
    const found = provers.map((prover) => {
      bytes.copy(prover.input)
      const proof = prover.prove(bytes.length, undefined, { doubts: true })
      return some.map((_, i) =>
        proof.proven[i] === 1 ? { facts: factsIn(proof, i, model) } : { doubts: doubtsOf(prover, proof, i) },
      )
    })
    some.forEach((text, i) => {
      held.lines++
      const [one] = found.map((it) => it[i])
      const { facts, doubts } = { facts: undefined, doubts: undefined, ...one }
      if (found.some((it) => JSON.stringify(it[i]) !== JSON.stringify(one)))
        held.wrong.push({ how: 'the provers disagree', text })
      else if (facts !== undefined) held.proven++
      else if (doubts !== undefined) held.doubted++
      const how = facts !== undefined ? disagreement(text, facts) : doubts && dissent(text, doubts)
      onLine?.(text, facts !== undefined)
      if (how !== undefined) held.wrong.push({ how, text })
    })
  }
}

function fitting(lines: readonly string[], capacity: number): number {
  let bytes = 0
  let count = 0
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1
    if (bytes > capacity) break
    count++
  }
  return count
}

function disagreement(text: string, facts: string): string | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // What is no JSON must not be proven.
    return 'it is no JSON'
  }
  const [problem] = judgeLine(text, json)
  if (problem) return `${problem.rule} at ${problem.path}`
  const { id } = json as { id?: unknown }
  if (typeof id !== 'string' || !/^[A-Za-z0-9\-.]{1,64}$/.test(id)) return 'it has no id'
  const expected = factsOf(text, r4Model(), fhirUrl)
  return expected === facts ? undefined : `facts: ${facts} instead of ${expected}`
}

/** What is known of a line of which parts alone are left to the explaining path, in words; undefined if they do not tell. */
interface Doubted {
  readonly problems: readonly Problem[]
  readonly key: readonly number[]
  readonly updated: number | undefined
}

function doubtsOf(prover: Prover, proof: Proof, line: number): Doubted | undefined {
  const parts = partsOf(prover, proof, line)
  const type = r4Model().resources[proof.types[line] ?? 0] ?? ''
  const problems = parts && judgeParts(type, parts)
  if (!problems) return undefined
  const updated = proof.updated[line]
  const key = [...proof.keys.subarray(3 * line, 3 * line + 3)]
  return { problems, key, updated: Number.isNaN(updated) ? undefined : updated }
}

function dissent(text: string, { problems, key, updated }: Doubted): string | undefined {
  let json: {
    readonly resourceType?: unknown
    readonly id?: unknown
    readonly meta?: { lastUpdated?: unknown }
  }
  try {
    json = JSON.parse(text)
  } catch {
    return 'parts of what is no JSON'
  }
  const written = (it: readonly Problem[]) =>
    it
      .map((problem) => JSON.stringify(problem))
      .sort()
      .join('\n')
  const expected = written(judgeLine(text, json))
  if (written(problems) !== expected) return `parts tell\n${written(problems)}\ninstead of\n${expected}`
  const words = new Uint32Array(3)
  hashKey(Buffer.from(`${json.resourceType}/${json.id}`), words)
  if (key.join() !== words.join()) return 'another key'
  const told = json.meta?.lastUpdated
  return (told === undefined ? undefined : Date.parse(String(told))) === updated
    ? undefined
    : 'another lastUpdated'
}
