/** Whether something holds, as far as is known offline. */
export type Certainty = 'yes' | 'no' | 'unknown'

/** The known part of a value set, and where it may have more codes. */
export interface ValueSetCodes {
  /** `system|code` of codes that are in it. */
  readonly pairs: ReadonlySet<string>
  /** Its codes without their systems, for values without a system. */
  readonly codes: ReadonlySet<string>
  /** `system|code` of codes that may be in it. */
  readonly maybe: ReadonlySet<string>
  /** `system|code` of codes that are not in it, though their system is open. */
  readonly never: ReadonlySet<string>
  /** Code systems whose codes may be in the set without being in `pairs`. */
  readonly open: ReadonlySet<string>
  /** The codes are known, but not their systems. */
  readonly bare: boolean
  /** Why it may contain any other code; absent if it cannot. */
  readonly others?: string
}

/** Whether a code is in a value set; without a system, whether it is in the set with any system. */
export function containsCode(set: ValueSetCodes, system: unknown, code: unknown): Certainty {
  if (typeof code !== 'string') return 'no'
  const { codes, open, bare, others, maybe } = set
  if (!bare && typeof system === 'string') return containsPair(set, system, `${system}|${code}`)
  if (codes.has(code)) return 'yes'
  if (others !== undefined || (!bare && open.size > 0)) return 'unknown'
  for (const pair of maybe) if (pair.endsWith(`|${code}`)) return 'unknown'
  return 'no'
}

function containsPair(
  { pairs, maybe, never, open, others }: ValueSetCodes,
  system: string,
  pair: string,
): Certainty {
  if (pairs.has(pair)) return 'yes'
  if (maybe.has(pair)) return 'unknown'
  if (never.has(pair)) return 'no'
  return open.has(system) || others !== undefined ? 'unknown' : 'no'
}

/** A value set of known codes, of which some systems are not wholly known. */
export function codeSet(
  pairs: Iterable<string>,
  more: Partial<Pick<ValueSetCodes, 'maybe' | 'never' | 'open' | 'others'>> = {},
): ValueSetCodes {
  const all = new Set(pairs)
  const codes = new Set([...all].map(codeOf))
  return { pairs: all, codes, maybe: none, never: none, open: none, bare: false, ...more }
}

const none: ReadonlySet<string> = new Set()

function codeOf(pair: string): string {
  return pair.slice(pair.lastIndexOf('|') + 1)
}

function systemOf(pair: string): string {
  return pair.slice(0, pair.lastIndexOf('|'))
}

function has(set: ValueSetCodes, pair: string): Certainty {
  return containsPair(set, systemOf(pair), pair)
}

/** What is in one of some sets. */
export function unionOf(sets: readonly ValueSetCodes[]): ValueSetCodes {
  const [only, ...further] = sets
  if (only && further.length === 0) return only
  const pairs = new Set(sets.flatMap((it) => [...it.pairs]))
  const others = sets.find((it) => it.others !== undefined)?.others
  return codeSet(pairs, {
    maybe: new Set(sets.flatMap((it) => [...it.maybe]).filter((it) => !pairs.has(it))),
    never: new Set(
      sets.flatMap((it) => [...it.never]).filter((pair) => sets.every((it) => has(it, pair) === 'no')),
    ),
    open: new Set(sets.flatMap((it) => [...it.open])),
    ...(others === undefined ? {} : { others }),
  })
}

/** What is in each of two sets. */
export function intersectionOf(a: ValueSetCodes, b: ValueSetCodes): ValueSetCodes {
  const named = new Set([...a.pairs, ...a.maybe, ...b.pairs, ...b.maybe])
  const pairs: string[] = []
  const maybe = new Set<string>()
  const never = new Set([...a.never, ...b.never])
  for (const pair of named) {
    const [inA, inB] = [has(a, pair), has(b, pair)]
    if (inA === 'yes' && inB === 'yes') pairs.push(pair)
    else if (inA === 'no' || inB === 'no') never.add(pair)
    else maybe.add(pair)
  }
  const isOpen = (it: ValueSetCodes, system: string) => it.open.has(system) || it.others !== undefined
  const open = new Set([...a.open, ...b.open].filter((it) => isOpen(a, it) && isOpen(b, it)))
  const others = a.others !== undefined && b.others !== undefined ? a.others : undefined
  return codeSet(pairs, { maybe, never, open, ...(others === undefined ? {} : { others }) })
}

/** What is in one set and not in another. */
export function differenceOf(a: ValueSetCodes, b: ValueSetCodes): ValueSetCodes {
  const pairs: string[] = []
  const maybe = new Set<string>()
  const never = new Set([...a.never, ...b.pairs])
  for (const pair of [...a.pairs, ...a.maybe]) {
    const excluded = has(b, pair)
    if (excluded === 'yes') never.add(pair)
    else if (excluded === 'no' && a.pairs.has(pair)) pairs.push(pair)
    else maybe.add(pair)
  }
  return codeSet(pairs, {
    ...{ maybe, never, open: a.open },
    ...(a.others === undefined ? {} : { others: a.others }),
  })
}
