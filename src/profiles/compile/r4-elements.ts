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
  const type = typeAt(from.slice(0, dot), r4)
  return type ? elementsNamed(from.slice(dot + 1), type) : []
}

function elementsNamed(name: string, { elements, choices }: TypeDefinition): readonly ElementDefinition[] {
  if (!name.endsWith('[x]')) return elements.filter((it) => it.name === name)
  const choice = choices.findIndex((it) => it.name === name.slice(0, -3))
  return choice === -1 ? [] : elements.filter((it) => it.choice === choice)
}

/** The type of what a path leads to: a path can go on through data types. */
function typeAt(path: string, r4: R4Model): TypeDefinition | undefined {
  const known = r4Type(path, r4)
  const dot = path.lastIndexOf('.')
  if (known || dot === -1) return known
  const above = typeAt(path.slice(0, dot), r4)
  const [element, ...others] = above ? elementsNamed(path.slice(dot + 1), above) : []
  return element && others.length === 0 ? r4Type(element.type, r4) : undefined
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
