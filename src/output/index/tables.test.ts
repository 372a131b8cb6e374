import { afterAll, vi } from 'vitest'
import { removeFolders } from './builders.ts'

// The tables of all checks and picks on what an export holds, with indexes that are in files.
vi.mock('../../checks/builders.ts', async (original) => ({
  ...(await original<object>()),
  index: (await import('./builders.ts')).spilledIndex,
}))

import '../../checks/sets.test.ts'
import '../../checks/narrowing.test.ts'
import '../../checks/levels.test.ts'
import '../../checks/picks.test.ts'

afterAll(removeFolders)
