import { afterAll, vi } from 'vitest'
import { removeTestFolders } from './fixtures/spilled-index.ts'

// The tables of all checks and picks on what an export holds, with indexes that are in files.
vi.mock('../../checks/fixtures/evidence.ts', async (original) => ({
  ...(await original<object>()),
  index: (await import('./fixtures/spilled-index.ts')).spilledIndex,
}))

import '../../checks/judgement-rows.test.ts'
import '../../checks/picks/all-picks.test.ts'

afterAll(removeTestFolders)
