import type { Node } from './invariants/node.ts'
import { isNode } from './invariants/node.ts'

/**
 * Whether a Coding, CodeableConcept or Quantity may have a code of a required value set. Systems are not compared. Where an extension takes the place
 * of a code, nothing can be said against it.
 */
export function binds(codes: ReadonlySet<string>, node: Node): boolean {
  if (!('coding' in node)) {
    // Without code it is no concept of the set; text alone is none either.
    if (typeof node.code === 'string') return codes.has(node.code)
    return node.extension !== undefined || node._code !== undefined || !mustHaveCode(node)
  }
  const { coding } = node
  if (!Array.isArray(coding)) return true
  for (const it of coding) {
    if (!isNode(it)) return true
    if (typeof it.code === 'string' ? codes.has(it.code) : hasExtension(it)) return true
  }
  return false
}

function hasExtension(coding: Node): boolean {
  return coding.extension !== undefined || coding._code !== undefined
}

// A Quantity may do without a code: its unit is what is bound.
function mustHaveCode(node: Node): boolean {
  return node.value === undefined && node._value === undefined && node.unit === undefined
}
