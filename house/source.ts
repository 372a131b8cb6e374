import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { type ParseResult, parseSync } from 'oxc-parser'

/** A parsed file of ours. */
export interface Source {
  /** Below the root, with slashes: `src/probe/call.ts`. */
  readonly path: string
  readonly text: string
  readonly parsed: ParseResult
}

/** Reads and parses every TypeScript file in some folders below a root. */
export function readSources(root: string, folders: readonly string[]): readonly Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((it) => [folder, ...it.split(sep)].join('/'))
      .filter((it) => it.endsWith('.ts') && !it.split('/').some((part) => built.has(part)))
      .sort()
      .map((path) => source(path, readFileSync(join(root, path), 'utf8'))),
  )
}

const built = new Set(['dist', 'node_modules'])

/** Parses one file, given its path below the root and its text. */
export function source(path: string, text: string): Source {
  const parsed = parseSync(path, text)
  const [error] = parsed.errors
  if (error) throw new Error(`${path} cannot be parsed: ${error.message}`)
  return { path, text, parsed }
}

/** Whether a file holds tests. */
export function isTest({ path }: Source): boolean {
  return path.endsWith('.test.ts')
}

/** The line of an offset, counted from 1. */
export function lineAt({ text }: Source, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** How many lines a file has. */
export function linesOf({ text }: Source): number {
  return text.replace(/\n$/, '').split('\n').length
}

/** The folder of a path. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
