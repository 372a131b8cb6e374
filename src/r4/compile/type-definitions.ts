import type { ElementDefinition, R4Invariant, TypeDefinition } from '../model.ts'
import type { ValueSetCodeLists } from './value-sets.ts'
import type { R4SnapshotElement, R4StructureDefinition } from './package.ts'

/** Types whose elements may carry a binding to codes. */
const bindableTypes = new Set(['code', 'Coding', 'CodeableConcept', 'Quantity', 'string', 'uri'])

/** Those of them that say the system of a code. */
const codedTypes = new Set(['Coding', 'CodeableConcept'])

/** Elements that are XML attributes or XHTML: there is nothing to extend. */
const elementsWithoutExtensions = new Set(['Element.id', 'Resource.id', 'Extension.url', 'Narrative.div'])

const base = 'http://hl7.org/fhir/StructureDefinition/'

/** What the StructureDefinitions of the specification define. */
export interface R4Types {
  readonly types: readonly TypeDefinition[]
  readonly primitives: readonly string[]
  readonly resources: readonly string[]
}

/** Data types, resource types and their backbone elements. */
export function compileTypes(
  all: readonly R4StructureDefinition[],
  { positionOf: codesOf, systemOf }: ValueSetCodeLists,
): R4Types {
  const byUrl = new Map(all.map((it) => [it.url, it]))
  const own = all
    .filter((it) => it.derivation !== 'constraint' && it.kind !== 'logical')
    .sort((a, b) => (a.type < b.type ? -1 : 1))
  const primitives = own.filter((it) => it.kind === 'primitive-type').map((it) => it.type)
  const resources = own.filter((it) => it.kind === 'resource' && !it.abstract).map((it) => it.type)

  /** Invariants at the root of a type, which each element of that type has without saying so. */
  const rootKeys = (url: string): readonly R4Invariant[] => {
    const root = byUrl.get(url)?.snapshot?.element[0]
    if (!root) throw new Error(`No definition ${url}.`)
    return invariantsOf(root)
  }

  const compile = (definition: R4StructureDefinition): readonly TypeDefinition[] => {
    const elements = definition.snapshot?.element ?? []
    const sliced = elements.find((it) => it.sliceName)
    if (sliced)
      throw new Error(`${sliced.path} is sliced, which the specification's own definitions never are.`)
    const parents = new Set(elements.map((it) => parentPath(it.path)))
    const byPath = new Map(elements.map((it) => [it.path, it]))

    const backboneKeys = (path: string): readonly R4Invariant[] => {
      const found = byPath.get(path)
      if (!found) throw new Error(`${definition.type} refers to ${path}, which it does not define.`)
      return invariantsOf(found)
    }

    /** The names that an element has in JSON, with the types that they stand for. */
    const named = (
      it: R4SnapshotElement,
    ): readonly { name: string; type: string; code?: SnapshotType; inherited: readonly R4Invariant[] }[] => {
      const name = lastName(it.path)
      if (parents.has(it.path)) return [{ name, type: it.path, inherited: invariantsOf(it) }]
      if (it.contentReference) {
        const type = it.contentReference.slice(1)
        return [{ name, type, inherited: backboneKeys(type) }]
      }
      const stem = name.endsWith('[x]') ? name.slice(0, -3) : undefined
      return (it.type ?? []).map((code) => {
        const type = typeName(it, code)
        const inherited = type === 'Resource' ? [] : rootKeys(base + type)
        return { name: stem ? stem + capitalized(type) : name, type, code, inherited }
      })
    }

    const typeAt = (at: R4SnapshotElement): TypeDefinition => {
      const children = elements.filter((it) => parentPath(it.path) === at.path && it.max !== '0')
      const choices = children.filter((it) => it.path.endsWith('[x]'))
      return {
        name: at.path,
        kind: at.path.includes('.') ? 'backbone' : definition.kind === 'resource' ? 'resource' : 'datatype',
        elements: children.flatMap((it) =>
          named(it).map(({ name, type, code, inherited }): ElementDefinition => {
            const choice = choices.indexOf(it)
            const bound =
              it.binding?.strength === 'required' && bindableTypes.has(type) ? it.binding.valueSet : undefined
            const valueSet = (bound ?? (type === 'code' ? maxValueSet(it) : undefined))?.split('|')[0]
            const codes = valueSet && codesOf(valueSet)
            const system = valueSet && codedTypes.has(type) ? systemOf(valueSet) : undefined
            const profiled = (code?.profile ?? []).flatMap(rootKeys)
            const extra = [...invariantsOf(it), ...profiled].filter(
              (one, i, list) =>
                !inherited.some((other) => other.key === one.key) &&
                list.findIndex((other) => other.key === one.key) === i,
            )
            const targets = code?.targetProfile?.map((url) => url.slice(base.length))
            return {
              name,
              type,
              array: it.max !== '1',
              min: choice < 0 ? it.min : 0,
              ...(it.max !== '*' && it.max !== '1' && { max: Number(it.max) }),
              ...(choice >= 0 && { choice }),
              ...(typeof codes === 'number' && { codes }),
              ...(system && { system }),
              ...(valueSet && { valueSet }),
              ...(isAbsolute(it, type) && { absolute: true as const }),
              ...(type === 'Reference' && targets && !targets.includes('Resource') && { targets }),
              ...(it.base && elementsWithoutExtensions.has(it.base.path) && { bare: true as const }),
              ...(extra.length > 0 && { invariants: extra }),
            }
          }),
        ),
        choices: choices.map((it) => ({ name: lastName(it.path).slice(0, -3), min: it.min })),
        invariants: invariantsOf(at),
      }
    }

    return elements.filter((it, i) => i === 0 || parents.has(it.path)).map(typeAt)
  }

  const types = own
    .filter((it) => it.kind === 'complex-type' || (it.kind === 'resource' && !it.abstract))
    .flatMap(compile)
  return { types, primitives, resources }
}

function maxValueSet({ binding }: R4SnapshotElement): string | undefined {
  return binding?.extension?.find((it) => it.url.endsWith('/elementdefinition-maxValueSet'))?.valueCanonical
}

function isAbsolute({ definition = '' }: R4SnapshotElement, type: string): boolean {
  return (type === 'uri' || type === 'url') && /^(an?|the) absolute /i.test(definition)
}

type SnapshotType = NonNullable<R4SnapshotElement['type']>[number]

function typeName(it: R4SnapshotElement, type: SnapshotType): string {
  if (it.base?.path === 'Resource.id') return 'id'
  if (!type.code.includes('/')) return type.code
  const own = type.extension?.find((one) => one.url.endsWith('/structuredefinition-fhir-type'))?.valueUrl
  if (!own) throw new Error(`${it.path} has a FHIRPath type and no FHIR type.`)
  return own
}

function invariantsOf(it: R4SnapshotElement): readonly R4Invariant[] {
  return (it.constraint ?? []).flatMap(({ key, severity, human, expression }) =>
    severity === 'error' && expression ? [{ key, human, expression }] : [],
  )
}

function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')))
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
