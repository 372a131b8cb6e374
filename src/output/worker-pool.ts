import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { linesChecks } from '../checks/lines/registry.ts'
import type { BufferPool } from './buffer-pool.ts'
import { UnreadableFileError } from './byte-source.ts'
import type { LineSlice } from './slice.ts'
import { type JudgeSpec, type SliceResult, type SliceProgressListener, judgeLocally } from './local-judge.ts'
import type { SliceReply, PostedJudgeSpec, SliceMessage } from './worker.ts'

/** Threads that judge slices. */
export interface WorkerPool {
  /** How many there may be; with none everything is judged in this one. */
  readonly size: number
  /**
   * Judges a slice in the thread that is free first. Starting threads costs time and memory: as long as nothing is `large`, it is this thread.
   * Bytes that a slice holds are handed over; if they lie in a room it is given back. Rejects with `Unreadable` if there are none.
   */
  judge(
    order: JudgeSpec,
    slice: LineSlice,
    large: boolean,
    tell?: SliceProgressListener,
  ): Promise<SliceResult>
  /** So many bytes are about to be judged: threads that it is worth it to start can start. */
  expectBytes(bytes: number): void
  /** Nothing more will be judged for this order. */
  forget(order: JudgeSpec): void
  close(): Promise<void>
}

const script = fileURLToPath(new URL('../../dist/output/worker.js', import.meta.url))

let built: boolean | undefined
const isBuilt = () => {
  built ??= existsSync(script)
  return built
}

// Judging makes much garbage that is gone at once: usual limits let several times as much of it pile up, and are no faster.
const limits = { maxYoungGenerationSizeMb: 6 }

/** Less is done before a thread has started. */
export const threadThresholdBytes = 16 << 20

/** A thread has the next slice at hand when it is done with one. */
const slicesPerWorker = 2

interface QueuedSlice {
  readonly order: JudgeSpec
  readonly of: number
  readonly slice: LineSlice
  readonly tell?: SliceProgressListener | undefined
  readonly done: (result: SliceResult) => void
  readonly failed: (error: Error) => void
}

interface PoolWorker {
  readonly worker: Worker
  readonly asked: Map<number, QueuedSlice>
}

/** Opens threads, none of which is started before it is needed. `thisToo` says that this one judges beside them, having nothing else to do. */
export function openWorkerPool(many: number, rooms: BufferPool, thisToo = false): WorkerPool {
  const running: PoolWorker[] = []
  const queue: QueuedSlice[] = []
  const orders = new Map<JudgeSpec, number>()
  let last = 0
  let busyHere = false
  let isClosed = false

  const start = (): PoolWorker => {
    const it: PoolWorker = { worker: new Worker(script, { resourceLimits: limits }), asked: new Map() }
    it.worker.on('message', (answer: SliceReply) => {
      const asked = it.asked.get(answer.at)
      if ('counted' in answer) return asked?.tell?.(answer.counted)
      it.asked.delete(answer.at)
      if (answer.room) rooms.giveBack(answer.room)
      if ('result' in answer) asked?.done(answer.result)
      else asked?.failed(failureOf(answer.unreadable))
      pump()
    })
    it.worker.on('error', () => giveUp(new Error('a thread that judges output files has died')))
    for (const [order, number] of orders) it.worker.postMessage(openMessage(number, order))
    running.push(it)
    return it
  }
  const giveUp = (why: Error) => {
    const asked = [...queue, ...running.flatMap((one) => [...one.asked.values()])]
    queue.length = 0
    running.length = 0
    isClosed = true
    for (const { failed } of asked) failed(why)
  }
  const free = (): PoolWorker | undefined => {
    const least = running.reduce<PoolWorker | undefined>(
      (found, it) => (found && found.asked.size <= it.asked.size ? found : it),
      undefined,
    )
    if (least?.asked.size === 0) return least
    if (running.length < many) return start()
    return least && least.asked.size < slicesPerWorker ? least : undefined
  }
  const pump = () => {
    for (let it = queue[0] && free(); it; it = queue[0] && free()) {
      const asked = queue.shift()
      if (!asked) return
      last += 1
      const { of, slice } = asked
      it.asked.set(last, asked)
      const buffer = 'held' in slice.bytes ? slice.bytes.held.buffer : undefined
      it.worker.postMessage(
        { slice, of, at: last } satisfies SliceMessage,
        buffer instanceof ArrayBuffer ? [buffer] : [],
      )
    }
    if (thisToo && !busyHere) void here()
  }
  const here = async () => {
    const asked = queue.shift()
    if (!asked) return
    busyHere = true
    await judgeLocally(asked.order, asked.slice, asked.tell).then(asked.done, asked.failed)
    // Others may have been done in the meantime, and are to have something to do before this thread is busy again.
    await new Promise((resume) => setImmediate(resume))
    busyHere = false
    pump()
  }
  const numberOf = (order: JudgeSpec): number => {
    const known = orders.get(order)
    if (known !== undefined) return known
    last += 1
    orders.set(order, last)
    for (const { worker } of running) worker.postMessage(openMessage(last, order))
    return last
  }
  return {
    size: many,
    judge(order, slice, large, tell) {
      if (!large || many === 0 || 'stream' in slice.bytes || !canPost(order))
        return judgeLocally(order, slice, tell)
      const of = numberOf(order)
      return new Promise<SliceResult>((done, failed) => {
        if (isClosed) return failed(new Error('nothing is judged any more'))
        queue.push({ order, of, slice, tell, done, failed })
        pump()
      })
    },
    expectBytes(bytes) {
      if (bytes > threadThresholdBytes && !isClosed && isBuilt()) while (running.length < many) start()
    },
    forget(order) {
      const number = orders.get(order)
      if (number === undefined) return
      orders.delete(order)
      for (const { worker } of running) worker.postMessage({ close: number } satisfies SliceMessage)
    },
    async close() {
      const workers = running.map((it) => it.worker)
      giveUp(new Error('nothing is judged any more'))
      await Promise.all(workers.map((it) => it.terminate()))
    },
  }
}

function failureOf(unreadable: string | undefined): Error {
  return unreadable === undefined
    ? new Error('a thread could not judge a slice of an output file')
    : new UnreadableFileError(unreadable)
}

function openMessage(number: number, { checks: fed, ...rest }: JudgeSpec): SliceMessage {
  const order: PostedJudgeSpec = {
    ...rest,
    checks: fed.map(({ check, params, kind }) => ({ name: check.name, params, kind })),
  }
  return { open: number, order }
}

const registered: ReadonlySet<unknown> = new Set(linesChecks)

/** A thread knows the checks that have a name for everybody, and runs built code alone. */
function canPost(order: JudgeSpec): boolean {
  return order.checks.every((it) => registered.has(it.check)) && isBuilt()
}
