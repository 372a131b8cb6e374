import type { TypeDefinition } from '../model.ts'
import type { SearchParameter, SearchParameters } from '../search-parameters.ts'
import type { R4SearchParameter } from './package.ts'

type Kind = SearchParameter['kind']

/** How values of a type compare, by the type of the search parameter. */
const kinds: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  token: {
    boolean: 'code',
    code: 'code',
    id: 'code',
    string: 'code',
    Coding: 'token',
    CodeableConcept: 'token',
    Identifier: 'token',
  },
  date: { date: 'date', dateTime: 'date', instant: 'date', Period: 'date' },
  string: { string: 'string', markdown: 'string' },
  number: { decimal: 'number', integer: 'number', positiveInt: 'number', unsignedInt: 'number' },
  quantity: {
    Quantity: 'quantity',
    Age: 'quantity',
    Count: 'quantity',
    Distance: 'quantity',
    Duration: 'quantity',
  },
  reference: { Reference: 'reference', canonical: 'canonical', uri: 'uri' },
  uri: { uri: 'uri', url: 'uri', oid: 'uri', canonical: 'canonical' },
}

/** Kinds that one parameter may have side by side, and the one that compares both. */
const joined: readonly (readonly [Kind, Kind, Kind])[] = [
  ['code', 'token', 'token'],
  ['canonical', 'uri', 'canonical'],
]

/** The texts of a name that R4 lets a string parameter search together. */
const partsOfName = ['family', 'given', 'prefix', 'suffix', 'text']

interface Leaf {
  readonly path: string
  readonly type: string
  /** Of a Reference: the types that it may lead to; absent if any. */
  readonly targets?: readonly string[]
}

interface Branch {
  readonly leaves: readonly Leaf[]
  readonly target?: string
}

/** The search parameters of the specification whose expressions are paths, by type and name. */
export function compileSearchParameters(
  definitions: readonly R4SearchParameter[],
  types: readonly TypeDefinition[],
): SearchParameters {
  const byName = new Map(types.map((it) => [it.name, it]))
  const bases = ['Resource', ...types.filter((it) => it.kind === 'resource').map((it) => it.name)]
  const found = new Map<string, Map<string, SearchParameter | undefined>>(bases.map((it) => [it, new Map()]))
  for (const definition of definitions) {
    if (!isOfR4(definition.url)) continue
    for (const base of definition.base ?? []) {
      const own = found.get(base)
      // Two definitions of one name mean different things: which one a server has, its queries do not say.
      own?.set(definition.code, own.has(definition.code) ? undefined : compiled(definition, base, byName))
    }
  }
  return Object.fromEntries(
    [...found].map(([base, own]) => [
      base,
      Object.fromEntries([...own].flatMap(([name, it]) => (it ? [[name, it] as const] : []))),
    ]),
  )
}

/** The package has examples of search parameters as well. */
function isOfR4(url: string): boolean {
  return /^http:\/\/hl7\.org\/fhir\/SearchParameter\/(?!example(-|$))/.test(url)
}

function compiled(
  { expression = '', type, target: targets }: R4SearchParameter,
  base: string,
  types: ReadonlyMap<string, TypeDefinition>,
): SearchParameter | undefined {
  const own = expression
    .split('|')
    .map((it) => it.trim())
    .filter((it) => new RegExp(`^\\(?${base}\\.`).test(it))
  const branches = own.map((it) => branchOf(it, types))
  if (branches.length === 0 || !branches.every((it) => it !== undefined)) return undefined
  const leaves = branches.flatMap((it) => it.leaves).flatMap((it) => searchedTexts(it, type))
  const kindOf = (it: Leaf) => kinds[type]?.[it.type]
  const kind = commonKind(leaves.flatMap((it) => kindOf(it) ?? []))
  const branchTargets = new Set(branches.map((it) => it.target))
  if (!kind || branchTargets.size > 1) return undefined
  const target = [...branchTargets][0] ?? onlyTarget(leaves, targets)
  const unclear = leaves.filter((it) => !kindOf(it)).map((it) => it.path)
  return {
    kind,
    paths: leaves.filter(kindOf).map((it) => it.path),
    ...(unclear.length > 0 && { unclear }),
    ...(kind === 'reference' && target !== undefined && { target }),
  }
}

/** The only type that both the elements and the search parameter name. */
function onlyTarget(leaves: readonly Leaf[], targets: readonly string[] | undefined): string | undefined {
  const references = leaves.filter((it) => it.type === 'Reference')
  const named = references.every((it) => it.targets) ? references.flatMap((it) => it.targets ?? []) : targets
  const both = new Set(named?.filter((it) => targets?.includes(it) ?? true))
  return both.size === 1 ? [...both][0] : undefined
}

function searchedTexts(leaf: Leaf, type: string): readonly Leaf[] {
  if (type !== 'string' || leaf.type !== 'HumanName') return [leaf]
  return partsOfName.map((it) => ({ path: `${leaf.path}.${it}`, type: 'string' }))
}

function commonKind(all: readonly Kind[]): Kind | undefined {
  const distinct = [...new Set(all)].sort()
  if (distinct.length < 2) return distinct[0]
  return joined.find(([a, b]) => distinct.join() === [a, b].join())?.[2]
}

/** What a branch of an expression leads to; `undefined` if it is more than a path, casts, and the type that a reference leads to. */
function branchOf(text: string, types: ReadonlyMap<string, TypeDefinition>): Branch | undefined {
  const [, path = '', target] = /^(.*?)(?:\.where\(resolve\(\) is (\w+)\))?$/.exec(text) ?? []
  const steps = path
    .replace(/^\(([\w.]+) as (\w+)\)/, '$1.as($2)')
    .replace(/^([\w.]+) as (\w+)$/, '$1.as($2)')
    .replace(/\.ofType\(/g, '.as(')
  if (!/^\w+(\.(as\(\w+\)|\w+))+$/.test(steps)) return undefined
  const [root = '', ...rest] = steps.split('.')
  // Every resource has the elements of Resource.
  let leaves: readonly Leaf[] = [{ path: '', type: root === 'Resource' ? 'Patient' : root }]
  for (const step of rest) {
    const cast = /^as\((\w+)\)$/.exec(step)?.[1]?.toLowerCase()
    leaves = cast
      ? leaves.filter((it) => it.type.toLowerCase() === cast)
      : leaves.flatMap((it) => membersOf(it, step, types))
  }
  return leaves.length > 0 ? { leaves, ...(target !== undefined && { target }) } : undefined
}

function membersOf(from: Leaf, name: string, types: ReadonlyMap<string, TypeDefinition>): readonly Leaf[] {
  const { elements = [], choices = [] } = types.get(from.type) ?? {}
  return elements
    .filter((it) => it.name === name || (it.choice !== undefined && choices[it.choice]?.name === name))
    .map((it) => ({
      path: from.path ? `${from.path}.${it.name}` : it.name,
      type: it.type,
      ...(it.targets && { targets: it.targets }),
    }))
}
