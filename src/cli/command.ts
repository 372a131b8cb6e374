import type { Options, PositionalOptions } from 'yargs'
import type { Io } from './terminal/io.ts'

/** The arguments of a command line. */
export interface Args {
  text(name: string): string | undefined
  texts(name: string): readonly string[]
  flag(name: string): boolean
}

/** One command of `bulkcheck`. */
export interface Command {
  /** Name and positional arguments, in the notation of yargs. */
  readonly usage: string
  readonly describe: string
  readonly positionals?: Readonly<Record<string, PositionalOptions>>
  readonly options: Readonly<Record<string, Options>>
  readonly examples: readonly (readonly [command: string, says: string])[]
  /** Resolves to the exit code. */
  perform(args: Args, io: Io): Promise<number>
}

/** Parsed arguments, by the names of options as the command line has them. */
export function argsOf(parsed: Readonly<Record<string, unknown>>): Args {
  return {
    text(name) {
      const value = parsed[name]
      return value === undefined ? undefined : String(value)
    },
    texts: (name) => [parsed[name] ?? []].flat().map(String),
    flag: (name) => parsed[name] === true,
  }
}
