import { availableParallelism } from 'node:os'
import { temporaryFolder } from '../storage/temporary-folder.ts'
import { openStore } from './index/store.ts'
import type { JudgeEnvironment } from './file-judge.ts'
import { openBufferPool } from './buffer-pool.ts'
import { openWorkerPool } from './worker-pool.ts'

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
  const rooms = openBufferPool()
  const means: JudgeEnvironment = {
    workers: openWorkerPool(threads, rooms, thisToo),
    store: openStore(folder.path),
    folder: folder.path,
    buffers: rooms,
    shareBytes,
  }
  return {
    ...means,
    async close() {
      await means.workers.close()
      means.store.close()
      folder.remove()
    },
  }
}
