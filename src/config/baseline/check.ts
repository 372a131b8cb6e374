import { parseInstant } from '../../model/fhir/instants.ts'
import type { SupportedRelease } from '../../model/requirement.ts'
import type { Baseline, ClaimedFeature, ExportLevel } from '../../model/target.ts'
import { isResourceType } from '../../r4/facts.ts'
import type { Diagnostics } from '../secret-source.ts'

/** The baseline with patients as references; what cannot be sent is noted. */
export function checkedBaseline(
  { _type, _since, patient }: Baseline,
  { ig, levels }: { readonly ig: SupportedRelease; readonly levels: readonly ExportLevel[] },
  notes: Diagnostics,
): Baseline {
  const note = (what: string) => void notes.problems.push(`\`target.baseline.${what}`)
  for (const [at, type] of (_type ?? []).entries())
    if (!isResourceType(type)) note(`_type.${at}\` is not a resource type of FHIR R4`)
  if (_since !== undefined && parseInstant(_since) === undefined)
    note('_since` is not a FHIR instant, such as `2026-01-01T00:00:00Z`')
  if (patient && ig === '1.0.1') note('patient`: release 1.0.1 does not have the parameter `patient`')
  if (patient && levels.length > 0 && levels.every((it) => it === 'system'))
    note('patient`: exports at system level do not have the parameter `patient`; add another level')
  const references = patient?.map((it) => (it.startsWith('Patient/') ? it : `Patient/${it}`))
  // What cannot be an id; a server that has others sees them anyway.
  for (const [at, it] of (references ?? []).entries())
    if (!/^Patient\/[A-Za-z0-9.-]{1,64}$/.test(it))
      note(`patient.${at}\` is neither the id of a Patient nor a reference such as \`Patient/1\``)
  return {
    ...(_type ? { _type } : {}),
    ...(_since === undefined ? {} : { _since }),
    ...(references ? { patient: references } : {}),
  }
}

/** The features that a baseline takes for granted; only POST requests have the parameter `patient`. */
export function featuresOfBaseline(baseline: Baseline): readonly ClaimedFeature[] {
  return [...(Object.keys(baseline) as (keyof Baseline)[]), ...(baseline.patient ? (['POST'] as const) : [])]
}
