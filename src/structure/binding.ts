import { isNode, type Node } from './invariants/node.ts'

/** Codes of a required value set, and their system if they are of one. */
export interface Bound {
  readonly codes: ReadonlySet<string>
  readonly system: string | undefined
}

/**
 * Whether a Coding, or one coding of a CodeableConcept, may be of a required value set: by its code, and by its system if it has one. Text alone is no
 * concept of a value set. Where an extension takes the place of a code, nothing can be said against it.
 */
export function binds(bound: Bound, node: Node): boolean {
  const { coding } = node
  if (!Array.isArray(coding)) return isBound(bound, node)
  return coding.some((it) => !isNode(it) || isBound(bound, it))
}

function isBound({ codes, system }: Bound, node: Node): boolean {
  const { code, _code, extension } = node
  if (typeof code !== 'string') return extension !== undefined || _code !== undefined
  const another = system !== undefined && typeof node.system === 'string' && node.system !== system
  return codes.has(code) && !another
}
