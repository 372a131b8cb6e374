import { availableParallelism } from 'node:os'
import { temporaryFolder } from '../model/temporary.ts'
import { openStore } from './index/store.ts'
import type { Means } from './judging.ts'
import { openRooms } from './rooms.ts'
import { openThreads } from './threads.ts'

// Enough to be worth asking for, and little enough for all threads to be done at about the same time.
const shareBytes = 8 << 20

/** How many threads can work beside this one, which has something to do as well; at least one. */
export function coresBesides(): number {
  return Math.max(1, availableParallelism() - 1)
}

/**
 * Opens what judging works with: up to so many threads besides this one, which judges beside them if `thisToo`, and a private folder for what memory does
 * not hold. Closing removes it.
 */
export function openMeans(threads: number, thisToo = false): Means & { close(): Promise<void> } {
  const folder = temporaryFolder()
  const rooms = openRooms()
  const means = {
    threads: openThreads(threads, rooms, thisToo),
    store: openStore(folder.path),
    folder: folder.path,
    rooms,
    shareBytes,
  }
  return {
    ...means,
    async close() {
      await means.threads.close()
      means.store.close()
      folder.remove()
    },
  }
}
