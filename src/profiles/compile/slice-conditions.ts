import type { ValueSetLookup } from './value-sets.ts'
import { canonicalUrl } from '../package/definitions.ts'
import type { SliceCondition, DefinedValue } from './element-rules.ts'
import { type SnapshotBranch, definedValue } from './snapshot-tree.ts'
import { modelResourceTypes } from '../judge/reference-target.ts'
import { isJsonObject } from '../../model/json.ts'

/** The conditions that distinguish a slice from others; a string is the reason why they cannot be checked. */
export function sliceConditions(
  slice: SnapshotBranch,
  sliced: SnapshotBranch,
  codesOf: ValueSetLookup,
): readonly SliceCondition[] | string {
  const { element } = slice
  if (element.sliceName?.includes('/')) return 'it is a slice of a slice'
  const url = extensionUrl(slice)
  if (url !== undefined) return [{ kind: 'value', steps: ['url'], node: fixedTo(canonicalUrl(url)) }]
  const discriminators = sliced.element.slicing?.discriminator ?? []
  // The slices of a choice element differ in type.
  if (discriminators.length === 0) return sliced.choice ? byType(slice, []) : 'it has no discriminator'
  const tests: SliceCondition[] = []
  for (const { type, path } of discriminators) {
    const found = conditionsOfDiscriminator(slice, { type, path }, codesOf)
    if (typeof found === 'string') return found
    tests.push(...found)
  }
  return tests
}

function conditionsOfDiscriminator(
  slice: SnapshotBranch,
  { type, path }: { readonly type: string; readonly path: string },
  codesOf: ValueSetLookup,
): readonly SliceCondition[] | string {
  const steps = path === '$this' ? [] : path.split('.')
  if (steps[0] === '$this') steps.shift()
  if (steps.some((it) => !/^[A-Za-z]+$/.test(it)))
    return `bulkcheck does not support the discriminator path ${path}`
  if (type === 'type') return byType(slice, steps)
  if (type === 'exists') return byExistence(slice, steps)
  if (type !== 'value' && type !== 'pattern')
    return `bulkcheck does not support discriminators of type ${type}`
  const at = stepsOf(steps, slice)
  const tests: SliceCondition[] = []
  let branch: SnapshotBranch | undefined = slice
  for (let depth = 0; branch; depth++) {
    // Only the part of the value at the path distinguishes slices; the rest is a rule for their items.
    for (const value of partsAt(definedValue(branch.element, 'fixed'), at.slice(depth)))
      tests.push({ kind: 'value', steps: at, node: { fixed: { value }, pattern: undefined } })
    for (const value of partsAt(definedValue(branch.element, 'pattern'), at.slice(depth)))
      tests.push({ kind: 'value', steps: at, node: { fixed: undefined, pattern: { value } } })
    if (depth === steps.length) return tests.length > 0 ? tests : byBinding(branch, at, codesOf)
    branch = branch.children.get(steps[depth] ?? '')
  }
  return tests.length > 0 ? tests : `the slice ${slice.element.sliceName} does not define its discriminator`
}

function partsAt(defined: DefinedValue | undefined, steps: readonly string[]): readonly unknown[] {
  if (!defined) return []
  let parts: readonly unknown[] = [defined.value]
  for (const step of steps)
    parts = parts.flatMap((it) => (isJsonObject(it) && Object.hasOwn(it, step) ? flat(it[step]) : []))
  return parts
}

function flat(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** Steps in JSON, where a choice element has the name of its only type. */
function stepsOf(steps: readonly string[], slice: SnapshotBranch): readonly string[] {
  let branch: SnapshotBranch | undefined = slice
  return steps.map((it) => {
    branch = branch?.children.get(it)
    const [type, ...others] = branch?.element.type ?? []
    return branch?.choice && type && others.length === 0 ? `${it}${capitalized(type.code)}` : it
  })
}

function byBinding(
  branch: SnapshotBranch,
  steps: readonly string[],
  codesOf: ValueSetLookup,
): readonly SliceCondition[] | string {
  const { binding } = branch.element
  if (binding?.strength !== 'required' || !binding.valueSet)
    return `${branch.element.id} does not define the value of the discriminator`
  const codes = codesOf(binding.valueSet)
  if (typeof codes === 'string')
    return `the discriminator is bound to ${canonicalUrl(binding.valueSet)}, and ${codes}`
  return [{ kind: 'codes', steps, codes }]
}

function byType(slice: SnapshotBranch, steps: readonly string[]): readonly SliceCondition[] | string {
  const branch = branchAt(slice, steps)
  const [type, ...others] = branch?.element.type?.map(({ code }) => code) ?? []
  if (!branch || type === undefined) return 'the slices do not name the types that distinguish them'
  if (branch === slice && slice.choice) return [{ kind: 'type', types: new Set([type, ...others]) }]
  if (others.length > 0)
    return 'the slices are distinguished by several types of a nested element, which bulkcheck does not support'
  if (branch.choice) return [{ kind: 'exists', steps: stepsOf(steps, slice), exists: true }]
  if (modelResourceTypes().has(type))
    return [{ kind: 'value', steps: [...steps, 'resourceType'], node: fixedTo(type) }]
  return 'the slices are distinguished by the type of a nested element, which bulkcheck does not support'
}

function branchAt(slice: SnapshotBranch, steps: readonly string[]): SnapshotBranch | undefined {
  let branch: SnapshotBranch | undefined = slice
  for (const step of steps) branch = branch?.children.get(step)
  return branch
}

function byExistence(slice: SnapshotBranch, steps: readonly string[]): readonly SliceCondition[] | string {
  const branch = branchAt(slice, steps)
  if (branch === undefined || branch === slice)
    return 'the slices do not name the element that distinguishes them'
  if (branch.choice) return 'the slices are distinguished by the presence of a choice element'
  if (branch.element.max === '0') return [{ kind: 'exists', steps, exists: false }]
  if (branch.element.min) return [{ kind: 'exists', steps, exists: true }]
  return 'the slices do not say what distinguishes them'
}

/** The URL of the extensions that a slice is about, with the version of their definition if it names one. */
export function extensionUrl({ element, name, children }: SnapshotBranch): string | undefined {
  if (name !== 'extension' && name !== 'modifierExtension') return undefined
  const profile = element.type?.find(({ code }) => code === 'Extension')?.profile?.[0]
  if (profile !== undefined) return profile
  const url = children.get('url')
  const fixed = url && definedValue(url.element, 'fixed')?.value
  return typeof fixed === 'string' ? fixed : undefined
}

function fixedTo(value: unknown) {
  return { fixed: { value }, pattern: undefined }
}

/** A name with its first letter in upper case. */
export function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
