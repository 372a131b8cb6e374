const years = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => from + at * step)

/** Queries for `_typeFilter` by kind. A pick takes one that some resources of an export meet and others do not. */
export type FilterCandidates = Readonly<
  Record<'token' | 'status' | 'date' | 'both' | 'quantity', readonly string[]>
>

const undated = {
  // Types with few references to them come first: a server may export referenced resources in spite of a filter.
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
    'Procedure?status=completed',
    'Procedure?status=in-progress',
    'DiagnosticReport?status=final',
    'CarePlan?status=active',
    'CarePlan?status=completed',
    'Encounter?status=finished',
    'Encounter?status=in-progress',
  ],
  quantity: [10, 50, 75, 100, 120, 150].map((value) => `Observation?value-quantity=gt${value}`),
}

/** Candidates with dates up to a year; none has a value from anybody's data. */
export function filterCandidates(year: number): FilterCandidates {
  const decade = year - (year % 10)
  return {
    ...undated,
    date: [
      ...years(2010, year, 2).map((it) => `MedicationRequest?authoredon=ge${it}-01-01`),
      ...years(2010, year, 1).map((it) => `Observation?date=ge${it}-01-01`),
      ...years(2010, year, 2).map((it) => `Procedure?date=ge${it}-01-01`),
      ...years(2010, year, 2).map((it) => `Condition?recorded-date=ge${it}-01-01`),
      ...years(2010, year, 2).map((it) => `Encounter?date=ge${it}-01-01`),
      ...years(1940, decade, 10).map((it) => `Patient?birthdate=lt${it}-01-01`),
    ],
    both: [
      'Observation?status=final&category=laboratory',
      'Observation?status=final&category=vital-signs',
      `Condition?clinical-status=active&recorded-date=ge${decade - 2}-01-01`,
      'Encounter?status=finished&class=AMB',
      `Patient?gender=female&birthdate=lt${decade - 40}-01-01`,
      `Patient?gender=female&birthdate=lt${decade - 20}-01-01`,
      `Patient?gender=male&birthdate=lt${decade - 40}-01-01`,
    ],
  }
}

/** All candidates up to a year, each once. */
export function candidateQueries(year: number): readonly string[] {
  return [...new Set(Object.values(filterCandidates(year)).flat())]
}

const dateIn = /(?<==(?:ge|lt))\d{4}-01-01$/

const shapeOf = (query: string) => query.replace(dateIn, 'a year')
const shapes = new Set(candidateQueries(2026).map(shapeOf))

/** Whether a query is a candidate of some year. */
export function isCandidateQuery(query: string): boolean {
  return shapes.has(shapeOf(query))
}

/** The candidates for an index in which these queries were evaluated: up to the latest year that one of them names. */
export function candidatesAmong(queries: readonly string[]): FilterCandidates {
  const dated = queries.filter(isCandidateQuery).map((it) => Number(dateIn.exec(it)?.[0].slice(0, 4) ?? 0))
  return filterCandidates(Math.max(0, ...dated))
}
