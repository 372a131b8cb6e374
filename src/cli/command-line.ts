import yargs, { type Argv } from 'yargs'
import { ConfigError, UsageError } from '../config/error.ts'
import { harnessVersion } from '../config/harness-package.ts'
import { ownFrames } from '../model/stack-frames.ts'
import { visibleLines } from '../report/visible-text.ts'
import { JournalError } from '../run/journal/journal-file.ts'
import { PartError } from '../run/shard/part-file.ts'
import { SuiteError } from '../suite/problem.ts'
import { didYouMean, joinNames, nearestName } from '../model/spelling.ts'
import { standardInput } from '../validate/standard-input.ts'
import { type Args, argsOf, type Command } from './command.ts'
import { endOnSignal, type Io, processIo, withoutSecrets } from './terminal/io.ts'

/** The commands; each is loaded only when it is used. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).runCommand,
  list: async () => (await import('./commands/list.ts')).listCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  lint: async () => (await import('./commands/lint.ts')).lintCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  selftest: async () => (await import('./commands/selftest.ts')).selftestCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  compare: async () => (await import('./commands/compare.ts')).compareCommand,
  cleanup: async () => (await import('./commands/cleanup.ts')).cleanupCommand,
  judge: async () => (await import('./commands/judge.ts')).judgeCommand,
  merge: async () => (await import('./commands/merge.ts')).mergeCommand,
  validate: async () => (await import('./commands/validate.ts')).validateCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  keygen: async () => (await import('./commands/keygen.ts')).keygenCommand,
}

const commandNames = [...Object.keys(loaders), 'completion']

/** Runs a command line and resolves to the exit code; README.md lists the exit codes. */
export async function main(argv: readonly string[], given: Io): Promise<number> {
  const io = withoutSecrets(given)
  try {
    const read = await parse(argv)
    if ('output' in read) {
      io.out(`${read.output}\n`)
      return 0
    }
    return await read.command.perform(read.args, io)
  } catch (error) {
    return reportError(error, io)
  }
}

/** Errors with messages for the user. */
const userErrors = [UsageError, ConfigError, SuiteError, PartError, JournalError]

function reportError(error: unknown, io: Io): number {
  if (userErrors.some((it) => error instanceof it)) {
    io.err(`${visibleLines((error as Error).message)}\n`)
    return 2
  }
  // The message is not shown: a foreign error may quote a token or a patient.
  const frames = error instanceof Error ? ownFrames(error) : undefined
  io.err(
    `bulkcheck ${harnessVersion} failed. This is a bug in bulkcheck; please report it with these lines:\n`,
  )
  io.err(`${frames ?? '    (no stack frames of bulkcheck)'}\n`)
  return 4
}

type CommandLine = { readonly output: string } | { readonly command: Command; readonly args: Args }

async function parse(given: readonly string[]): Promise<CommandLine> {
  const line = fullLine(given.map((it) => (it === '-' ? standardInput : it)))
  const load = loaders[line[0] ?? '']
  const loading = load ? [load] : line[0] === '--version' ? [] : Object.values(loaders)
  const commands = await Promise.all(loading.map((it) => it()))
  // yargs lays out the help of a command even if nobody asks for it, which takes longer than everything else.
  const helpful = !load || asksForHelp(line)
  const { chosen, output, problem } = await parseWithYargs(line, commands, helpful)
  // yargs prints the script, and then reports the word as an unknown argument.
  if (line.length === 1 && line[0] === 'completion' && output !== '') return { output }
  const command = commands.find((it) => nameOf(it) === line[0])
  if (problem !== undefined) throw new UsageError(explainProblem(problem, command, line))
  if (output !== '' || !chosen) return { output }
  refuseTwice(chosen.args, chosen.command)
  refuseEmpty(chosen.args, chosen.command)
  return chosen
}

/** A command line with its command: `run` unless one is named. Throws UsageError for an unknown command. */
function fullLine(argv: readonly string[]): readonly string[] {
  const [first] = argv
  if (first !== undefined && !first.startsWith('-') && !commandNames.includes(first))
    throw new UsageError(
      `unknown command \`${first}\`${didYouMean(first, commandNames) || `; the commands are ${joinNames(commandNames, 'and')}`}`,
    )
  const bare =
    first === undefined ||
    (first.startsWith('-') && !['--help', '-h', '--version', '--get-yargs-completions'].includes(first))
  if (bare) return ['run', ...argv]
  return first === 'completion' && asksForHelp(argv) ? ['--help'] : argv
}

function asksForHelp(line: readonly string[]): boolean {
  return line.includes('--help') || line.includes('-h')
}

/** What yargs made of a command line. */
interface YargsOutcome {
  chosen?: { readonly command: Command; readonly args: Args }
  /** What yargs would have printed. */
  output: string
  /** The first problem that yargs reported. */
  problem?: string
}

async function parseWithYargs(
  line: readonly string[],
  commands: readonly Command[],
  helpful: boolean,
): Promise<YargsOutcome> {
  const outcome: YargsOutcome = { output: '' }
  const parser = openParser(line, helpful).fail((message: string | null, error: Error | undefined) => {
    outcome.problem ??= message ?? error?.message ?? 'the command line cannot be read'
  })
  for (const command of commands)
    parser.command(
      command.usage,
      command.describe,
      (it) => withOptions(it, command, helpful),
      (parsed) => {
        outcome.chosen = { command, args: argsOf(parsed) }
      },
    )
  await parser.parseAsync([...line], {}, (_error: unknown, _parsed: unknown, text: string) => {
    outcome.output += text
  })
  return outcome
}

function openParser(line: readonly string[], helpful: boolean): Argv {
  return yargs([...line])
    .scriptName('bulkcheck')
    .locale('en')
    .exitProcess(false)
    .version(harnessVersion)
    .help()
    .alias('h', 'help')
    .wrap(helpful ? 100 : null)
    .strict()
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
    })
    .usage('bulkcheck tests servers for conformance with the Bulk Data Access IG and SMART Backend Services.')
    .epilogue(
      'Exit codes: 0 conformant, 1 a requirement is broken, 2 usage, configuration or suite error, 3 inconclusive or incomplete, 4 bug in bulkcheck.',
    )
    .completion('completion', 'Print a script that completes commands and options in bash and zsh')
}

function withOptions(parser: Argv, command: Command, helpful: boolean): Argv {
  for (const [name, options] of Object.entries(command.positionals ?? {})) parser.positional(name, options)
  if (helpful) for (const [line, says] of command.examples) parser.example(line, says)
  const options = Object.entries(command.options).map(([name, it]) => [name, { ...it, hidden: !helpful }])
  return parser.options(Object.fromEntries(options))
}

function nameOf(command: Command): string {
  return command.usage.split(' ')[0] ?? ''
}

/** A problem that yargs reports, in plain words, with the option that may have been meant. */
function explainProblem(problem: string, command: Command | undefined, line: readonly string[]): string {
  const options = Object.keys(command?.options ?? {})
  const unknown = /^Unknown arguments?: (.+)$/.exec(problem)?.[1]?.split(', ') ?? []
  if (unknown.length > 0)
    return unknown
      .map((name) => {
        if (!line.some((it) => it === `-${name}` || it.startsWith(`--${name}`)))
          return `unexpected argument \`${name}\``
        const secret = ['token', 'secret', 'password', 'bearer'].some((it) => name.includes(it))
        const near = nearestName(name, options)
        const why = secret
          ? '; pass secrets in environment variables or files, see the README'
          : near && `; did you mean \`--${near}\`?`
        return `unknown option \`--${name}\`${why || `; \`bulkcheck ${command ? `${nameOf(command)} ` : ''}--help\` lists all options`}`
      })
      .join('\n')
  const valueless = /^Not enough arguments following: (.+)$/.exec(problem)?.[1]
  if (valueless) return `\`--${valueless}\` needs a value`
  const missing = /^Missing required arguments?: (.+)$/.exec(problem)?.[1]
  if (missing) return `\`--${missing}\` is required`
  const operand = /<(\w+)/.exec(command?.usage ?? '')?.[1] ?? 'name'
  if (problem.startsWith('Not enough non-option arguments') && command)
    return `missing argument <${operand}>: \`bulkcheck ${command.usage}\``
  return problem
}

function refuseTwice(args: Args, command: Command): void {
  const twice = Object.entries(command.options).filter(
    ([name, it]) => !it.array && args.texts(name).length > 1,
  )
  if (twice.length > 0) throw new UsageError(twice.map(([name]) => `\`--${name}\` is given twice`).join('\n'))
}

function refuseEmpty(args: Args, command: Command): void {
  const empty = Object.keys(command.options).filter((name) => args.texts(name).includes(''))
  if (empty.length > 0) throw new UsageError(empty.map((name) => `\`--${name}\` needs a value`).join('\n'))
}

/** Runs the command line of this process and ends it. */
export async function runProcess(): Promise<void> {
  const io = processIo()
  endOnSignal(io)
  // Node would print the error, which may quote a token or a patient.
  process.on('uncaughtException', (error) => process.exit(reportError(error, withoutSecrets(io))))
  const code = await main(process.argv.slice(2), io)
  // An open connection or worker must not keep the process alive.
  process.stdout.write('', () => process.exit(process.exitCode ?? code))
}
