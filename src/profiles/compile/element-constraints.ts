import type { ElementDefinition, R4Model } from '../../r4/model.ts'
import { r4Elements, isR4Constraint, r4Type } from './r4-elements.ts'
import { canonicalUrl, type Constraint, type SnapshotElement } from '../package/definitions.ts'
import { type InvariantCompiler, type ElementInvariants, fhirPathBaseOf } from './fhirpath.ts'
import type { ElementRules, TypeProfiles } from './element-rules.ts'
import { capitalized } from './slice-steps.ts'
import type { SliceContext } from './slice-context.ts'
import type { SnapshotBranch } from './snapshot-tree.ts'

/** The definitions that compiling a profile reads. */
export interface CompileContext extends SliceContext {
  readonly compiler: InvariantCompiler
  /** Whether a package defines the extension, in the version that is named. */
  readonly defines: (canonical: string) => boolean
}

/** The results of compiling a profile besides its nodes. */
export interface ElementContext {
  readonly around: CompileContext
  /** Notes a rule that is not checked. */
  readonly noteNotChecked: (path: string, what: string, because: string) => void
  readonly constraints: { readonly path: string; readonly key: string }[]
  /** Definitions that the profile refers to. */
  readonly extensions: { readonly path: string; readonly canonical: string }[]
}

/** The types that a value set can be bound to. */
export const bindableTypes: ReadonlySet<string> = new Set([
  ...['code', 'Coding', 'CodeableConcept', 'Quantity', 'string', 'uri'],
])

const maximum = `http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet`

/** Required bindings that FHIR R4 itself does not have, and the maximum of a binding, which is as strict. */
export function requiredBindings(element: SnapshotElement, around: ElementContext): ElementRules['bindings'] {
  const { binding, type = [] } = element
  if (!binding || (type.length > 0 && !type.some(({ code }) => bindableTypes.has(code)))) return []
  const most = binding.extension?.find(({ url }) => url === maximum)
  const widest = most && (most.valueCanonical ?? most.valueUri)
  return [
    ...(binding.strength === 'required' && binding.valueSet ? [binding.valueSet] : []),
    ...(widest === undefined || widest === r4Languages ? [] : [widest]),
  ].flatMap((valueSet) => requiredBinding(element, valueSet, around) ?? [])
}

// R4's own maximum for the language of every resource.
const r4Languages = 'http://hl7.org/fhir/ValueSet/all-languages'

function requiredBinding(
  element: SnapshotElement,
  valueSet: string,
  { around, noteNotChecked: not }: ElementContext,
): ElementRules['bindings'][number] | undefined {
  const { id } = element
  const r4 = r4Elements(element, around.r4)
  const same =
    r4.length > 0 && r4.every((it) => it.valueSet && canonicalUrl(it.valueSet) === canonicalUrl(valueSet))
  // FHIR R4 itself has this binding.
  if (same && /^[^|]+(\|4\.0(\.\d+)?)?$/.test(valueSet)) return undefined
  const codes = around.codesOf(valueSet)
  const unknown = typeof codes === 'string' ? codes : codes.others
  if (unknown !== undefined) not(id, canonicalUrl(valueSet), unknown)
  if (typeof codes === 'string' || unknown !== undefined) return undefined
  if (codes.open.size > 0)
    not(
      id,
      canonicalUrl(valueSet),
      `no package contains all codes of ${[...codes.open].join(', ')}; codes of other systems are checked`,
    )
  if (codes.maybe.size > 0)
    not(id, canonicalUrl(valueSet), 'the packages do not decide about some of its codes; others are checked')
  return { valueSet: canonicalUrl(valueSet), codes }
}

/** The allowed target types of references if they are fewer than in FHIR R4. */
export function referenceTargetTypes(
  element: SnapshotElement,
  { around, noteNotChecked: not }: ElementContext,
): ElementRules['targets'] {
  const types = element.type?.filter(({ code }) => code === 'Reference') ?? []
  const profiles = types.flatMap(({ targetProfile }) => targetProfile ?? [])
  if (profiles.length === 0) return undefined
  const targets = new Set<string>()
  for (const url of profiles) {
    const type = around.typeOf(canonicalUrl(url))
    if (type === undefined) {
      not(element.id, 'reference-target', `no package defines ${canonicalUrl(url)}`)
      return undefined
    }
    if (type === 'Resource') return undefined
    targets.add(type)
  }
  const base = r4Elements(element, around.r4).find(({ type }) => type === 'Reference')?.targets
  return base && base.length === targets.size && base.every((it) => targets.has(it)) ? undefined : targets
}

/** How the targets of references may be given; `undefined` if in any way. */
export function aggregationModes({ type }: SnapshotElement): ElementRules['aggregation'] {
  const all = (type ?? []).flatMap(({ code, aggregation = [] }) =>
    code === 'Reference' ? [aggregation] : [],
  )
  return all.length === 0 || all.some((it) => it.length === 0) ? undefined : new Set(all.flat())
}

/** Whether an element is a resource. */
export function holdsResource(element: SnapshotElement, { r4 }: CompileContext): boolean {
  const types = element.type?.map(({ code }) => code) ?? r4Elements(element, r4).map(({ type }) => type)
  return element.path.includes('.') && types.length > 0 && types.every((it) => isResource(it, r4))
}

function isResource(code: string, r4: R4Model): boolean {
  return anyResource.has(code) || r4Type(code, r4)?.kind === 'resource'
}

const anyResource = new Set(['Resource', 'DomainResource'])

/** The allowed types of a nested resource where FHIR R4 allows any. */
export function innerResourceTypes(
  element: SnapshotElement,
  around: CompileContext,
): ElementRules['resources'] {
  if (!element.type || !holdsResource(element, around)) return undefined
  const types = element.type.flatMap(({ code, profile }) =>
    anyResource.has(code) ? (profile?.map((it) => around.typeOf(canonicalUrl(it))) ?? [undefined]) : [code],
  )
  return types.some((it) => it === undefined || anyResource.has(it)) ? undefined : new Set(types as string[])
}

/** Profiles of packages that the types of an element name. */
export function typeProfiles(element: SnapshotElement, gathering: ElementContext): readonly TypeProfiles[] {
  const { around, noteNotChecked: not, extensions } = gathering
  // The definitions of extensions are found by their URLs, wherever the extensions stand.
  return (element.type ?? []).flatMap(({ code, profile = [] }): readonly TypeProfiles[] => {
    const asked = profile.filter((it) => !isR4Type(it, around.r4) && !quantities.has(canonicalUrl(it)))
    if (code === 'Extension' || asked.length < profile.length || asked.length === 0) return []
    const unknown = asked.find((it) => !around.defines(it))
    if (unknown !== undefined) {
      not(element.id, 'type-profile', `no package defines ${unknown}`)
      return []
    }
    for (const canonical of asked) extensions.push({ path: element.id, canonical })
    return [{ type: anyResource.has(code) ? 'Resource' : code, profiles: asked }]
  })
}

function isR4Type(canonical: string, r4: R4Model): boolean {
  const url = canonicalUrl(canonical)
  const name = url.startsWith(core) ? url.slice(core.length) : ''
  return anyResource.has(name) || r4Type(name, r4) !== undefined
}

const core = 'http://hl7.org/fhir/StructureDefinition/'

// The data types of FHIR R4 that are profiles, and that R4 does not use everywhere.
const quantities = new Map<string, Constraint>([
  [
    `${core}SimpleQuantity`,
    {
      ...{ key: 'sqty-1', severity: 'error' },
      human: 'The comparator is not used on a SimpleQuantity',
      expression: 'comparator.empty()',
    },
  ],
  [
    `${core}MoneyQuantity`,
    {
      ...{ key: 'mqty-1', severity: 'error' },
      human:
        'There SHALL be a code if there is a value and it SHALL be an expression of currency. If system is present, it SHALL be ISO 4217 (system = "urn:iso:std:iso:4217" - currency).',
      expression: "(code.exists() or value.empty()) and (system.empty() or system = 'urn:iso:std:iso:4217')",
    },
  ],
])

/** Constraints that FHIR R4 itself does not have on the element. */
export function elementInvariants(
  { element, choice }: SnapshotBranch,
  gathering: ElementContext,
): ElementInvariants | undefined {
  const { around, noteNotChecked: not, constraints } = gathering
  const all: ElementInvariants['all'][number][] = []
  for (const it of [...(element.constraint ?? []), ...quantityOf(element, gathering)]) {
    const { key, severity, human, expression } = it
    if (severity !== 'error' || isR4Constraint(it, element, around.r4)) continue
    const evaluate =
      expression === undefined ? 'it has no FHIRPath expression' : around.compiler.constraint(expression)
    if (typeof evaluate === 'string') not(element.id, key, evaluate)
    else all.push({ key, human, evaluate, at: constraints.push({ path: element.id, key }) - 1 })
  }
  if (all.length === 0) return undefined
  return { start: choice ? undefined : startOf(element, around.r4), all }
}

function quantityOf(
  element: SnapshotElement,
  { around, noteNotChecked: not }: ElementContext,
): readonly Constraint[] {
  const { id, type = [] } = element
  const profiles = type.flatMap(({ profile }) => profile ?? []).map(canonicalUrl)
  const asked = profiles
    .flatMap((it) => quantities.get(it) ?? [])
    .filter((it) => !isR4Constraint(it, element, around.r4))
  if (type.length === 1 && profiles.length === 1) return asked
  for (const { key } of asked) not(id, key, 'it applies to only some of the types of the element')
  return []
}

// FHIRPath derives the type of a value from the path at which it starts; an extension's value can have most data types.
function startOf(element: SnapshotElement, r4: R4Model): string {
  const { path, base, type } = element
  const code = type?.[0]?.code ?? r4Elements(element, r4)[0]?.type
  const known = code === 'Extension' || valueOfExtension(code ?? '', r4)
  return code !== undefined && known ? fhirPathBaseOf(code) : (base?.path ?? path)
}

function valueOfExtension(code: string, r4: R4Model): boolean {
  const elements: readonly ElementDefinition[] = r4Type('Extension', r4)?.elements ?? []
  return elements.some(({ name }) => name === `value${capitalized(code)}`)
}
