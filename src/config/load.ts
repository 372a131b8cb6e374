import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, extname, join, relative, resolve } from 'node:path'
import { ConfigError } from './error.ts'
import { fileErrorReason } from '../storage/file-error.ts'
import type { Config } from './public.ts'

/** Names of configuration files; the first that exists is used. */
const configFileNames = ['ts', 'js', 'mjs', 'json', 'yaml', 'yml'].map((it) => `harness.config.${it}`)

/** A configuration and where it was found. */
export interface LoadedConfig {
  /** For display, relative to the working directory. */
  readonly file: string
  /** Absolute; paths in the configuration are relative to it. */
  readonly folder: string
  readonly config: Config
}

/** The given configuration file, or else the one in `cwd`; `undefined` if there is none. Throws ConfigError. */
export async function loadConfig(cwd: string, named?: string): Promise<LoadedConfig | undefined> {
  const found = named ?? configFileNames.find((it) => existsSync(join(cwd, it)))
  if (found === undefined) return undefined
  const path = resolve(cwd, found)
  const file = relative(cwd, path) || found
  if (!existsSync(path)) throw new ConfigError(`the configuration file ${file} does not exist`)
  const value = ['.json', '.yaml', '.yml'].includes(extname(path))
    ? await readData(path, file)
    : await readCode(path, file)
  // Loaded only where there is a configuration: it takes time to load.
  const { configProblems } = await import('./schema-problems.ts')
  const problems = configProblems(value)
  if (problems.length > 0) throw new ConfigError(problems.map((it) => `${file}: ${it}`))
  return { file, folder: dirname(path), config: value as Config }
}

async function readData(path: string, file: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new ConfigError(`${file} cannot be read: ${fileErrorReason(error)}`)
  })
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text, { prettyErrors: true, merge: false })
  const problems = document.errors.map(
    ({ linePos, code }) =>
      `${file}:${linePos?.[0].line ?? 1}:${linePos?.[0].col ?? 1} this is not YAML or JSON (${code})`,
  )
  if (problems.length > 0) throw new ConfigError(problems)
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    // It throws only for an alias.
    throw new ConfigError(`${file}: aliases (\`*name\`) are not supported`)
  }
}

async function readCode(path: string, file: string): Promise<unknown> {
  // A configuration can import `bulkcheck` in a clone too, and where npx started it without installing.
  const entry = join(import.meta.dirname, `public${extname(import.meta.filename)}`)
  const { createJiti } = await import('jiti')
  const jiti = createJiti(import.meta.url, {
    alias: { bulkcheck: entry },
    fsCache: false,
    moduleCache: false,
  })
  try {
    return await jiti.import(path, { default: true })
  } catch (error) {
    throw new ConfigError(loadProblem(error, path, file))
  }
}

/** What is wrong, with the place in this file or in one that it imports. Of the message only the first line: what follows in errors of parsers quotes the file. */
function loadProblem(error: unknown, path: string, file: string): string {
  if (!(error instanceof Error)) return `${file} cannot be loaded: it throws something that is not an Error`
  const [first = '', second = ''] = error.message.split('\n')
  const message = first
    .replace(/^ParseError: /, '')
    .trim()
    .slice(0, 200)
  const parsed = /^ *(.+):(\d+):(\d+)$/.exec(second)
  if (first.startsWith('ParseError: ') && parsed)
    // The parser counts columns from 0.
    return `${placeOf(parsed, path, file)}:${Number(parsed[3]) + 1} this is not JavaScript or TypeScript: ${message}`
  const frame = /^ +at (?:.*\()?(?:file:\/\/)?(\/.+|[A-Z]:.+):(\d+):(\d+)\)?$/m.exec(error.stack ?? '')
  // Its column is one of the code that jiti made of the file.
  return frame && resolve(frame[1] ?? '') === path
    ? `${placeOf(frame, path, file)} the configuration cannot be loaded: ${message}`
    : `${file} cannot be loaded: ${message}`
}

/** `file:line`, where the file is relative to the folder that the configuration file is relative to. */
function placeOf([, at = '', line]: RegExpExecArray, path: string, file: string): string {
  return `${resolve(at) === path ? file : join(dirname(file), relative(dirname(path), at))}:${line}`
}
