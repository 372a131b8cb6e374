import { accessFaults } from './access.ts'
import { authFaults } from './auth.ts'
import { capabilityFaults } from './capability.ts'
import { deleteFaults } from './delete.ts'
import { discoveryFaults } from './discovery.ts'
import { elementFaults } from './elements.ts'
import { fileFaults } from './files.ts'
import { kickoffErrorFaults } from './kickoff-errors.ts'
import { kickoffFaults } from './kickoff.ts'
import { manifestFaults } from './manifest.ts'
import { messageFaults } from './messages.ts'
import { optionalFaults } from './optional.ts'
import { parameterFaults } from './parameters.ts'
import { statusFaults } from './status.ts'
import { structureFaults } from './structure.ts'
import { typeFilterFaults } from './type-filter.ts'
import type { Fault } from './definition.ts'

/** Every deliberate violation that the provider knows. */
export const faults: readonly Fault[] = [
  ...capabilityFaults,
  ...discoveryFaults,
  ...authFaults,
  ...accessFaults,
  ...kickoffFaults,
  ...kickoffErrorFaults,
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
