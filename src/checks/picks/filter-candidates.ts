const years = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => from + at * step)

/**
 * Queries that narrow an export, by kind, none with a value from anybody's data. Those that split what a server has are
 * picked for `_typeFilter`.
 */
export const filterCandidates = {
  // Types that little else refers to come first: what others refer to may be exported in spite of a filter.
  token: [
    'MedicationRequest?status=active',
    'MedicationRequest?status=completed',
    'MedicationRequest?status=stopped',
    'Observation?category=laboratory',
    'Observation?category=vital-signs',
    'Immunization?status=completed',
    'Immunization?status=not-done',
    'AllergyIntolerance?category=medication',
    'AllergyIntolerance?category=food',
    'Condition?clinical-status=active',
    'Condition?clinical-status=resolved',
    'Encounter?class=AMB',
    'Encounter?class=IMP',
    'Patient?gender=female',
    'Patient?gender=male',
  ],
  status: [
    'Observation?status=final',
    'Observation?status=amended',
    'Observation?status=preliminary',
    'Encounter?status=finished',
    'Encounter?status=in-progress',
    'Procedure?status=completed',
    'Procedure?status=in-progress',
    'DiagnosticReport?status=final',
    'CarePlan?status=active',
    'CarePlan?status=completed',
  ],
  date: [
    ...years(2010, 2026, 2).map((year) => `MedicationRequest?authoredon=ge${year}-01-01`),
    ...years(2010, 2026, 1).map((year) => `Observation?date=ge${year}-01-01`),
    ...years(2010, 2026, 2).map((year) => `Procedure?date=ge${year}-01-01`),
    ...years(2010, 2026, 2).map((year) => `Condition?recorded-date=ge${year}-01-01`),
    ...years(2010, 2026, 2).map((year) => `Encounter?date=ge${year}-01-01`),
    ...years(1940, 2020, 10).map((year) => `Patient?birthdate=lt${year}-01-01`),
  ],
  both: [
    'Observation?status=final&category=laboratory',
    'Observation?status=final&category=vital-signs',
    'Condition?clinical-status=active&recorded-date=ge2018-01-01',
    'Encounter?status=finished&class=AMB',
    'Patient?gender=female&birthdate=lt1980-01-01',
    'Patient?gender=female&birthdate=lt2000-01-01',
    'Patient?gender=male&birthdate=lt1980-01-01',
  ],
  quantity: [10, 50, 75, 100, 120, 150].map((value) => `Observation?value-quantity=gt${value}`),
} as const

/** All of them, for whoever evaluates them for every resource of an index. */
export const candidateQueries: readonly string[] = [...new Set(Object.values(filterCandidates).flat())]
