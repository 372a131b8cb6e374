import { readFile } from 'node:fs/promises'
import { fileTrouble } from '../config/error.ts'
import { levels } from '../model/requirement.ts'
import type { RunResult } from '../model/result.ts'
import { UsageError } from './command.ts'

const verdicts = ['pass', 'fail', 'inconclusive', 'not-applicable', 'error']

/** Reads a result that the json report wrote. Throws UsageError that says why a file is none. */
export async function readResult(path: string, name: string): Promise<RunResult> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${name} cannot be read: ${fileTrouble(error)}`)
  })
  const value = parsed(text)
  const problem = value === undefined ? 'it is no JSON' : problemOf(value)
  if (problem) throw new UsageError(`${name} is no result of a run (results.json): ${problem}`)
  return value as RunResult
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The message of a parser quotes the file.
    return undefined
  }
}

function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is no JSON object'
  if (value.version === undefined) return 'it has no `version`'
  if (value.version !== 1) return 'its `version` is not 1; another release of bulkcheck wrote it'
  const texts = ['run', 'harness', 'failOn', 'startedAt'].find((it) => typeof value[it] !== 'string')
  if (texts) return `its \`${texts}\` is no text`
  if (!levels.some((it) => it === value.failOn)) return 'its `failOn` is no level'
  const lists = ['warnings', 'tests', 'exchanges'].find((it) => !Array.isArray(value[it]))
  if (lists) return `its \`${lists}\` is no list`
  const objects = ['jobs', 'suites', 'target'].find((it) => !isObject(value[it]))
  if (objects) return `its \`${objects}\` is no object`
  const tests = (value.tests as unknown[]).findIndex((it) => !isTest(it))
  if (tests >= 0) return `\`tests[${tests}]\` is no test with its verdict`
  const exchanges = (value.exchanges as unknown[]).findIndex((it) => !isExchange(it))
  return exchanges >= 0 ? `\`exchanges[${exchanges}]\` is no exchange` : undefined
}

function isTest(it: unknown): boolean {
  if (!isObject(it) || typeof it.id !== 'string' || typeof it.title !== 'string') return false
  const { verdict, requirement, suite, source } = it
  if (
    !isObject(verdict) ||
    !isObject(requirement) ||
    !isObject(suite) ||
    !isObject(source) ||
    !Array.isArray(it.exchanges)
  )
    return false
  if (!verdicts.includes(String(verdict.is)) || !levels.some((level) => level === requirement.level))
    return false
  return verdict.is !== 'fail' || (Array.isArray(verdict.findings) && verdict.findings.length > 0)
}

function isExchange(it: unknown): boolean {
  if (!isObject(it) || typeof it.number !== 'number' || !isObject(it.request)) return false
  return (
    Array.isArray(it.request.headers) &&
    (it.response === undefined || (isObject(it.response) && Array.isArray(it.response.headers)))
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
