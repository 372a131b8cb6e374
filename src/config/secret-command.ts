import { execFile, spawnSync } from 'node:child_process'
import { basename } from 'node:path'

/** A program with its arguments, started without a shell in a folder; what it prints is the secret. */
export interface SecretCommand {
  readonly from: string
  readonly command: readonly string[]
  /** Absolute. */
  readonly folder: string
}

/** What a command printed, or why there is nothing: a sentence without anything of its output or its arguments. */
type CommandOutput = { readonly text: string } | { readonly problem: string }

const longestMs = 60_000
const mostBytes = 1 << 20

/** Runs a command and waits for it. What it writes to standard error is dropped. */
export function runSecretCommand(it: SecretCommand): CommandOutput {
  const [program = '', ...args] = it.command
  const { error, status, signal, stdout } = spawnSync(program, args, {
    cwd: it.folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: longestMs,
    maxBuffer: mostBytes,
  })
  return outputOf(it, { code: error ? codeOf(error) : (status ?? undefined), signal, stdout })
}

/** Runs a command again during a run. Never rejects. */
export function rerunSecretCommand(it: SecretCommand): Promise<CommandOutput> {
  const [program = '', ...args] = it.command
  return new Promise((resolve) => {
    const options = { cwd: it.folder, encoding: 'utf8', timeout: longestMs, maxBuffer: mostBytes } as const
    const child = execFile(program, args, options, (error, stdout) => {
      const signal = error?.signal ?? null
      resolve(outputOf(it, { code: error ? codeOf(error) : 0, signal, stdout }))
    })
    child.stdin?.end()
  })
}

function codeOf(error: Error): string | number | undefined {
  return (error as { code?: string | number | null }).code ?? undefined
}

function outputOf(
  { from, command }: SecretCommand,
  end: {
    readonly code: string | number | undefined
    readonly signal: string | null
    readonly stdout: string
  },
): CommandOutput {
  const { code, signal, stdout } = end
  const failed = (why: string) => ({
    problem: `${from}: the command \`${basename(command[0] ?? '')}\` ${why}`,
  })
  if (code === 'ENOENT') return failed('was not found')
  if (code === 'EACCES') return failed('cannot be executed')
  if (code === 'ETIMEDOUT' || signal === 'SIGTERM') return failed(`did not end within ${longestMs / 1000} s`)
  if (signal !== null) return failed(`was ended by ${signal}`)
  if (code === 'ENOBUFS' || code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return failed('printed too much')
  if (code !== 0)
    return failed(typeof code === 'number' ? `ended with exit code ${code}` : 'cannot be started')
  const text = stdout.trim()
  return text === '' ? failed('printed nothing') : { text }
}
