import type { NotChecked } from '../model/profiles.ts'
import {
  bindingOf,
  constraintsOf,
  type Gathering,
  resourcesOf,
  type Surroundings,
  targetsOf,
} from './asks.ts'
import { baseOf } from './base.ts'
import { bare, keyOf, type SnapshotElement, type StructureDefinition } from './definitions.ts'
import { limitsOf } from './limits.ts'
import type { Choice, Node, Profile, Slice, Slices } from './node.ts'
import { capital, extensionUrl, testsOf } from './slicing.ts'
import { type Branch, definedValue, treeOf } from './snapshot.ts'

/** A profile compiled, and what of it cannot be told. */
export interface Compiled {
  readonly profile: Profile
  readonly notChecked: readonly NotChecked[]
}

interface Making extends Gathering {
  readonly supports: string[]
  readonly extensions: { readonly path: string; readonly canonical: string }[]
  /** By the ids of their elements. */
  readonly nodes: Map<string, Node>
}

/** Compiles the snapshot of a profile to what it asks beyond FHIR R4. */
export function compileProfile(definition: StructureDefinition, around: Surroundings): Compiled | undefined {
  const elements = definition.snapshot?.element ?? []
  const tree = treeOf(elements)
  if (!tree) return undefined
  const key = keyOf(definition)
  const notChecked: NotChecked[] = []
  const making: Making = {
    ...{ around, supports: [], extensions: [], constraints: [], nodes: new Map() },
    not: (path, what, because) => notChecked.push({ profile: key, path, what, because }),
  }
  const root = { ...nodeOf(tree, making), min: 0, max: Number.POSITIVE_INFINITY, support: -1 }
  noteReferences(elements, making)
  return {
    profile: {
      url: definition.url,
      version: definition.version ?? '',
      key,
      title: definition.title ?? definition.name,
      type: definition.type,
      base: definition.baseDefinition,
      root,
      supports: making.supports,
      constraints: making.constraints,
      extensions: making.extensions,
    },
    notChecked,
  }
}

function nodeOf(branch: Branch, making: Making): Node {
  const { element, name } = branch
  for (const url of typeProfiles(element))
    making.not(element.id, 'type-profile', `profiles on data types are not looked at: ${url}`)
  // Where single types of a choice must be supported, they are what is counted.
  const counted = supported(element) && flaggedTypes(element).length === 0
  const support = counted ? making.supports.push(element.id) - 1 : -1
  const slice = element.sliceName !== undefined
  const node: Node = {
    name,
    shadow: `_${name}`,
    choices: branch.choice && !slice ? choicesOf(branch, making) : undefined,
    ...occurrencesOf(element),
    fixed: definedValue(element, 'fixed'),
    pattern: definedValue(element, 'pattern'),
    binding: bindingOf(element, making),
    targets: targetsOf(element, making),
    resources: resourcesOf(element, making.around),
    limits: limitsOf(element),
    children: childrenOf(branch, making),
    slicing: slicesOf(branch, making),
    invariants: constraintsOf(branch, making),
    support,
  }
  if (
    node.limits.some(({ rule }) => rule !== 'maxLength') &&
    element.type?.some(({ code }) => code === 'Quantity')
  )
    making.not(element.id, 'minValue, maxValue', 'quantities in other units are not compared')
  making.nodes.set(element.id, node)
  return node
}

function occurrencesOf({
  sliceName,
  min = 0,
  max,
  base,
}: SnapshotElement): Pick<Node, 'label' | 'min' | 'max'> {
  const most = limit(max)
  // A slice counts its own items, which R4 knows nothing of.
  if (sliceName !== undefined) return { label: `the slice ${sliceName}`, min, max: most }
  return {
    label: '',
    min: min <= (base?.min ?? 0) ? 0 : min,
    max: most >= limit(base?.max) ? Number.POSITIVE_INFINITY : most,
  }
}

const flags = new Set(['http://hl7.org/fhir/us/core/StructureDefinition/uscdi-requirement'])
const typeFlag = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-type-must-support'

// US Core says by an extension which further elements USCDI asks for: programs on it treat them like others that must be supported.
function supported({ mustSupport, extension, path }: SnapshotElement): boolean {
  if (!path.includes('.')) return false
  return mustSupport === true || (extension ?? []).some((it) => flags.has(it.url) && it.valueBoolean === true)
}

// FHIR R4's own are judged with FHIR R4.
function typeProfiles({ type }: SnapshotElement): readonly string[] {
  const profiles = (type ?? []).flatMap(({ code, profile }) => (code === 'Extension' ? [] : (profile ?? [])))
  return profiles.map(bare).filter((it) => !it.startsWith('http://hl7.org/fhir/StructureDefinition/'))
}

function flaggedTypes({ id, type }: SnapshotElement): readonly string[] {
  const flagged = (type ?? []).filter((it) =>
    it.extension?.some(({ url, valueBoolean }) => url === typeFlag && valueBoolean),
  )
  return id.endsWith('[x]') ? flagged.map(({ code }) => code) : []
}

function limit(max: string | undefined): number {
  return max === undefined || max === '*' ? Number.POSITIVE_INFINITY : Number(max)
}

function choicesOf({ element, name }: Branch, { around, supports }: Making): readonly Choice[] {
  const codes = element.type?.map(({ code }) => code) ?? []
  const base = baseOf(element, around.r4)
  const all =
    base.length > 0
      ? base.map((it) => [it.name, it.type] as const)
      : codes.map((it) => [`${name}${capital(it)}`, it] as const)
  const flagged = flaggedTypes(element)
  const path = element.id.slice(0, element.id.lastIndexOf('.'))
  return all.map(([json, type]) => ({
    name: json,
    shadow: `_${json}`,
    type,
    allowed: codes.length === 0 || codes.includes(type),
    support: flagged.includes(type) ? supports.push(`${path}.${json}`) - 1 : -1,
  }))
}

function childrenOf(branch: Branch, making: Making): readonly Node[] {
  // What an extension holds is judged by its own definition, wherever it stands.
  const canonical = extensionUrl(branch)
  if (canonical !== undefined && branch.children.size === 0) {
    making.extensions.push({ path: branch.element.id, canonical })
    if (!making.around.defines(canonical))
      making.not(branch.element.id, 'extension', `no package defines ${canonical}`)
  }
  return [...branch.children.values()].map((it) => nodeOf(it, making)).filter(asksAnything)
}

function slicesOf(branch: Branch, making: Making): Slices | undefined {
  const { element } = branch
  const { rules, ordered } = element.slicing ?? {}
  const slices = branch.slices.flatMap((it) => sliceOf(it, branch, making))
  if (ordered) making.not(element.id, 'slicing', 'the order of slices is not looked at')
  // What a slice says of its own slices is for its items alone.
  const none = rules === 'closed' && branch.slices.length === 0 && element.sliceName === undefined
  if (none && branch.choice) making.not(element.id, 'slicing', 'it is closed and has no slices')
  if (slices.length === 0 && (!none || branch.choice)) return undefined
  return { rules: rules === 'closed' || rules === 'openAtEnd' ? rules : 'open', slices }
}

function sliceOf(slice: Branch, sliced: Branch, making: Making): readonly Slice[] {
  const { element } = slice
  const name = element.sliceName ?? ''
  const tests = testsOf(slice, sliced, making.around.codesOf)
  if (typeof tests !== 'string') return [{ name, tests, node: nodeOf(slice, making) }]
  making.not(element.id, 'slicing', tests)
  // How often slices of slices occur depends on the slice.
  return name.includes('/')
    ? []
    : [{ name, tests: undefined, node: { ...blank(slice), ...occurrencesOf(element) } }]
}

function blank({ name }: Branch): Omit<Node, 'label' | 'min' | 'max'> {
  return {
    ...{ name, shadow: `_${name}`, choices: undefined, fixed: undefined, pattern: undefined, support: -1 },
    ...{ binding: undefined, targets: undefined, resources: undefined, limits: [], children: [] },
    ...{ slicing: undefined, invariants: undefined },
  }
}

/** Lists elements that have the definition of another one, of which the profile asks anything. */
function noteReferences(elements: readonly SnapshotElement[], { nodes, not }: Making): void {
  for (const { id, contentReference } of elements) {
    const target = contentReference?.slice(contentReference.indexOf('#') + 1)
    const node = target === undefined ? undefined : nodes.get(target)
    if (node && demandsWithin(node))
      not(id, 'contentReference', `what the profile asks of ${target} is not looked at there`)
  }
}

function demandsWithin({ children, slicing, invariants }: Node): boolean {
  return (
    invariants !== undefined ||
    slicing !== undefined ||
    children.some((it) => demands(it) || demandsWithin(it))
  )
}

function demands(it: Node): boolean {
  const { min, max, fixed, pattern, binding, targets, resources, limits, slicing, invariants, choices } = it
  if (min > 0 || max !== Number.POSITIVE_INFINITY || limits.length > 0) return true
  if (fixed || pattern || binding || targets || resources || slicing || invariants) return true
  return choices?.some(({ allowed }) => !allowed) ?? false
}

function asksAnything(it: Node): boolean {
  if (demands(it) || it.support !== -1 || it.children.length > 0) return true
  return it.choices?.some(({ support }) => support !== -1) ?? false
}
