import { type ArrowFunctionExpression, type Function as FunctionNode, type Node, Visitor } from 'oxc-parser'
import type { Finding } from './finding.ts'
import { isTest, lineAt, type Source } from './source.ts'

const mostLines = 60

/** Functions, not those within others, whose body is too long from brace to brace and reassigns a `let` of its own or of a function in it. */
export function longFunctions(sources: readonly Source[]): readonly Finding[] {
  return sources.filter((it) => !isTest(it)).flatMap(longFunctionsOf)
}

type AnyFunction = FunctionNode | ArrowFunctionExpression

function longFunctionsOf(source: Source): readonly Finding[] {
  const found: Finding[] = []
  const names: string[] = []
  let depth = 0
  // What the outermost function does; variables are distinguished by their names.
  const lets = new Set<string>()
  const assigned = new Set<string>()

  const name = (it: Node) => names.push(it.type === 'Identifier' ? it.name : 'anonymous')
  const unname = () => names.pop()
  const assign = (target: Node) => {
    for (const it of namesIn(target)) assigned.add(it)
  }
  const enter = () => {
    depth += 1
    if (depth > 1) return
    lets.clear()
    assigned.clear()
  }
  const leave = (it: AnyFunction) => {
    depth -= 1
    const reassigned = [...lets].filter((each) => assigned.has(each))
    if (depth > 0 || reassigned.length === 0) return
    const lines = it.body ? lineAt(source, it.body.end) - lineAt(source, it.body.start) + 1 : 0
    if (lines > mostLines) found.push(finding(source, it, names.at(-1), lines, reassigned))
  }

  new Visitor({
    FunctionDeclaration: enter,
    'FunctionDeclaration:exit': leave,
    FunctionExpression: enter,
    'FunctionExpression:exit': leave,
    ArrowFunctionExpression: enter,
    'ArrowFunctionExpression:exit': leave,
    VariableDeclarator: ({ id }) => name(id),
    'VariableDeclarator:exit': unname,
    MethodDefinition: ({ key }) => name(key),
    'MethodDefinition:exit': unname,
    PropertyDefinition: ({ key }) => name(key),
    'PropertyDefinition:exit': unname,
    VariableDeclaration: ({ kind, declarations }) => {
      if (kind === 'let') for (const { id } of declarations) for (const it of namesIn(id)) lets.add(it)
    },
    AssignmentExpression: ({ left }) => assign(left),
    UpdateExpression: ({ argument }) => assign(argument),
    ForOfStatement: ({ left }) => assign(left),
    ForInStatement: ({ left }) => assign(left),
  }).visit(source.parsed.program)
  return found
}

function finding(
  source: Source,
  it: AnyFunction,
  name: string | undefined,
  lines: number,
  reassigned: readonly string[],
): Finding {
  const called = it.id?.name ?? name ?? 'anonymous'
  return {
    rule: 'longFunction',
    key: `${source.path}#${called}`,
    where: `${source.path}:${lineAt(source, it.start)}`,
    says: `${called} has ${lines} lines, more than ${mostLines}, and reassigns ${reassigned.join(', ')}.`,
    todo: 'Split it, or give its state a small type of its own.',
  }
}

/** The variables that a pattern names: `[a, { b }]` names a and b, `a.b` none. */
function namesIn(pattern: Node | null): readonly string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ArrayPattern':
      return pattern.elements.flatMap(namesIn)
    case 'ObjectPattern':
      return pattern.properties.flatMap((it) => namesIn(it.type === 'Property' ? it.value : it.argument))
    case 'AssignmentPattern':
      return namesIn(pattern.left)
    case 'RestElement':
      return namesIn(pattern.argument)
    default:
      return []
  }
}
