import type { PlannedProbe, ProbeKey } from '../../model/plan.ts'
import { type Lateness, latenessIn } from '../../suite/planning/lateness.ts'
import { orderOf, type ProbeOrder } from './probe-order.ts'

/** How probes are performed side by side. */
export interface LaneOptions {
  /** Probes that are under way at the same time. */
  readonly lanes: number
  /** No probe is begun after an abort. */
  readonly signal?: AbortSignal
  /** `whenPutOff`: see `PageOptions`. */
  readonly perform: (probe: PlannedProbe, whenPutOff: () => Promise<boolean>) => Promise<void>
}

interface Lanes extends LaneOptions {
  readonly order: ProbeOrder
  readonly lateness: (probe: PlannedProbe) => Lateness
  readonly running: Map<ProbeKey, Running>
  /** Probes that wait or run. */
  readonly unfinished: Set<ProbeKey>
  /** As many as the server allows, which it may show. */
  most: number
}

interface Running {
  readonly probe: PlannedProbe
  readonly ended: Promise<void>
  /** It waits for another one to end. */
  isPutOff: boolean
}

/** Performs probes in their order, as many at a time as may be; each after those that it needs. */
export async function performInLanes(probes: readonly PlannedProbe[], options: LaneOptions): Promise<void> {
  const lanes: Lanes = {
    ...options,
    ...{ order: orderOf(probes), lateness: latenessIn(probes) },
    ...{ running: new Map(), unfinished: new Set(probes.map((it) => it.key)), most: options.lanes },
  }
  const { running, signal } = lanes
  let waiting = [...probes]
  try {
    while (waiting.length > 0 && !signal?.aborted) {
      const next = nextProbe(waiting, lanes)
      if (next) {
        waiting = waiting.filter((it) => it !== next)
        begin(next, lanes)
      } else await Promise.race([...running.values()].map((it) => it.ended))
    }
  } finally {
    await Promise.allSettled([...running.values()].map((it) => it.ended))
  }
  await Promise.all([...running.values()].map((it) => it.ended))
}

/**
 * The first probe that may begin now. What waits for a token holds nothing up, and late requests come last. They are performed
 * one at a time: a token that is valid when one of them begins must not expire because another one waits.
 */
function nextProbe(waiting: readonly PlannedProbe[], lanes: Lanes): PlannedProbe | undefined {
  const { order, lateness, running, most, unfinished } = lanes
  if (running.size >= most) return undefined
  const others = [...running.values()].map((it) => it.probe)
  const ready = waiting.find(
    (probe) =>
      ![...order.needs(probe)].some((key) => unfinished.has(key)) &&
      !others.some((it) => order.keepApart(probe, it)) &&
      (lateness(probe) === 0 ||
        (others.length === 0 && !waiting.some((it) => lateness(it) < lateness(probe)))),
  )
  return ready ?? (running.size === 0 ? waiting[0] : undefined)
}

function begin(probe: PlannedProbe, lanes: Lanes): void {
  const { running, unfinished, perform } = lanes
  const work = perform(probe, () => whenPutOff(probe.key, lanes))
  // A failure remains in the map, for whoever waits for all.
  const ended = work.then(() => {
    running.delete(probe.key)
    unfinished.delete(probe.key)
  })
  ended.catch(() => undefined)
  running.set(probe.key, { probe, ended, isPutOff: false })
}

/** A server that puts a kick-off off while others run may allow no more of them. */
async function whenPutOff(key: ProbeKey, lanes: Lanes): Promise<boolean> {
  const own = lanes.running.get(key)
  const others = [...lanes.running.values()].filter((it) => it !== own && !it.isPutOff)
  if (!own || others.length === 0) return false
  lanes.most = Math.min(lanes.most, others.length)
  own.isPutOff = true
  await Promise.race(others.map((it) => it.ended)).catch(() => undefined)
  own.isPutOff = false
  return true
}
