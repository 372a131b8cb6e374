import type { CodesOf } from './codes.ts'
import { bare } from './definitions.ts'
import { isJson } from './match.ts'
import type { Test, Value } from './node.ts'
import { type Branch, definedValue } from './snapshot.ts'
import { resourceTypes } from './target.ts'

/** What tells a slice from others; a string says why that cannot be judged. */
export function testsOf(slice: Branch, sliced: Branch, codesOf: CodesOf): readonly Test[] | string {
  const { element } = slice
  if (element.sliceName?.includes('/')) return 'it is a slice of a slice'
  const url = extensionUrl(slice)
  if (url !== undefined) return [{ kind: 'value', steps: ['url'], node: fixedTo(bare(url)) }]
  const discriminators = sliced.element.slicing?.discriminator ?? []
  // Values of a choice element differ in type.
  if (discriminators.length === 0) return sliced.choice ? byType(slice, []) : 'nothing tells its slices apart'
  const tests: Test[] = []
  for (const { type, path } of discriminators) {
    const found = testsFor(slice, { type, path }, codesOf)
    if (typeof found === 'string') return found
    tests.push(...found)
  }
  return tests
}

function testsFor(
  slice: Branch,
  { type, path }: { readonly type: string; readonly path: string },
  codesOf: CodesOf,
): readonly Test[] | string {
  const steps = path === '$this' ? [] : path.split('.')
  if (steps[0] === '$this') steps.shift()
  if (steps.some((it) => !/^[A-Za-z]+$/.test(it))) return `its slices are told apart by ${path}`
  if (type === 'type') return byType(slice, steps)
  if (type === 'exists') return byExistence(slice, steps)
  if (type !== 'value' && type !== 'pattern') return `its slices are told apart by ${type}`
  const at = stepsOf(steps, slice)
  const tests: Test[] = []
  let branch: Branch | undefined = slice
  for (let depth = 0; branch; depth++) {
    // Of what stands further up, only the part at the path tells slices apart: the rest is asked of their items.
    for (const value of partsAt(definedValue(branch.element, 'fixed'), at.slice(depth)))
      tests.push({ kind: 'value', steps: at, node: { fixed: { value }, pattern: undefined } })
    for (const value of partsAt(definedValue(branch.element, 'pattern'), at.slice(depth)))
      tests.push({ kind: 'value', steps: at, node: { fixed: undefined, pattern: { value } } })
    if (depth === steps.length) return tests.length > 0 ? tests : byBinding(branch, at, codesOf)
    branch = branch.children.get(steps[depth] ?? '')
  }
  return tests.length > 0
    ? tests
    : `the slice ${slice.element.sliceName} does not say what tells it from others`
}

function partsAt(defined: Value | undefined, steps: readonly string[]): readonly unknown[] {
  if (!defined) return []
  let parts: readonly unknown[] = [defined.value]
  for (const step of steps)
    parts = parts.flatMap((it) => (isJson(it) && Object.hasOwn(it, step) ? flat(it[step]) : []))
  return parts
}

function flat(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** Steps in JSON, where a choice element has the name of its only type. */
function stepsOf(steps: readonly string[], slice: Branch): readonly string[] {
  let branch: Branch | undefined = slice
  return steps.map((it) => {
    branch = branch?.children.get(it)
    const [type, ...others] = branch?.element.type ?? []
    return branch?.choice && type && others.length === 0 ? `${it}${capital(type.code)}` : it
  })
}

function byBinding(branch: Branch, steps: readonly string[], codesOf: CodesOf): readonly Test[] | string {
  const { binding } = branch.element
  if (binding?.strength !== 'required' || !binding.valueSet)
    return `${branch.element.id} does not say what tells it from others`
  const codes = codesOf(binding.valueSet)
  if (typeof codes === 'string') return `its slices are told apart by ${bare(binding.valueSet)}: ${codes}`
  return [{ kind: 'codes', steps, codes }]
}

function byType(slice: Branch, steps: readonly string[]): readonly Test[] | string {
  const branch = branchAt(slice, steps)
  const [type, ...others] = branch?.element.type?.map(({ code }) => code) ?? []
  if (!branch || type === undefined) return 'its slices are told apart by types that they do not name'
  if (branch === slice && slice.choice) return [{ kind: 'type', types: new Set([type, ...others]) }]
  if (others.length > 0) return 'its slices are told apart by several types within'
  if (branch.choice) return [{ kind: 'exists', steps: stepsOf(steps, slice), exists: true }]
  if (resourceTypes().has(type))
    return [{ kind: 'value', steps: [...steps, 'resourceType'], node: fixedTo(type) }]
  return 'its slices are told apart by types within'
}

function branchAt(slice: Branch, steps: readonly string[]): Branch | undefined {
  let branch: Branch | undefined = slice
  for (const step of steps) branch = branch?.children.get(step)
  return branch
}

function byExistence(slice: Branch, steps: readonly string[]): readonly Test[] | string {
  const branch = branchAt(slice, steps)
  if (branch === undefined || branch === slice) return 'its slices are told apart by what they do not name'
  if (branch.choice) return 'its slices are told apart by whether a choice element is there'
  if (branch.element.max === '0') return [{ kind: 'exists', steps, exists: false }]
  if (branch.element.min) return [{ kind: 'exists', steps, exists: true }]
  return 'its slices are told apart by what they leave open'
}

/** The URL of the extensions that a slice is about, with the version of their definition if it names one. */
export function extensionUrl({ element, name, children }: Branch): string | undefined {
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
export function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
