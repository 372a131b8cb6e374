import {
  type Document,
  LineCounter,
  type Node,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  visit,
} from 'yaml'
import type { SuiteProblem } from './problem.ts'

/** Where a value is inside a file: keys and positions from the outside in. */
export type ValuePath = readonly (string | number)[]

/** A file of YAML that is a spelling of JSON, and where everything in it stands. */
export interface YamlSource {
  readonly file: string
  /** Plain data; `undefined` if there are problems. */
  readonly data: unknown
  readonly problems: readonly SuiteProblem[]
  /** A problem with the key at the end of a path, or with its value. A path that is not there stands for its innermost part that is. */
  problem(path: ValuePath, of: 'key' | 'value', message: string): SuiteProblem
}

/** Parses YAML in the core schema without anchors, aliases, tags, merges or repeated keys. JSON is YAML. Never throws. */
export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    prettyErrors: false,
    lineCounter: lines,
    logLevel: 'silent',
  })
  const at = (offset: number, message: string): SuiteProblem => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message }
  }
  const problems = [
    ...[...document.errors, ...document.warnings].map((it) =>
      at(it.pos[0], yamlErrorMessage(it.code, it.message)),
    ),
    ...forbiddenFeatures(document).map(({ offset, message }) => at(offset, message)),
  ]
  return {
    file,
    data: problems.length > 0 ? undefined : document.toJS(),
    problems,
    problem: (path, of, message) => at(offsetOf(document, path, of), message),
  }
}

function yamlErrorMessage(code: string, message: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'duplicate key'
    case 'MULTIPLE_DOCS':
      return 'a file must contain one document; this begins another'
    case 'TAB_AS_INDENT':
      return 'YAML is indented with spaces; this is a tab'
    case 'TAG_RESOLVE_FAILED':
      return 'tags are not allowed in suites'
    default: {
      const sentence = message.split('\n')[0] ?? ''
      return `this is not valid YAML: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
    }
  }
}

function forbiddenFeatures(
  document: Document,
): readonly { readonly offset: number; readonly message: string }[] {
  const found: { offset: number; message: string }[] = []
  const add = (node: Node, message: string) => {
    found.push({ offset: node.range?.[0] ?? 0, message })
  }
  visit(document, {
    Alias: (_, node) => add(node, 'aliases are not allowed in suites; write the value out'),
    Value: (_, node) => {
      if (node.tag) add(node, 'tags are not allowed in suites')
      if (node.anchor) add(node, 'anchors are not allowed in suites; write the value out where it is used')
    },
    Pair: (_, pair) => {
      if (isNode(pair.key) && !(isScalar(pair.key) && typeof pair.key.value === 'string'))
        add(pair.key, 'a key must be a string; put it in quotes')
    },
  })
  return found
}

function offsetOf(document: Document, path: ValuePath, of: 'key' | 'value'): number {
  let node: unknown = document.contents
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((it) => isScalar(it.key) && it.key.value === part)
      if (!pair) return offset
      const key = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
      node = pair.value
      const last = depth === path.length - 1
      // An empty value stands where its key does.
      const empty = !isNode(node) || (isScalar(node) && node.value === null && !node.source)
      offset = (last && of === 'key') || empty ? key : offsetOfNode(node, key)
    } else if (isSeq(node)) {
      node = node.items[Number(part)]
      offset = offsetOfNode(node, offset)
    } else return offset
  }
  return offset
}

function offsetOfNode(node: unknown, otherwise: number): number {
  return isNode(node) ? (node.range?.[0] ?? otherwise) : otherwise
}
