import { r4Model } from '../../r4/load.ts'
import type { ElementDefinition, TypeDefinition } from '../../r4/model.ts'
import { put } from './minimal.ts'
import { isNode, type Node, type Site } from './sites.ts'

/** Something done to an object. */
export interface Change {
  readonly how: string
  /** How many objects lie between that object and the element that changes. */
  readonly depth: number
  readonly apply: (node: Node) => void
}

const deepest = 3

/** What may be done to an object, and to those within it, with the elements that an expression names: one thing, then two at once. */
export function* changesFor({ node, type }: Site, expression: string): Generator<Change> {
  // Expressions compare quantities without naming their values, and codings without naming their codes.
  const words = new Set([...(expression.match(/[A-Za-z]\w*/g) ?? []), 'value', 'code'])
  const literals = [...expression.matchAll(/'([^']*)'/g)].map((it) => it[1] ?? '')
  const singles = changesOf(node, type, { words, literals, depth: 0 }).toSorted((a, b) => a.depth - b.depth)
  yield* singles
  for (const [i, first] of singles.entries())
    for (const second of singles.slice(i + 1))
      yield {
        how: `${first.how}, ${second.how}`,
        depth: second.depth,
        apply: (it) => {
          first.apply(it)
          second.apply(it)
        },
      }
}

interface Naming {
  readonly words: ReadonlySet<string>
  readonly literals: readonly string[]
  readonly depth: number
}

function changesOf(node: Node, type: TypeDefinition, naming: Naming): readonly Change[] {
  const { types } = r4Model()
  return type.elements.flatMap((element) => {
    const { name, choice } = element
    const stem = choice === undefined ? name : (type.choices[choice]?.name ?? name)
    const value = node[name]
    const here =
      naming.words.has(stem) || naming.words.has(name) ? changesAt(node, element, naming.literals) : []
    if (value === undefined || naming.depth === deepest) return here
    const child: unknown = Array.isArray(value) ? value[0] : value
    const own = isNode(child) && element.type === 'Resource' ? String(child.resourceType) : element.type
    const within = types[own]
    if (!isNode(child) || !within) return here
    const deeper = changesOf(child, within, { ...naming, depth: naming.depth + 1 })
    return [
      ...here,
      ...deeper.map(
        ({ how, depth, apply }): Change => ({
          how: `${name}: ${how}`,
          depth: depth + 1,
          apply: (it) => {
            const at: unknown = Array.isArray(it[name]) ? (it[name] as unknown[])[0] : it[name]
            if (isNode(at)) apply(at)
          },
        }),
      ),
    ]
  })
}

function changesAt(node: Node, element: ElementDefinition, literals: readonly string[]): readonly Change[] {
  const { name, array, type } = element
  const value = node[name]
  const first: unknown = Array.isArray(value) ? value[0] : value
  const set = (how: string, to: unknown): Change => ({
    how: `${name} ${how}`,
    depth: 0,
    apply: (it) => {
      it[name] = array ? [to] : to
    },
  })
  const changes: Change[] = []
  if (value === undefined) changes.push({ how: `${name} put in`, depth: 0, apply: (it) => put(it, element) })
  else if (element.min === 0)
    changes.push({
      how: `${name} taken away`,
      depth: 0,
      apply: (it) => {
        delete it[name]
        delete it[`_${name}`]
      },
    })
  for (const other of others(element, literals)) if (other !== first) changes.push(set(`as ${other}`, other))
  if (type === 'boolean') changes.push(set('turned', first !== true))
  if (array && first !== undefined) {
    changes.push({
      how: `${name} repeated`,
      depth: 0,
      apply: (it) => {
        it[name] = structuredClone([first, first])
      },
    })
    if (isNode(first))
      changes.push({
        how: `${name} cut to one`,
        depth: 0,
        apply: (it) => (it[name] = [structuredClone(first)]),
      })
  }
  return changes
}

/** Other values of a primitive element, those first that an expression speaks of. */
function others({ type, codes: at }: ElementDefinition, literals: readonly string[]): readonly unknown[] {
  const codes = at === undefined ? undefined : r4Model().codes[at]
  switch (type) {
    case 'code':
      return codes
        ? [
            ...literals.filter((it) => codes.includes(it)),
            ...codes.filter((it) => !literals.includes(it)).slice(0, 4),
          ]
        : [...literals.slice(0, 6), 'x']
    case 'string':
    case 'uri':
      return [...literals.filter((it) => !/\s/.test(it)).slice(0, 4), '0', 'x']
    case 'decimal':
      return [-1, 0, 101, 1e9]
    case 'integer':
      return [-1, 5]
    case 'date':
    case 'dateTime':
      return ['1800', '2999']
    case 'instant':
      return ['1800-01-01T00:00:00Z', '2999-01-01T00:00:00Z']
    default:
      return []
  }
}
