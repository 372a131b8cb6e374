import { r4Model } from '../../r4/load.ts'
import type { ElementDefinition, TypeDefinition } from '../../r4/model.ts'

/** A JSON object that may be changed. */
export type Node = Record<string, unknown>

/** An object within a resource. */
export interface Site {
  /** Names and indices that lead there. */
  readonly steps: readonly (string | number)[]
  /** As findings write it. */
  readonly path: string
  readonly type: TypeDefinition
  /** The element that it stands in, by the name of the type that has it: `Organization telecom`. */
  readonly element: string
  readonly node: Node
  /** Steps to the resource that it is part of: more than none within contained resources and Bundles. */
  readonly resource: readonly (string | number)[]
}

/** Narrows to a JSON object. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** All objects of a resource, itself first, in the order of the document. */
export function sitesOf(resource: Node): readonly Site[] {
  const sites: Site[] = []
  const { types } = r4Model()
  const visit = (site: Site): void => {
    sites.push(site)
    for (const element of site.type.elements) {
      const primitive = types[element.type] === undefined && element.type !== 'Resource'
      enter(site, primitive ? `_${element.name}` : element.name, element)
    }
  }
  const enter = (site: Site, name: string, element: ElementDefinition): void => {
    const value = site.node[name]
    const items = Array.isArray(value)
      ? value.map((it, i) => [it, [name, i]] as const)
      : [[value, [name]] as const]
    for (const [node, steps] of items) {
      if (!isNode(node)) continue
      const own = element.type === 'Resource' ? String(node.resourceType) : undefined
      const type = types[own ?? (name === element.name ? element.type : 'Element')]
      if (!type) continue
      const at = [...site.steps, ...steps]
      const path = `${site.path}.${element.name}${own ? `(${own})` : ''}`
      visit({
        steps: at,
        path,
        type,
        element: `${site.type.name} ${name}`,
        node,
        resource: own ? at : site.resource,
      })
    }
  }
  const type = types[String(resource.resourceType)]
  if (type) visit({ steps: [], path: type.name, type, element: '', node: resource, resource: [] })
  return sites
}

/** The object at some steps. */
export function nodeAt(root: Node, steps: readonly (string | number)[]): Node {
  return steps.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], root) as Node
}

/** A copy of a resource in which one object was changed. */
export function changed(root: Node, steps: readonly (string | number)[], change: (node: Node) => void): Node {
  const copy = structuredClone(root)
  change(nodeAt(copy, steps))
  return copy
}
