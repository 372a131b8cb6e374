import type { ElementDefinition, R4Invariant, R4Model, TypeDefinition } from '../../r4/model.ts'
import type { Constraint, SnapshotElement } from '../package/definitions.ts'

/** FHIR R4's own definition of a type, if it has one of that name. */
export function r4Type(name: string, r4: R4Model): TypeDefinition | undefined {
  return Object.hasOwn(r4.types, name) ? r4.types[name] : undefined
}

/** FHIR R4's own definitions of an element of a snapshot, one for each name that it can have in JSON; none if it is not R4's. */
export function r4Elements({ base, path }: SnapshotElement, r4: R4Model): readonly ElementDefinition[] {
  const from = base?.path ?? path
  const dot = from.lastIndexOf('.')
  const name = from.slice(dot + 1)
  const type = r4Type(from.slice(0, dot), r4)
  if (!type) return []
  if (!name.endsWith('[x]')) return type.elements.filter((it) => it.name === name)
  const choice = type.choices.findIndex((it) => it.name === name.slice(0, -3))
  return choice === -1 ? [] : type.elements.filter((it) => it.choice === choice)
}

const core = 'http://hl7.org/fhir/StructureDefinition/'

/** Whether FHIR R4 itself has a constraint on an element or its type: then it is judged with FHIR R4. */
export function isR4Constraint(
  { key, expression, source }: Constraint,
  element: SnapshotElement,
  r4: R4Model,
): boolean {
  const known = invariantsOf(element, r4).filter((it) => it.key === key)
  // R4's own may come with a later wording.
  return (
    known.some((it) => it.expression === expression) ||
    (known.length > 0 && source?.startsWith(core) === true)
  )
}

function invariantsOf(element: SnapshotElement, r4: R4Model): readonly R4Invariant[] {
  const own = r4Elements(element, r4).flatMap((it) => it.invariants ?? [])
  const codes = element.type?.map(({ code }) => code) ?? []
  const types = [...codes, element.base?.path ?? element.path, 'Element', 'Extension', 'DomainResource']
  return [...own, ...types.flatMap((it) => r4Type(it, r4)?.invariants ?? [])]
}
