import { r4Model } from '../../r4/load.ts'
import { minimalOf, put } from './minimal.ts'
import { isNode, type Node } from './sites.ts'

/** A small resource that has an object of the type given, or an element as `Type element`. */
export function synthetic(key: string): Node | undefined {
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
