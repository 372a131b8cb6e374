import { isNode, type Node } from './invariants/node.ts'

/**
 * Whether a Coding, or one coding of a CodeableConcept, may be of a required value set: by its code and, where all codes are of one system, by its own if
 * it has one. Text alone is no concept of a value set. Where an extension takes the place of a code, nothing can be said against it.
 */
export function binds(codes: ReadonlySet<string>, system: string | undefined, node: Node): boolean {
  const { coding } = node
  if (!Array.isArray(coding)) return isBound(codes, system, node)
  return coding.some((it) => !isNode(it) || isBound(codes, system, it))
}

function isBound(codes: ReadonlySet<string>, system: string | undefined, node: Node): boolean {
  const { code, _code, extension } = node
  if (typeof code !== 'string') return extension !== undefined || _code !== undefined
  const another = system !== undefined && typeof node.system === 'string' && node.system !== system
  return codes.has(code) && !another
}
