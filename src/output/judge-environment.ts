import { availableParallelism } from 'node:os'
import { temporaryFolder } from '../storage/temporary-folder.ts'
import { type BufferPool, openBufferPool } from './buffer-pool.ts'
import { type IndexStore, openStore } from './index/store.ts'
import { type WorkerPool, openWorkerPool } from './worker-pool.ts'

/** What judging output files works with, for a whole run. */
export interface JudgeEnvironment {
  readonly workers: WorkerPool
  /** Where indexes are kept. */
  readonly store: IndexStore
  /** Path of a private folder, made once memory is not enough. */
  readonly folder: () => string
  /** Where slices of downloads wait and are read. */
  readonly buffers: BufferPool
  /** How many bytes of a file that is shared a thread takes at a time; a file of less than twice as many is read by one. */
  readonly shareBytes: number
}

// Enough to be worth asking for, and little enough for all threads to be done at about the same time.
const shareBytes = 8 << 20

/** How many threads can work beside this one, which has something to do as well; at least one. */
export function spareCores(): number {
  return Math.max(1, availableParallelism() - 1)
}

/**
 * Opens what judging works with: up to so many threads besides this one, which judges beside them if `thisToo`, and a private folder for what memory does
 * not hold. Closing removes it.
 */
export function openJudgeEnvironment(
  threads: number,
  thisToo = false,
): JudgeEnvironment & { close(): Promise<void> } {
  const folder = temporaryFolder()
  const buffers = openBufferPool()
  const workers = openWorkerPool(threads, buffers, thisToo)
  const store = openStore(folder.path)
  const environment: JudgeEnvironment = { workers, store, folder: folder.path, buffers, shareBytes }
  return {
    ...environment,
    async close() {
      await workers.close()
      store.close()
      folder.remove()
    },
  }
}
