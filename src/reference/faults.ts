import { accessFaults } from './faults/access.ts'
import { authFaults } from './faults/auth.ts'
import { capabilityFaults } from './faults/capability.ts'
import { deleteFaults } from './faults/delete.ts'
import { discoveryFaults } from './faults/discovery.ts'
import { elementFaults } from './faults/elements.ts'
import { fileFaults } from './faults/files.ts'
import { kickoffFaults } from './faults/kickoff.ts'
import { manifestFaults } from './faults/manifest.ts'
import { messageFaults } from './faults/messages.ts'
import { optionalFaults } from './faults/optional.ts'
import { parameterFaults } from './faults/parameters.ts'
import { statusFaults } from './faults/status.ts'
import { structureFaults } from './faults/structure.ts'
import { typeFilterFaults } from './faults/type-filter.ts'
import type { Fault } from './fault.ts'

export type { Fault } from './fault.ts'

/** Every deliberate violation that the provider knows. */
export const faults: readonly Fault[] = [
  ...capabilityFaults,
  ...discoveryFaults,
  ...authFaults,
  ...accessFaults,
  ...kickoffFaults,
  ...parameterFaults,
  ...elementFaults,
  ...typeFilterFaults,
  ...statusFaults,
  ...manifestFaults,
  ...messageFaults,
  ...fileFaults,
  ...structureFaults,
  ...deleteFaults,
  ...optionalFaults,
]

const byId = new Map(faults.map((fault) => [fault.id, fault]))

/** The fault of an id; throws a RangeError if there is none. */
export function faultById(id: string): Fault {
  const fault = byId.get(id)
  if (!fault) throw new RangeError(`There is no fault ${id}.`)
  return fault
}
