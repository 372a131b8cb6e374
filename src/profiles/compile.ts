import type { ElementDefinition, R4Model } from '../r4/model.ts'
import type { CodesOf } from './codes.ts'
import { type SnapshotElement, type StructureDefinition, bare } from './definitions.ts'
import type { Compiler, Invariants } from './invariants.ts'
import type { Choice, Node, Profile, Slice, Slices } from './node.ts'
import type { NotChecked } from '../model/profiles.ts'
import { capital, extensionUrl, testsOf } from './slicing.ts'
import { type Branch, treeOf, definedValue } from './snapshot.ts'

/** What compiling a profile may look up. */
export interface Surroundings {
  readonly r4: R4Model
  readonly codesOf: CodesOf
  readonly compiler: Compiler
  /** The resource type that a profile or a definition is on. */
  readonly typeOf: (url: string) => string | undefined
  /** Whether a package defines the extension. */
  readonly defines: (url: string) => boolean
}

/** A profile compiled, and what of it cannot be told. */
export interface Compiled {
  readonly profile: Profile
  readonly notChecked: readonly NotChecked[]
}

/** Compiles the snapshot of a profile to what it asks beyond FHIR R4. */
export function compileProfile(definition: StructureDefinition, around: Surroundings): Compiled | undefined {
  const tree = treeOf(definition.snapshot?.element ?? [])
  if (!tree) return undefined
  const version = definition.version ?? ''
  const key = version === '' ? definition.url : `${definition.url}|${version}`
  const supports: string[] = []
  const notChecked: NotChecked[] = []
  const making: Making = {
    around,
    supports,
    base: baseKeys(around.r4),
    not: (path, what, because) => notChecked.push({ profile: key, path, what, because }),
  }
  const root = { ...nodeOf(tree, making), min: 0, max: Number.POSITIVE_INFINITY, support: -1 }
  return {
    profile: {
      url: definition.url,
      version,
      key,
      title: definition.title ?? definition.name,
      type: definition.type,
      base: definition.baseDefinition,
      root,
      supports,
    },
    notChecked,
  }
}

interface Making {
  readonly around: Surroundings
  readonly supports: string[]
  /** Keys of invariants that FHIR R4 itself has. */
  readonly base: ReadonlySet<string>
  readonly not: (path: string, what: string, because: string) => void
}

const baseKeysOf = new WeakMap<R4Model, ReadonlySet<string>>()

function baseKeys(r4: R4Model): ReadonlySet<string> {
  let keys = baseKeysOf.get(r4)
  if (!keys) {
    const types = Object.values(r4.types)
    const all = types.flatMap((it) => [...it.invariants, ...it.elements.flatMap((at) => at.invariants ?? [])])
    keys = new Set(all.map(({ key }) => key))
    baseKeysOf.set(r4, keys)
  }
  return keys
}

function nodeOf(branch: Branch, making: Making): Node {
  const { element, name } = branch
  const slice = element.sliceName !== undefined
  const r4 = baseOf(element, making.around.r4)
  for (const url of typeProfiles(element))
    making.not(element.id, 'type-profile', `profiles on data types are not looked at: ${url}`)
  // Where single types of a choice must be supported, they are what is counted.
  const counted = supported(element) && flaggedTypes(element).length === 0
  const support = counted ? making.supports.push(element.id) - 1 : -1
  const min = element.min ?? 0
  const max = limit(element.max)
  return {
    name,
    shadow: `_${name}`,
    choices: branch.choice && !slice ? choicesOf(branch, making) : undefined,
    label: slice ? `the slice ${element.sliceName}` : '',
    // A slice counts its own items, which R4 knows nothing of.
    min: !slice && min <= (element.base?.min ?? 0) ? 0 : min,
    max: !slice && max >= limit(element.base?.max) ? Number.POSITIVE_INFINITY : max,
    fixed: definedValue(element, 'fixed'),
    pattern: definedValue(element, 'pattern'),
    binding: bindingOf(element, r4, making),
    targets: targetsOf(element, r4, making),
    children: childrenOf(branch, making),
    slicing: slicesOf(branch, making),
    invariants: invariantsOf(branch, making),
    support,
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

function baseOf({ base, path }: SnapshotElement, r4: R4Model): readonly ElementDefinition[] {
  const from = base?.path ?? path
  const dot = from.lastIndexOf('.')
  const name = from.slice(dot + 1)
  const type = r4.types[from.slice(0, dot)]
  if (!type) return []
  if (!name.endsWith('[x]')) return type.elements.filter((it) => it.name === name)
  const choice = type.choices.findIndex((it) => it.name === name.slice(0, -3))
  return choice === -1 ? [] : type.elements.filter((it) => it.choice === choice)
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

function bindingOf(
  { id, binding }: SnapshotElement,
  r4: readonly ElementDefinition[],
  { around, not }: Making,
): Node['binding'] {
  if (binding?.strength !== 'required' || !binding.valueSet) return undefined
  const valueSet = bare(binding.valueSet)
  // Then FHIR R4 itself asks for it.
  if (r4.length > 0 && r4.every((it) => it.valueSet && bare(it.valueSet) === valueSet)) return undefined
  const codes = around.codesOf(valueSet)
  if (typeof codes === 'string') {
    not(id, valueSet, codes)
    return undefined
  }
  if (codes.open.size > 0)
    not(
      id,
      valueSet,
      `no package holds all codes of ${[...codes.open].join(', ')}; codes of other systems are checked`,
    )
  return { valueSet, codes }
}

function targetsOf(
  element: SnapshotElement,
  r4: readonly ElementDefinition[],
  { around, not }: Making,
): Node['targets'] {
  const profiles =
    element.type?.flatMap(({ code, targetProfile }) => (code === 'Reference' ? (targetProfile ?? []) : [])) ??
    []
  if (profiles.length === 0) return undefined
  const targets = new Set<string>()
  for (const url of profiles) {
    const type = around.typeOf(bare(url))
    if (type === undefined) {
      not(element.id, 'reference-target', `no package says what ${bare(url)} is about`)
      return undefined
    }
    if (type === 'Resource') return undefined
    targets.add(type)
  }
  const base = r4.find(({ type }) => type === 'Reference')?.targets
  return base && base.length === targets.size && base.every((it) => targets.has(it)) ? undefined : targets
}

function childrenOf(branch: Branch, making: Making): readonly Node[] {
  // What an extension holds is judged by its own definition, wherever it stands.
  const url = extensionUrl(branch)
  if (url !== undefined && branch.children.size === 0 && !making.around.defines(url))
    making.not(branch.element.id, 'extension', `no package defines ${url}`)
  return [...branch.children.values()].map((it) => nodeOf(it, making)).filter(asksAnything)
}

function slicesOf(branch: Branch, making: Making): Slices | undefined {
  if (branch.slices.length === 0) return undefined
  const { element } = branch
  const slices: Slice[] = []
  for (const slice of branch.slices) {
    const tests = testsOf(slice, branch, making.around.codesOf)
    if (typeof tests === 'string') making.not(slice.element.id, 'slicing', tests)
    else slices.push({ name: slice.element.sliceName ?? '', tests, node: nodeOf(slice, making) })
  }
  if (element.slicing?.ordered) making.not(element.id, 'slicing', 'the order of slices is not looked at')
  const closed = element.slicing?.rules === 'closed' && slices.length === branch.slices.length
  return slices.length > 0 ? { closed, slices } : undefined
}

function invariantsOf({ element, choice }: Branch, { around, base, not }: Making): Invariants | undefined {
  const all: Invariants['all'][number][] = []
  for (const { key, severity, human, expression } of element.constraint ?? []) {
    if (severity !== 'error' || base.has(key)) continue
    const holds = expression === undefined ? 'it has no FHIRPath expression' : around.compiler(expression)
    if (typeof holds === 'string') not(element.id, key, holds)
    else all.push({ key, human, holds })
  }
  if (all.length === 0) return undefined
  return { base: choice ? undefined : startOf(element), all }
}

// FHIRPath knows the type of a value by the path from which it starts: an extension's value can be of any data type.
function startOf({ path, base, type }: SnapshotElement): string {
  const code = type?.[0]?.code
  if (code === undefined || code === 'BackboneElement' || code === 'Element') return base?.path ?? path
  return code.startsWith('http:') ? path : `Extension.value${capital(code)}`
}

function asksAnything(it: Node): boolean {
  const { min, max, fixed, pattern, binding, targets, children, slicing, invariants, support, choices } = it
  if (min > 0 || max !== Number.POSITIVE_INFINITY || support !== -1 || children.length > 0) return true
  if (fixed || pattern || binding || targets || slicing || invariants) return true
  return choices?.some(({ allowed, support: flagged }) => !allowed || flagged !== -1) ?? false
}
