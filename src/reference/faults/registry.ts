import { afterwardsFaults } from './afterwards.ts'
import { accessFaults } from './authorization/access.ts'
import { assertionFaults } from './authorization/assertion.ts'
import { keySetFaults } from './authorization/key-set.ts'
import { httpsFaults } from './authorization/https.ts'
import { locationFaults } from './authorization/locations.ts'
import { scopeFaults } from './authorization/scopes.ts'
import { authFaults } from './authorization/token.ts'
import { byteFaults } from './bytes.ts'
import { capabilityFaults } from './capability.ts'
import { distinctFaults } from './distinct.ts'
import { deleteFaults } from './delete.ts'
import { discoveryFaults } from './authorization/discovery.ts'
import { elementFaults } from './elements.ts'
import { fileFaults } from './files.ts'
import { jobFaults } from './jobs.ts'
import { kickoffErrorFaults } from './kickoff-errors.ts'
import { kickoffFaults } from './kickoff.ts'
import { manifestFaults } from './manifest/members.ts'
import { manifestRequestFaults } from './manifest/against-request.ts'
import { messageFaults } from './deletions-and-messages.ts'
import { optionalFaults } from './optional.ts'
import { parameterFaults } from './parameters.ts'
import { refusalFaults } from './refusals.ts'
import { shippedFaults } from './shipped.ts'
import { statusFaults } from './status.ts'
import { attachmentFaults } from './resources/attachments.ts'
import { structureFaults } from './resources/structure.ts'
import { tlsFaults } from './authorization/tls.ts'
import { typeFilterFaults } from './type-filter.ts'
import { capabilityFaultsSince3 } from './since-3/capability.ts'
import { fileFaultsSince3 } from './since-3/files.ts'
import { organizedFaults } from './since-3/organized.ts'
import { parameterFaultsSince3 } from './since-3/parameters.ts'
import { partialManifestFaults } from './since-3/partial-manifests.ts'
import { separateStatusFaults } from './since-3/separate-status.ts'
import { kickoffFaultsSince4 } from './since-4/kickoff.ts'
import { manifestFaultsSince4 } from './since-4/manifest.ts'
import type { Fault } from './definition.ts'

/** Every fault of the provider, by its file in this folder. */
const faultsByFile = {
  'capability.ts': capabilityFaults,
  'authorization/discovery.ts': discoveryFaults,
  'authorization/token.ts': authFaults,
  'authorization/assertion.ts': assertionFaults,
  'authorization/key-set.ts': keySetFaults,
  'authorization/access.ts': accessFaults,
  'authorization/locations.ts': locationFaults,
  'authorization/scopes.ts': scopeFaults,
  'authorization/tls.ts': tlsFaults,
  'authorization/https.ts': httpsFaults,
  'kickoff.ts': kickoffFaults,
  'kickoff-errors.ts': kickoffErrorFaults,
  'distinct.ts': distinctFaults,
  'refusals.ts': refusalFaults,
  'parameters.ts': parameterFaults,
  'elements.ts': elementFaults,
  'type-filter.ts': typeFilterFaults,
  'status.ts': statusFaults,
  'jobs.ts': jobFaults,
  'shipped.ts': shippedFaults,
  'manifest/members.ts': manifestFaults,
  'manifest/against-request.ts': manifestRequestFaults,
  'deletions-and-messages.ts': messageFaults,
  'files.ts': fileFaults,
  'bytes.ts': byteFaults,
  'resources/structure.ts': structureFaults,
  'resources/attachments.ts': attachmentFaults,
  'delete.ts': deleteFaults,
  'afterwards.ts': afterwardsFaults,
  'optional.ts': optionalFaults,
  'since-3/capability.ts': capabilityFaultsSince3,
  'since-3/parameters.ts': parameterFaultsSince3,
  'since-3/separate-status.ts': separateStatusFaults,
  'since-3/organized.ts': organizedFaults,
  'since-3/partial-manifests.ts': partialManifestFaults,
  'since-3/files.ts': fileFaultsSince3,
  'since-4/kickoff.ts': kickoffFaultsSince4,
  'since-4/manifest.ts': manifestFaultsSince4,
} satisfies Readonly<Record<string, readonly Fault[]>>

/** Every fault of the provider. */
export const faults: readonly Fault[] = Object.values(faultsByFile).flat()

/** The file with a fault, as a path from the package's root; for an unregistered fault, the folder. */
export function faultFile(id: string): string {
  const [name = ''] = Object.entries(faultsByFile).find(([, it]) => it.some((fault) => fault.id === id)) ?? []
  return `src/reference/faults/${name}`
}

const byId = new Map(faults.map((fault) => [fault.id, fault]))

/** The fault of an id; throws a RangeError if there is none. */
export function faultById(id: string): Fault {
  const fault = byId.get(id)
  if (!fault) throw new RangeError(`Unknown fault ${id}.`)
  return fault
}
