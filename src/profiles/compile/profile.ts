import type { UncheckedRule } from '../../model/fhir/profile-coverage.ts'
import {
  aggregationModes,
  requiredBindings,
  elementInvariants,
  type ElementContext,
  innerResourceTypes,
  type CompileContext,
  referenceTargetTypes,
  holdsResource,
  typeProfiles,
} from './element-constraints.ts'
import { r4Elements } from './r4-elements.ts'
import { canonicalKey, type SnapshotElement, type StructureDefinition } from '../package/definitions.ts'
import { contextInvariantsOf, contextOf, partsOf } from './extension-rules.ts'
import { valueLimits } from './value-limits.ts'
import type { ChoiceType, ElementRules, Profile, SliceRules, SlicingRules } from './element-rules.ts'
import { needSurroundings, sliceConditions } from './slice-conditions.ts'
import { capitalized } from './slice-steps.ts'
import { type SnapshotBranch, definedValue, extensionUrl, snapshotTree } from './snapshot-tree.ts'

/** A compiled profile, and its rules that are not checked. */
export interface CompiledProfile {
  readonly profile: Profile
  readonly notChecked: readonly UncheckedRule[]
}

interface ProfileBuild extends ElementContext {
  /** The type that the profile is on. */
  readonly type: string
  readonly supports: string[]
  readonly extensions: { readonly path: string; readonly canonical: string }[]
  /** By the ids of their elements. */
  readonly nodes: Map<string, ElementRules>
}

/** Compiles the snapshot of a profile to what it asks beyond FHIR R4. */
export function compileProfile(
  definition: StructureDefinition,
  around: CompileContext,
): CompiledProfile | undefined {
  const elements = definition.snapshot?.element ?? []
  const tree = snapshotTree(elements)
  if (!tree) return undefined
  const key = canonicalKey(definition)
  const notChecked: UncheckedRule[] = []
  const making: ProfileBuild = {
    ...{ around, supports: [], extensions: [], constraints: [], nodes: new Map() },
    type: definition.type,
    noteNotChecked: (path, what, because) => notChecked.push({ profile: key, path, what, because }),
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
      context: contextOf(definition, around),
      contextInvariants: contextInvariantsOf(definition, making),
      modifier: tree.element.isModifier === true,
      supports: making.supports,
      constraints: making.constraints,
      extensions: making.extensions,
    },
    notChecked,
  }
}

function nodeOf(branch: SnapshotBranch, making: ProfileBuild): ElementRules {
  const { element, name } = branch
  // Where single types of a choice must be supported, they are what is counted.
  const counted = supported(element) && flaggedTypes(element).length === 0
  const support = counted ? making.supports.push(element.id) - 1 : -1
  const slice = element.sliceName !== undefined
  const node: ElementRules = {
    name,
    underscoreName: `_${name}`,
    choices: branch.choice && !slice ? choicesOf(branch, making) : undefined,
    ...occurrencesOf(element),
    fixed: definedValue(element, 'fixed'),
    pattern: definedValue(element, 'pattern'),
    bindings: requiredBindings(element, making),
    targets: referenceTargetTypes(element, making),
    aggregation: aggregationModes(element),
    resources: innerResourceTypes(element, making.around),
    holdsResource: holdsResource(element, making.around),
    profiles: typeProfiles(element, making),
    parts: partsOf(branch, making.type),
    limits: valueLimits(element),
    children: childrenOf(branch, making),
    slicing: slicesOf(branch, making),
    invariants: elementInvariants(branch, making),
    support,
  }
  if (
    node.limits.some(({ rule }) => rule !== 'maxLength') &&
    element.type?.some(({ code }) => code === 'Quantity')
  )
    making.noteNotChecked(
      element.id,
      'minValue, maxValue',
      'bulkcheck does not compare quantities in other units',
    )
  making.nodes.set(element.id, node)
  return node
}

function occurrencesOf({
  sliceName,
  min = 0,
  max,
  base,
}: SnapshotElement): Pick<ElementRules, 'label' | 'min' | 'max'> {
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

function flaggedTypes({ id, type }: SnapshotElement): readonly string[] {
  const flagged = (type ?? []).filter((it) =>
    it.extension?.some(({ url, valueBoolean }) => url === typeFlag && valueBoolean),
  )
  return id.endsWith('[x]') ? flagged.map(({ code }) => code) : []
}

function limit(max: string | undefined): number {
  return max === undefined || max === '*' ? Number.POSITIVE_INFINITY : Number(max)
}

function choicesOf(
  { element, name }: SnapshotBranch,
  { around, supports }: ProfileBuild,
): readonly ChoiceType[] {
  const codes = element.type?.map(({ code }) => code) ?? []
  const base = r4Elements(element, around.r4)
  const all =
    base.length > 0
      ? base.map((it) => [it.name, it.type] as const)
      : codes.map((it) => [`${name}${capitalized(it)}`, it] as const)
  const flagged = flaggedTypes(element)
  const path = element.id.slice(0, element.id.lastIndexOf('.'))
  return all.map(([json, type]) => ({
    name: json,
    underscoreName: `_${json}`,
    type,
    allowed: codes.length === 0 || codes.includes(type),
    support: flagged.includes(type) ? supports.push(`${path}.${json}`) - 1 : -1,
  }))
}

function childrenOf(branch: SnapshotBranch, making: ProfileBuild): readonly ElementRules[] {
  // What an extension holds is judged by its own definition, wherever it stands.
  const canonical = extensionUrl(branch)
  if (canonical !== undefined && branch.children.size === 0) {
    making.extensions.push({ path: branch.element.id, canonical })
    if (!making.around.defines(canonical))
      making.noteNotChecked(branch.element.id, 'extension', `no package defines ${canonical}`)
  }
  return [...branch.children.values()].map((it) => nodeOf(it, making)).filter(hasRules)
}

function slicesOf(branch: SnapshotBranch, making: ProfileBuild): SlicingRules | undefined {
  const { element } = branch
  const { rules, ordered = false } = element.slicing ?? {}
  const slices = branch.slices.flatMap((it) => sliceOf(it, branch, making))
  // What a slice says of its own slices is for its items alone.
  const none = rules === 'closed' && branch.slices.length === 0 && element.sliceName === undefined
  if (none && branch.choice)
    making.noteNotChecked(element.id, 'slicing', 'the slicing is closed and has no slices')
  if (slices.length === 0 && (!none || branch.choice)) return undefined
  return {
    rules: rules === 'closed' || rules === 'openAtEnd' ? rules : 'open',
    ordered,
    needsSurroundings: slices.some(({ conditions }) => conditions && needSurroundings(conditions)),
    slices,
  }
}

function sliceOf(slice: SnapshotBranch, sliced: SnapshotBranch, making: ProfileBuild): readonly SliceRules[] {
  const { element } = slice
  const name = element.sliceName ?? ''
  const conditions = sliceConditions(slice, sliced, making.around)
  const at = making.constraints.push({ path: element.id, key: 'slicing' }) - 1
  if (typeof conditions !== 'string') return [{ name, at, conditions, node: nodeOf(slice, making) }]
  making.noteNotChecked(element.id, 'slicing', conditions)
  return [{ name, at, conditions: undefined, node: { ...blank(slice), ...occurrencesOf(element) } }]
}

function blank({ name }: SnapshotBranch): Omit<ElementRules, 'label' | 'min' | 'max'> {
  return {
    ...{
      name,
      underscoreName: `_${name}`,
      choices: undefined,
      fixed: undefined,
      pattern: undefined,
      support: -1,
    },
    ...{
      bindings: [],
      targets: undefined,
      aggregation: undefined,
      resources: undefined,
      holdsResource: false,
    },
    ...{ profiles: [], parts: undefined, limits: [], children: [] },
    ...{ slicing: undefined, invariants: undefined },
  }
}

/** Lists elements that reuse the definition of another element that the profile has rules for. */
function noteReferences(
  elements: readonly SnapshotElement[],
  { nodes, noteNotChecked: not }: ProfileBuild,
): void {
  for (const { id, contentReference } of elements) {
    const target = contentReference?.slice(contentReference.indexOf('#') + 1)
    const node = target === undefined ? undefined : nodes.get(target)
    if (node && demandsWithin(node))
      not(id, 'contentReference', `bulkcheck does not apply the rules of ${target} there`)
  }
}

function demandsWithin({ children, slicing, invariants }: ElementRules): boolean {
  return (
    invariants !== undefined ||
    slicing !== undefined ||
    children.some((it) => demands(it) || demandsWithin(it))
  )
}

function demands(it: ElementRules): boolean {
  const { min, max, fixed, pattern, bindings, targets, resources, limits, slicing, invariants, choices } = it
  if (min > 0 || max !== Number.POSITIVE_INFINITY || limits.length > 0) return true
  if (fixed || pattern || bindings.length > 0 || targets || resources || slicing || invariants) return true
  if (it.parts || it.aggregation || it.profiles.length > 0) return true
  return choices?.some(({ allowed }) => !allowed) ?? false
}

function hasRules(it: ElementRules): boolean {
  if (demands(it) || it.support !== -1 || it.children.length > 0) return true
  return it.choices?.some(({ support }) => support !== -1) ?? false
}
