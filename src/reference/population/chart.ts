import { millisecondsPerDay } from './dates.ts'
import type { PopulationOptions } from './model.ts'
import { evenlySpread, numberedId } from './random.ts'
import { isChild, organizationCount } from './shared-resources.ts'

/** What the drafts of one patient's resources share. */
export interface PatientChart {
  /** Position among the patients, from 0. */
  readonly index: number
  readonly patients: number
  readonly baseUrl: string | undefined
  /** Id of one of the patient's resources: its prefix and its position among all of that prefix. */
  readonly id: (prefix: string, perPatient: number, index: number) => string
  readonly patient: { readonly reference: string }
  /** A reference that is absolute in one patient of six, if there is a base URL. */
  readonly link: (reference: string) => { readonly reference: string }
  readonly practitioner: { readonly reference: string }
  readonly organization: { readonly reference: string }
  readonly location: { readonly reference: string }
  /** A number in [0, 1), evenly spread over the patients, another one per key. */
  readonly spread: (key: number) => number
  /** Up to seven years before `updated`, after the patient's birth (ms since 1970), another time per key. */
  readonly event: (updated: number, key: number) => number
  readonly birth: number
}

/** The chart of the patient at an index. */
export function patientChart(
  { patients, seed, until, baseUrl }: PopulationOptions,
  index: number,
): PatientChart {
  const spread = (key: number) => evenlySpread(index * 7 + key * 5 + (Math.abs(seed) % 997))
  const year = until.getUTCFullYear() - 3
  const born = isChild(index, patients)
    ? year - Math.floor(spread(0) * 14)
    : 1930 + Math.floor(spread(0) * (year - 1946))
  const birth = Date.UTC(born, Math.floor(spread(1) * 12), 1 + Math.floor(spread(2) * 28))
  const reference = `Patient/${numberedId('patient', index)}`
  const house = index % organizationCount(patients)
  return {
    index,
    patients,
    baseUrl,
    id: (prefix, perPatient, at) => numberedId(prefix, index * perPatient + at),
    patient: { reference },
    link: (relative) => ({
      reference: baseUrl !== undefined && index % 6 === 3 ? `${baseUrl}/${relative}` : relative,
    }),
    practitioner: { reference: `Practitioner/${numberedId('practitioner', house)}` },
    organization: { reference: `Organization/${numberedId('organization', house)}` },
    location: { reference: `Location/${numberedId('location', house)}` },
    spread,
    event: (updated, key) =>
      Math.max(
        birth + millisecondsPerDay,
        updated - Math.floor(spread(key) * 7 * 365 * millisecondsPerDay) - millisecondsPerDay,
      ),
    birth,
  }
}
