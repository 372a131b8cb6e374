/** One of several machines that share the files of an export. */
export interface Shard {
  /** From 1. */
  readonly number: number
  readonly of: number
}

/** The size of a file, as far as it is known before judging. */
export interface FileWeight {
  readonly bytes?: number
  readonly count?: unknown
}

/**
 * The positions of the files that a shard judges. Every shard computes the same assignment: the largest file first, each to the shard with the least
 * so far. If the size of a file is unknown, the shards take files in turn.
 */
export function filesOfShard(files: readonly FileWeight[], { number, of }: Shard): ReadonlySet<number> {
  const weights = weightsOf(files)
  const order = weights.map((_, at) => at).sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b)
  const loads: Load[] = Array.from({ length: of }, () => ({ weight: 0, files: 0 }))
  const mine = new Set<number>()
  for (const at of order) {
    let least = 0
    for (const [shard, load] of loads.entries()) if (isLighter(load, loads[least])) least = shard
    const load = loads[least]
    if (!load) break
    load.weight += weights[at] ?? 0
    load.files += 1
    if (least === number - 1) mine.add(at)
  }
  return mine
}

interface Load {
  weight: number
  files: number
}

function isLighter(a: Load, b: Load | undefined): boolean {
  return b !== undefined && (a.weight < b.weight || (a.weight === b.weight && a.files < b.files))
}

function weightsOf(files: readonly FileWeight[]): readonly number[] {
  const known = (weight: unknown): weight is number => typeof weight === 'number' && weight >= 0
  for (const weights of [files.map((it) => it.bytes), files.map((it) => it.count)])
    if (weights.every(known)) return weights
  return files.map(() => 1)
}
