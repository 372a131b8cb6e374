const years = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => from + at * step)

/**
 * Queries that narrow an export, by kind, none with a value from anybody's data. Those that split what a server has are
 * picked for `_typeFilter`.
 */
export const candidates = {
  token: [
    'Patient?gender=female',
    'Patient?gender=male',
    'Observation?category=laboratory',
    'Observation?category=vital-signs',
    'Encounter?class=AMB',
    'Encounter?class=IMP',
    'Condition?clinical-status=active',
    'Condition?clinical-status=resolved',
    'MedicationRequest?intent=order',
    'AllergyIntolerance?category=medication',
    'AllergyIntolerance?category=food',
  ],
  status: [
    'Observation?status=final',
    'Observation?status=amended',
    'Observation?status=preliminary',
    'MedicationRequest?status=active',
    'MedicationRequest?status=stopped',
    'MedicationRequest?status=completed',
    'Encounter?status=finished',
    'Encounter?status=in-progress',
    'Procedure?status=completed',
    'Procedure?status=in-progress',
    'DiagnosticReport?status=final',
    'Immunization?status=completed',
    'Immunization?status=not-done',
    'CarePlan?status=active',
    'CarePlan?status=completed',
  ],
  date: [
    ...years(1940, 2020, 10).map((year) => `Patient?birthdate=lt${year}-01-01`),
    ...years(2010, 2026, 1).map((year) => `Observation?date=ge${year}-01-01`),
    ...years(2010, 2026, 2).map((year) => `Encounter?date=ge${year}-01-01`),
    ...years(2010, 2026, 2).map((year) => `Condition?recorded-date=ge${year}-01-01`),
    ...years(2010, 2026, 2).map((year) => `Procedure?date=ge${year}-01-01`),
    ...years(2010, 2026, 2).map((year) => `MedicationRequest?authoredon=ge${year}-01-01`),
  ],
  both: [
    'Observation?status=final&category=laboratory',
    'Observation?status=final&category=vital-signs',
    'Patient?gender=female&birthdate=lt1980-01-01',
    'Patient?gender=female&birthdate=lt2000-01-01',
    'Patient?gender=male&birthdate=lt1980-01-01',
    'Condition?clinical-status=active&recorded-date=ge2018-01-01',
    'Encounter?status=finished&class=AMB',
    'MedicationRequest?status=active&intent=order',
  ],
  quantity: [10, 50, 75, 100, 120, 150].map((value) => `Observation?value-quantity=gt${value}`),
} as const

/** All of them, for whoever evaluates them for every resource of an index. */
export const candidateQueries: readonly string[] = [...new Set(Object.values(candidates).flat())]

/** The resource type that a `_typeFilter` query is about. */
export function typeOfQuery(query: string): string {
  return query.split('?')[0] ?? ''
}
