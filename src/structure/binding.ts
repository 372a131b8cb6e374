import { isNode, type Node } from './invariants/node.ts'

/**
 * Whether a Coding, or one coding of a CodeableConcept, may be of a required value set: by its code, systems are not compared. Text alone is no concept
 * of a value set. Where an extension takes the place of a code, nothing can be said against it.
 */
export function binds(codes: ReadonlySet<string>, node: Node): boolean {
  const { coding } = node
  if (!Array.isArray(coding)) return isBound(codes, node)
  return coding.some((it) => !isNode(it) || isBound(codes, it))
}

function isBound(codes: ReadonlySet<string>, { code, _code, extension }: Node): boolean {
  if (typeof code === 'string') return codes.has(code)
  return extension !== undefined || _code !== undefined
}
