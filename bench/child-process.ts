import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProcessMeasurement } from './measurement.ts'

const built = fileURLToPath(new URL('.', import.meta.url))

/** The built command line of bulkcheck. */
export const cliPath = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** Runs one of the bench's programs in its own process and resolves to the measurement that it prints. */
export async function runProgram(program: string, args: readonly string[]): Promise<ProcessMeasurement> {
  const { output, code } = await finished(start([join(built, `${program}.js`), ...args]))
  try {
    return JSON.parse(output.trim().split('\n').at(-1) ?? '') as ProcessMeasurement
  } catch {
    throw new Error(
      `${program} ${args.join(' ')} ended with ${code} and printed no measurement:\n${output.slice(-1000)}`,
    )
  }
}

/** Throws unless a process ended with the right exit code: the time of a wrong run has no meaning. */
export function expectCode(right: number, code: number | undefined, output = ''): void {
  if (code !== right)
    throw new Error(`a process ended with ${code} instead of ${right}:\n${output.slice(-4000)}`)
}

/** Time and memory of a whole process. */
export interface ProcessCost {
  readonly ms: number
  /** Peak memory of all its threads, in bytes. */
  readonly peak: number
  /** Processor time of all its threads. */
  readonly processorMs: number
}

/** Measures bulkcheck in its own process, from start to end. */
export async function measureProcess(args: readonly string[], right = 0): Promise<ProcessCost> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-bench-'))
  const peakFile = join(folder, 'peak')
  try {
    const begun = performance.now()
    const child = start(['--import', join(built, 'peak.js'), cliPath, ...args], folder, {
      BENCH_PEAK: peakFile,
    })
    const { output, code } = await finished(child)
    const ms = performance.now() - begun
    expectCode(right, code, output)
    return { ms, ...(JSON.parse(readFileSync(peakFile, 'utf8')) as Omit<ProcessCost, 'ms'>) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Milliseconds that bulkcheck takes in its own process, from start to end. */
export async function timeProcess(args: readonly string[]): Promise<number> {
  return await timeToExit([cliPath, ...args])
}

/** Milliseconds that a client takes to request an export and download its files, to `folder` if given. */
export async function timeDownload(url: string, folder?: string): Promise<number> {
  return await timeToExit([join(built, 'download.js'), url, ...(folder === undefined ? [] : [folder])])
}

async function timeToExit(args: readonly string[]): Promise<number> {
  const begun = performance.now()
  const { output, code } = await finished(start(args))
  const ms = performance.now() - begun
  expectCode(0, code, output)
  return ms
}

/** A reference provider in its own process. */
export interface ServedProvider {
  readonly url: string
  stop(): Promise<void>
}

/** Serves exports of about so many gigabytes, without authorization, complete at the first status request. */
export async function serve(gigabytes: number): Promise<ServedProvider> {
  const child = start([
    cliPath,
    'serve',
    '--no-auth',
    '--port',
    '0',
    '--configuration',
    'instant',
    '--bulk',
    `${gigabytes}GB`,
  ])
  const url = await new Promise<string>((resolve, reject) => {
    let printed = ''
    child.stdout?.on('data', (chunk) => {
      printed += String(chunk)
      const [found] = /http:\/\/127\.0\.0\.1:\d+\/fhir/.exec(printed) ?? []
      if (found !== undefined) resolve(found)
    })
    child.once('exit', () => reject(new Error(`the provider did not start:\n${printed}`)))
  })
  return {
    url,
    async stop() {
      child.removeAllListeners('exit')
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}

function start(
  args: readonly string[],
  cwd = tmpdir(),
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function finished(child: ChildProcess): Promise<{ readonly output: string; readonly code: number }> {
  let output = ''
  const add = (chunk: unknown) => {
    output += String(chunk)
  }
  child.stderr?.on('data', add)
  child.stdout?.on('data', add)
  const [code] = (await once(child, 'close')) as [number | null]
  return { output, code: code ?? -1 }
}
