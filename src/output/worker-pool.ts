import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { linesChecks } from '../checks/lines/registry.ts'
import type { BufferPool } from './buffer-pool.ts'
import { UnreadableFileError } from './byte-source.ts'
import { type JudgeSpec, type SliceResult, type SliceProgressListener, judgeLocally } from './local-judge.ts'
import type { LineSlice } from './slice.ts'
import type { SliceReply, PostedJudgeSpec, SliceMessage } from './worker.ts'

/** Threads that judge slices. */
export interface WorkerPool {
  /** Maximum number of threads; with 0 this thread judges everything. */
  readonly size: number
  /**
   * Judges a slice in the first free thread. Starting threads costs time and memory, so this thread judges until a file is `large`.
   * The bytes of a slice are handed over; a buffer of the pool is given back. Rejects with `UnreadableFileError` if the bytes cannot
   * be read.
   */
  judge(
    spec: JudgeSpec,
    slice: LineSlice,
    large: boolean,
    onProgress?: SliceProgressListener,
  ): Promise<SliceResult>
  /** Announces the amount to be judged, so that threads start if the amount justifies it. */
  expectBytes(bytes: number): void
  /** Nothing more will be judged by this spec. */
  forget(spec: JudgeSpec): void
  close(): Promise<void>
}

const script = fileURLToPath(new URL('../../dist/output/worker.js', import.meta.url))

let built: boolean | undefined
const isBuilt = () => {
  built ??= existsSync(script)
  return built
}

// Judging makes much short-lived garbage. The default limits let several times as much of it pile up, and are no faster.
const limits = { maxYoungGenerationSizeMb: 6 }

/** A smaller amount is judged before a thread has started. */
export const threadThresholdBytes = 16 << 20

/** A thread already has its next slice when it finishes one. */
const slicesPerWorker = 2

interface QueuedSlice {
  readonly spec: JudgeSpec
  readonly specNumber: number
  readonly slice: LineSlice
  readonly onProgress?: SliceProgressListener | undefined
  readonly resolve: (result: SliceResult) => void
  readonly reject: (error: Error) => void
}

interface PoolWorker {
  readonly worker: Worker
  /** By the number of the message. */
  readonly slices: Map<number, QueuedSlice>
}

/** Threads, and their work. */
interface PoolState {
  readonly size: number
  readonly buffers: BufferPool
  /** This thread judges beside the workers. */
  readonly thisToo: boolean
  readonly workers: PoolWorker[]
  readonly queue: QueuedSlice[]
  /** Numbers of the specs that workers know. */
  readonly specs: Map<JudgeSpec, number>
  /** The last number given to a spec or a message. */
  lastNumber: number
  isBusyHere: boolean
  isClosed: boolean
}

/** Opens threads, each started when it is first needed. With `thisToo` this thread judges too, because it has nothing else to do. */
export function openWorkerPool(size: number, buffers: BufferPool, thisToo = false): WorkerPool {
  const pool: PoolState = {
    ...{ size, buffers, thisToo },
    workers: [],
    queue: [],
    specs: new Map(),
    lastNumber: 0,
    isBusyHere: false,
    isClosed: false,
  }
  return {
    size,
    judge(spec, slice, large, onProgress) {
      if (!large || size === 0 || 'stream' in slice.bytes || !canPost(spec))
        return judgeLocally(spec, slice, onProgress)
      return enqueue(pool, spec, slice, onProgress)
    },
    expectBytes(bytes) {
      if (bytes > threadThresholdBytes && !pool.isClosed && isBuilt())
        while (pool.workers.length < size) startWorker(pool)
    },
    forget(spec) {
      const number = pool.specs.get(spec)
      if (number === undefined) return
      pool.specs.delete(spec)
      for (const { worker } of pool.workers) worker.postMessage({ close: number } satisfies SliceMessage)
    },
    async close() {
      const workers = pool.workers.map((it) => it.worker)
      closePool(pool, closedError())
      await Promise.all(workers.map((it) => it.terminate()))
    },
  }
}

function closedError(): Error {
  return new Error('the thread pool is closed')
}

function enqueue(
  pool: PoolState,
  spec: JudgeSpec,
  slice: LineSlice,
  onProgress: SliceProgressListener | undefined,
): Promise<SliceResult> {
  const specNumber = numberOf(pool, spec)
  return new Promise((resolve, reject) => {
    if (pool.isClosed) return reject(closedError())
    pool.queue.push({ spec, specNumber, slice, onProgress, resolve, reject })
    dispatch(pool)
  })
}

/** The number of a spec; workers that do not know the spec get it. */
function numberOf(pool: PoolState, spec: JudgeSpec): number {
  const known = pool.specs.get(spec)
  if (known !== undefined) return known
  pool.lastNumber += 1
  const number = pool.lastNumber
  pool.specs.set(spec, number)
  for (const { worker } of pool.workers) worker.postMessage(openMessage(number, spec))
  return number
}

/** Gives slices of the queue to free threads. */
function dispatch(pool: PoolState): void {
  const { queue } = pool
  for (let to = queue[0] && freeWorker(pool); to; to = queue[0] && freeWorker(pool)) {
    const next = queue.shift()
    if (!next) return
    post(pool, to, next)
  }
  if (pool.thisToo && !pool.isBusyHere) void judgeHere(pool)
}

function post(pool: PoolState, to: PoolWorker, queued: QueuedSlice): void {
  const { slice, specNumber } = queued
  pool.lastNumber += 1
  to.slices.set(pool.lastNumber, queued)
  const buffer = 'held' in slice.bytes ? slice.bytes.held.buffer : undefined
  to.worker.postMessage(
    { slice, of: specNumber, at: pool.lastNumber } satisfies SliceMessage,
    buffer instanceof ArrayBuffer ? [buffer] : [],
  )
}

/** The worker with the least work, perhaps a new one; `undefined` if all have enough. */
function freeWorker(pool: PoolState): PoolWorker | undefined {
  const { workers, size } = pool
  const least = workers.reduce<PoolWorker | undefined>(
    (found, it) => (found && found.slices.size <= it.slices.size ? found : it),
    undefined,
  )
  if (least?.slices.size === 0) return least
  if (workers.length < size) return startWorker(pool)
  return least && least.slices.size < slicesPerWorker ? least : undefined
}

function startWorker(pool: PoolState): PoolWorker {
  const worker = new Worker(script, { resourceLimits: limits })
  const started: PoolWorker = { worker, slices: new Map() }
  worker.on('message', (reply: SliceReply) => takeReply(pool, started, reply))
  worker.on('error', () => closePool(pool, new Error('a thread that judges output files has died')))
  for (const [spec, number] of pool.specs) worker.postMessage(openMessage(number, spec))
  pool.workers.push(started)
  return started
}

function takeReply(pool: PoolState, from: PoolWorker, reply: SliceReply): void {
  const queued = from.slices.get(reply.at)
  if ('counted' in reply) {
    queued?.onProgress?.(reply.counted)
    return
  }
  from.slices.delete(reply.at)
  if (reply.held) pool.buffers.giveBack(reply.held)
  if ('result' in reply) queued?.resolve(reply.result)
  else queued?.reject(failureOf(reply.unreadable))
  dispatch(pool)
}

async function judgeHere(pool: PoolState): Promise<void> {
  const next = pool.queue.shift()
  if (!next) return
  pool.isBusyHere = true
  await judgeLocally(next.spec, next.slice, next.onProgress).then(next.resolve, next.reject)
  // Other threads may have finished in the meantime; they get work before this thread is busy again.
  await new Promise((resume) => setImmediate(resume))
  pool.isBusyHere = false
  dispatch(pool)
}

/** Rejects every slice that has not been judged, and judges no more. */
function closePool(pool: PoolState, reason: Error): void {
  const { queue, workers } = pool
  const unfinished = [...queue, ...workers.flatMap((it) => [...it.slices.values()])]
  queue.length = 0
  workers.length = 0
  pool.isClosed = true
  for (const { reject } of unfinished) reject(reason)
}

function failureOf(unreadable: string | undefined): Error {
  return unreadable === undefined
    ? new Error('a thread could not judge a slice of an output file')
    : new UnreadableFileError(unreadable)
}

function openMessage(number: number, { checks, ...rest }: JudgeSpec): SliceMessage {
  const spec: PostedJudgeSpec = {
    ...rest,
    checks: checks.map(({ check, params, kind }) => ({ name: check.name, params, kind })),
  }
  return { open: number, spec }
}

const registered: ReadonlySet<unknown> = new Set(linesChecks)

/** A thread knows registered checks only, and runs only built code. */
function canPost({ checks }: JudgeSpec): boolean {
  return checks.every((it) => registered.has(it.check)) && isBuilt()
}
