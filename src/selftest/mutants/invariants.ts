import fhirpath, { type Model } from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import { r4Model } from '../../r4/load.ts'
import type { Invariant } from '../../r4/model.ts'
import { explain } from '../../structure/explain.ts'
import { judgedInvariants, walked } from '../../structure/invariants/index.ts'
import { type Change, changesFor } from './changes.ts'
import { extra } from './extra.ts'
import { minimalOf, put } from './minimal.ts'
import { changed, isNode, type Node, nodeAt, type Site, sitesOf } from './sites.ts'

/** A change to a valid resource that makes an invariant's expression false. */
export interface Broken {
  readonly base: Node
  readonly rule: string
  readonly path: string
  readonly how: string
  readonly steps: readonly (string | number)[]
  readonly apply: (node: Node) => void
}

interface Found {
  readonly base: Node
  readonly site: Site
}

const perInvariant = 2
const sitesTried = 6
const triesPerSite = 400

/** For each invariant that is judged, on each type that has it, changes after which its own FHIRPath expression says false. */
export function* brokenInvariants(bases: readonly Node[]): Generator<Broken> {
  const found = new Map<string, Found[]>()
  const note = (base: Node): void => {
    for (const site of sitesOf(base)) {
      for (const key of [site.type.name, elementKey(base, site)]) {
        const all = found.get(key)
        if (!all) found.set(key, [{ base, site }])
        else if (all.length < sitesTried && all.at(-1)?.base !== base) all.push({ base, site })
      }
    }
  }
  for (const base of [...extra, ...bases]) note(base)
  for (const { key, type, invariant } of places()) {
    if (!found.has(key)) {
      const base = synthetic(key)
      if (base && explain(base).length === 0) note(base)
    }
    let made = 0
    for (const { base, site } of found.get(key) ?? []) {
      const change = breaking(base, site, type, invariant)
      if (change) {
        const { how, apply } = change
        yield { base, rule: invariant.key, path: site.path, how, steps: site.steps, apply }
      }
      if (change && ++made === perInvariant) break
    }
  }
}

interface Place {
  /** A type, or an element as `Type.element`. */
  readonly key: string
  /** What FHIRPath takes the object to be. */
  readonly type: string
  readonly invariant: Invariant
}

// What the walk judges itself has changes of its own, that need no searching.
function places(): readonly Place[] {
  const { types, primitives } = r4Model()
  const all = Object.values(types).flatMap(({ name, invariants, elements }) => [
    ...invariants.map((invariant): Place => ({ key: name, type: name, invariant })),
    ...elements
      .filter((it) => !primitives.includes(it.type))
      .flatMap((it) =>
        (it.invariants ?? []).map(
          (invariant): Place => ({ key: `${name} ${it.name}`, type: it.type, invariant }),
        ),
      ),
  ])
  return all.filter(({ invariant: { key } }) => judgedInvariants.has(key) && !walked.includes(key))
}

function elementKey(base: Node, { steps }: Site): string {
  const names = steps.filter((it) => typeof it === 'string')
  const around = steps.slice(0, steps.lastIndexOf(names.at(-1) ?? ''))
  const owner = sitesOf(base).length > 0 && names.length > 0 ? ownerOf(base, around) : ''
  return `${owner} ${names.at(-1)}`
}

function ownerOf(base: Node, steps: readonly (string | number)[]): string {
  const { types } = r4Model()
  let type = types[String(base.resourceType)]
  let node: unknown = base
  for (const step of steps) {
    node = (node as Record<string | number, unknown>)[step]
    if (typeof step === 'number') continue
    const element = type?.elements.find((it) => it.name === step)
    type = types[element?.type ?? 'Element']
  }
  if (isNode(node) && typeof node.resourceType === 'string') return node.resourceType
  return type?.name ?? ''
}

function breaking(base: Node, site: Site, type: string, invariant: Invariant): Change | undefined {
  const holds = (resource: Node): boolean | undefined => {
    const root = nodeAt(resource, site.resource)
    const environment = { resource: root, rootResource: resource }
    try {
      const options = { traceFn: () => undefined }
      const path = { base: type, expression: invariant.expression }
      const [said] = fhirpath.evaluate(
        nodeAt(resource, site.steps),
        path,
        environment,
        r4 as Model,
        options,
      ) as unknown[]
      return said === undefined ? undefined : said === true
    } catch {
      // An expression that the change makes impossible to evaluate says nothing.
      return undefined
    }
  }
  if (holds(base) !== true) return undefined
  let tries = 0
  for (const change of changesFor(site, invariant.expression)) {
    if (++tries > triesPerSite) return undefined
    if (holds(changed(base, site.steps, change.apply)) === false) return change
  }
  return undefined
}

/** A small resource that has an object of the type given, or an element as `Type.element`. */
function synthetic(key: string): Node | undefined {
  const { types } = r4Model()
  const [name = '', last] = key.split(' ')
  const [root = '', ...names] = [...name.split('.'), ...(last ? [last] : [])]
  if (types[root]?.kind === 'datatype') {
    const element = types.Extension?.elements.find((it) => it.name === `value${root}`)
    if (!element || names.length > 1) return undefined
    const extension: Node = { url: 'http://example.org/x' }
    put(extension, element)
    const value = extension[element.name] as Node
    for (const it of names) grow(value, root, it)
    return { resourceType: 'Basic', extension: [extension], code: { text: 'x' } }
  }
  const resource = minimalOf(root)
  let node: Node | undefined = resource
  let type: string | undefined = root
  for (const it of names) {
    if (!node || !type) return undefined
    const grown: { node: Node; type: string } | undefined = grow(node, type, it)
    node = grown?.node
    type = grown?.type
  }
  return resource
}

function grow(node: Node, type: string, name: string): { node: Node; type: string } | undefined {
  const element = r4Model().types[type]?.elements.find((it) => it.name === name)
  if (!element) return undefined
  if (node[name] === undefined) put(node, element)
  const value = node[name]
  const child: unknown = Array.isArray(value) ? value[0] : value
  return isNode(child) ? { node: child, type: element.type } : undefined
}
