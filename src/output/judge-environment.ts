import { availableParallelism } from 'node:os'
import { temporaryFolder } from '../storage/temporary-folder.ts'
import { type BufferPool, openBufferPool } from './buffer-pool.ts'
import { type IndexStore, openStore } from './index/store.ts'
import { type WorkerPool, openWorkerPool } from './worker-pool.ts'

/** The environment in which output files are judged, for a whole run. */
export interface JudgeEnvironment {
  readonly workers: WorkerPool
  /** Where indexes are kept. */
  readonly store: IndexStore
  /** Path of a private folder, created once memory is not enough. */
  readonly folder: () => string
  /** Where slices of downloads wait and are read. */
  readonly buffers: BufferPool
  /** Bytes that a thread takes from a shared file at a time; one thread reads a file of less than twice this size. */
  readonly shareBytes: number
}

// Large enough to be worth the lock, and small enough for all threads to finish at about the same time.
const shareBytes = 8 << 20

/** Number of threads beside this one, which has other work; at least one. */
export function spareCores(): number {
  return Math.max(1, availableParallelism() - 1)
}

/**
 * Opens the environment: up to so many threads besides this one, which judges too if `thisToo`, and a private folder for data that does not fit into
 * memory. Closing removes the folder.
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
