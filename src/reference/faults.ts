import type { Fault } from './fault.ts'

/** Every deliberate violation that the provider knows. */
export const faults: readonly Fault[] = []

const byId = new Map(faults.map((fault) => [fault.id, fault]))

/** The fault of an id; throws if there is none. */
export function faultById(id: string): Fault {
  const fault = byId.get(id)
  if (!fault) throw new RangeError(`There is no fault ${id}.`)
  return fault
}
