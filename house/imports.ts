import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { type Expression, Visitor } from 'oxc-parser'
import { folderOf, lineAt, type Source } from './source.ts'

/** One import, re-export, dynamic import or import of a type. */
export interface Import {
  readonly from: Source
  readonly line: number
  /** What is written there: `../model/key.ts`, `ajv/dist/2020.js`. */
  readonly name: string
}

/** Everything that a file imports, types included. */
export function importsOf(from: Source): readonly Import[] {
  const found: Import[] = []
  const add = (name: unknown, offset: number) => {
    if (typeof name === 'string') found.push({ from, line: lineAt(from, offset), name })
  }
  new Visitor({
    ImportDeclaration: (it) => add(it.source.value, it.start),
    ExportNamedDeclaration: (it) => add(it.source?.value, it.start),
    ExportAllDeclaration: (it) => add(it.source.value, it.start),
    ImportExpression: (it) => add(textOf(it.source), it.start),
    TSImportType: (it) => add(it.source.value, it.start),
    TSExternalModuleReference: (it) => add(it.expression.value, it.start),
  }).visit(from.parsed.program)
  return found
}

function textOf(expression: Expression): string | undefined {
  return expression.type === 'Literal' && typeof expression.value === 'string' ? expression.value : undefined
}

/** The path below the root that a relative import means, undefined for a package. */
export function targetOf({ from, name }: Import): string | undefined {
  return name.startsWith('.') ? posix.join(folderOf(from.path), name) : undefined
}

/** The package that an import means, undefined for files of ours and for what Node brings. */
export function packageOf({ name }: Import): string | undefined {
  if (name.startsWith('.') || isBuiltin(name)) return undefined
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}
