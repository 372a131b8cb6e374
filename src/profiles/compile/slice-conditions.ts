import { canonicalUrl, type SnapshotElement } from '../package/definitions.ts'
import type { SliceCondition, SliceStep } from './element-rules.ts'
import { type DiscriminatorStep, discriminatorSteps } from './discriminator-path.ts'
import { childStep, named, type Spot, stepInto } from './slice-steps.ts'
import { r4Elements } from './r4-elements.ts'
import type { SliceContext } from './slice-context.ts'
import { type SnapshotBranch, definedValue, extensionUrl } from './snapshot-tree.ts'
import { modelResourceTypes } from '../judge/reference-target.ts'
import { isJsonObject } from '../../model/json.ts'

/** The conditions that distinguish a slice from others; a string is the reason why they cannot be checked. */
export function sliceConditions(
  slice: SnapshotBranch,
  sliced: SnapshotBranch,
  around: SliceContext,
): readonly SliceCondition[] | string {
  const url = extensionUrl(slice)
  if (url !== undefined) return [{ kind: 'value', steps: [named('url')], node: fixedTo(canonicalUrl(url)) }]
  const discriminators = sliced.element.slicing?.discriminator ?? []
  // The slices of a choice element differ in type.
  if (discriminators.length === 0)
    return sliced.choice ? byType(slice, { branch: slice, steps: [] }, around) : 'it has no discriminator'
  const conditions: SliceCondition[] = []
  for (const discriminator of discriminators) {
    const found = conditionsOfDiscriminator(slice, sliced, discriminator, around)
    if (typeof found === 'string') return found
    conditions.push(...found)
  }
  return conditions
}

/** How far along its path a discriminator is, and what it is about. */
interface Search {
  readonly type: string
  readonly path: readonly DiscriminatorStep[]
  readonly around: SliceContext
  /** The element without its slices, as far as the way goes: what it says too does not distinguish slices. */
  readonly unsliced: SnapshotBranch | undefined
}

function conditionsOfDiscriminator(
  slice: SnapshotBranch,
  sliced: SnapshotBranch,
  { type, path }: { readonly type: string; readonly path: string },
  around: SliceContext,
): readonly SliceCondition[] | string {
  if (!['value', 'pattern', 'type', 'exists', 'profile'].includes(type))
    return `bulkcheck does not support discriminators of type ${type}`
  const steps = discriminatorSteps(path)
  if (!steps) return `bulkcheck does not support the discriminator path ${path}`
  return conditionsAt({ branch: slice, steps: [] }, { type, path: steps, around, unsliced: sliced })
}

function conditionsAt(spot: Spot, search: Search): readonly SliceCondition[] | string {
  const { branch, steps } = spot
  const { type, path, around } = search
  const byValue = type === 'value' || type === 'pattern'
  if (branch.element.max === '0' && steps.length > 0) return [{ kind: 'exists', steps, exists: false }]
  const [step, ...rest] = path
  const values = byValue ? definedParts(spot, path) : []
  if (step === undefined) {
    if (values.length > 0) return values
    if (type === 'type') return byType(branch, spot, around)
    if (type === 'profile') return byProfile(spot, around)
    return type === 'exists' ? byExistence(spot) : byBelow(spot, search)
  }
  // What a parent defines of the path decides, unless the element there says more.
  const next = stepInto(spot, step, around)
  const unsliced = search.unsliced && stepInto({ branch: search.unsliced, steps: [] }, step, around)?.branch
  const below = next
    ? throughSlices(next, { ...search, path: rest, unsliced })
    : `the slice ${branch.element.sliceName ?? branch.element.id} does not define its discriminator`
  if (typeof below === 'string') return values.length > 0 ? values : below
  return [...values, ...below]
}

/** An element on the way may have slices of its own that an item of the slice needs: they define what the element itself leaves open. */
function throughSlices(spot: Spot, search: Search): readonly SliceCondition[] | string {
  const { branch, steps } = spot
  const { type, path, around } = search
  const nested: SliceCondition[] = []
  for (const inner of type === 'value' || type === 'pattern' ? branch.slices : []) {
    const is = inner.element.min ? sliceConditions(inner, branch, around) : ''
    const has =
      path.length === 0 ? [] : conditionsAt({ branch: inner, steps: [] }, { ...search, unsliced: branch })
    if (typeof is !== 'string' && typeof has !== 'string')
      nested.push({ kind: 'slice', steps, conditions: [...is, ...has] })
  }
  return nested.length > 0 ? nested : conditionsAt(spot, search)
}

/** What an element's fixed value or pattern says of what a path leads to; the rest of it is a rule for items of the slice. */
function definedParts(
  { branch, steps }: Spot,
  path: readonly DiscriminatorStep[],
): readonly SliceCondition[] {
  const names = path.flatMap((it) => (it.kind === 'child' ? [it.name] : []))
  if (names.length < path.length) return []
  const at = [...steps, ...names.map(named)]
  return [
    ...partsAt(definedValue(branch.element, 'fixed'), names).map(
      (value): SliceCondition => ({ kind: 'value', steps: at, node: fixedTo(value) }),
    ),
    ...partsAt(definedValue(branch.element, 'pattern'), names).map(
      (value): SliceCondition => ({
        kind: 'value',
        steps: at,
        node: { fixed: undefined, pattern: { value } },
      }),
    ),
  ]
}

function partsAt(
  defined: { readonly value: unknown } | undefined,
  names: readonly string[],
): readonly unknown[] {
  if (!defined) return []
  let parts: readonly unknown[] = [defined.value]
  for (const name of names)
    parts = parts.flatMap((it) => (isJsonObject(it) && Object.hasOwn(it, name) ? flat(it[name]) : []))
  return parts
}

function flat(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** Whether conditions depend on more than the item. */
export function needSurroundings(conditions: readonly SliceCondition[]): boolean {
  return conditions.some(
    (it) =>
      it.kind === 'profile' ||
      it.steps.some(({ kind }) => kind === 'resolve') ||
      (it.kind === 'slice' && needSurroundings(it.conditions)),
  )
}

/** What distinguishes slices if the element has no value of its own: what is below it, a binding that it sets, or that it must be there. */
function byBelow(spot: Spot, { around, unsliced }: Search): readonly SliceCondition[] | string {
  const { branch, steps } = spot
  const { element } = branch
  const { binding } = element
  const bound = binding?.strength === 'required' ? binding.valueSet : undefined
  const codes =
    bound === undefined || !setsBinding(branch, unsliced, around) ? undefined : around.codesOf(bound)
  if (codes !== undefined && typeof codes !== 'string') return [{ kind: 'codes', steps, codes }]
  const below: SliceCondition[] = []
  for (const child of branch.children.values()) {
    if (!child.element.min) continue
    const search = { type: 'value', path: [], around, unsliced: unsliced?.children.get(child.name) }
    const at = { branch: child, steps: [...steps, childStep(child)] }
    const values = [...definedParts(at, []), ...nestedValues(at, search)]
    below.push(...values)
  }
  if (below.length > 0) return below
  if (typeof codes === 'string')
    return `the discriminator is bound to ${canonicalUrl(bound ?? '')}, and ${codes}`
  // A binding that is not required says which values the slice has in mind, but leaves others open.
  const leansOnBinding = binding?.valueSet !== undefined && setsBinding(branch, unsliced, around)
  if (element.min && !leansOnBinding && !(unsliced?.element.min ?? r4Min(element, around)))
    return [{ kind: 'exists', steps, exists: true }]
  return `${element.id} does not define the value of the discriminator`
}

function nestedValues(spot: Spot, search: Search): readonly SliceCondition[] {
  const { branch, steps } = spot
  const found: SliceCondition[] = []
  for (const inner of branch.slices) {
    const is = inner.element.min ? sliceConditions(inner, branch, search.around) : ''
    if (typeof is !== 'string') found.push({ kind: 'slice', steps, conditions: is })
  }
  if (branch.slices.length > 0 || branch.children.size === 0) return found
  const deeper = byBelow(spot, search)
  return typeof deeper === 'string' ? found : deeper
}

/** Whether a slice binds an element to other codes than the element has anyway. */
function setsBinding(
  { element }: SnapshotBranch,
  unsliced: SnapshotBranch | undefined,
  { r4 }: SliceContext,
): boolean {
  const url = canonicalUrl(element.binding?.valueSet ?? '')
  const other = unsliced?.element.binding
  if (other) return canonicalUrl(other.valueSet ?? '') !== url || other.strength !== element.binding?.strength
  return !r4Elements(element, r4).some(({ valueSet }) => valueSet && canonicalUrl(valueSet) === url)
}

function r4Min(element: SnapshotElement, { r4 }: SliceContext): number {
  return Math.max(0, ...r4Elements(element, r4).map(({ min }) => min))
}

function byType(
  branch: SnapshotBranch,
  { steps }: Spot,
  around: SliceContext,
): readonly SliceCondition[] | string {
  const none = 'the slices do not name the types that distinguish them'
  const types = branch.target ? targetTypes(branch.target, around) : elementTypes(branch.element, around)
  if (types === undefined || types.length === 0) return none
  return [{ kind: 'type', steps, types: new Set(types) }]
}

function targetTypes({ type }: SnapshotElement, { typeOf }: SliceContext): readonly string[] | undefined {
  const profiles = type?.flatMap(({ targetProfile }) => targetProfile ?? []) ?? []
  return allKnown(profiles.map((it) => typeOf(canonicalUrl(it))))
}

function elementTypes({ type }: SnapshotElement, { typeOf }: SliceContext): readonly string[] | undefined {
  return allKnown(
    (type ?? []).flatMap(({ code, profile = [] }) =>
      code === 'Resource' ? profile.map((it) => typeOf(canonicalUrl(it))) : [code],
    ),
  )
}

function allKnown(types: readonly (string | undefined)[]): readonly string[] | undefined {
  const known = types.filter((it) => it !== undefined && it !== 'Resource')
  return known.length === types.length ? (known as string[]) : undefined
}

const core = 'http://hl7.org/fhir/StructureDefinition/'

function byProfile(
  { branch, steps }: { readonly branch: SnapshotBranch; readonly steps: readonly SliceStep[] },
  { typeOf, treeOf }: SliceContext,
): readonly SliceCondition[] | string {
  const { target, element } = branch
  const named = target
    ? target.type?.flatMap(({ targetProfile }) => targetProfile ?? [])
    : element.type?.flatMap(({ code, profile }) => profile ?? (typeOf(core + code) ? [core + code] : []))
  const profiles = named ?? []
  if (profiles.length === 0) return 'the slices do not name the profiles that distinguish them'
  const unknown = profiles.find((it) => !treeOf(it) && !modelResourceTypes().has(typeOf(it) ?? ''))
  if (unknown !== undefined) return `no package defines ${unknown}`
  return [{ kind: 'profile', steps, profiles }]
}

function byExistence({ branch, steps }: Spot): readonly SliceCondition[] | string {
  if (steps.length === 0) return 'the slices do not name the element that distinguishes them'
  if (branch.element.min) return [{ kind: 'exists', steps, exists: true }]
  return 'the slices do not say what distinguishes them'
}

function fixedTo(value: unknown) {
  return { fixed: { value }, pattern: undefined }
}
