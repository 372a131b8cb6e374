import fhirpath, { type Model } from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import { r4Model } from '../../r4/load.ts'
import type { Invariant } from '../../r4/model.ts'
import { explain } from '../../structure/explain.ts'
import { judgedInvariants, walked } from '../../structure/invariants/index.ts'
import { type Change, changesFor } from './changes.ts'
import { extra } from './extra.ts'
import { changed, type Node, nodeAt, type Site, sitesOf } from './sites.ts'
import { synthetic } from './synthetic.ts'

/** A change to a valid resource, and what an invariant's own expression says of the result. */
export interface Trial {
  readonly base: Node
  readonly rule: string
  readonly path: string
  readonly how: string
  readonly steps: readonly (string | number)[]
  readonly apply: (node: Node) => void
  readonly holds: boolean
}

interface Found {
  readonly base: Node
  readonly site: Site
}

const perInvariant = 2
const sitesTried = 6
const triesPerSite = 400

/** For each invariant that is judged, on each type that has it, changes until its own FHIRPath expression has said false twice. */
export function* invariantTrials(bases: readonly Node[]): Generator<Trial> {
  const found = new Map<string, Found[]>()
  const note = (base: Node): void => {
    for (const site of sitesOf(base)) {
      for (const key of [site.type.name, site.element]) {
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
    let broken = 0
    for (const { base, site } of found.get(key) ?? []) {
      for (const { how, apply, holds } of tried({ base, site }, type, invariant)) {
        yield { base, rule: invariant.key, path: site.path, how, steps: site.steps, apply, holds }
        if (!holds) broken++
      }
      if (broken === perInvariant) break
    }
  }
}

interface Place {
  /** A type, or an element as `Type element`. */
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

/** Changes at a site up to the first that breaks the invariant; those of which its expression says neither true nor false are left out. */
function* tried(
  { base, site }: Found,
  type: string,
  { expression }: Invariant,
): Generator<Change & { readonly holds: boolean }> {
  const says = (resource: Node): unknown => {
    const environment = { resource: nodeAt(resource, site.resource) }
    const options = { traceFn: () => undefined }
    const node = nodeAt(resource, site.steps)
    try {
      const said = fhirpath.evaluate(node, { base: type, expression }, environment, r4 as Model, options)
      return (said as readonly unknown[])[0]
    } catch {
      // An expression that the change makes impossible to evaluate says nothing.
      return undefined
    }
  }
  if (says(base) !== true) return
  let tries = 0
  for (const change of changesFor(site, expression)) {
    if (++tries > triesPerSite) return
    const holds = says(changed(base, site.steps, change.apply))
    if (typeof holds === 'boolean') yield { ...change, holds }
    if (holds === false) return
  }
}
