import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { RunResult } from '../../model/result.ts'

let validate: ValidateFunction<RunResult> | undefined

/** The result in a `results.json`, or its problems, one per line, without quoting it. `older`: an older version wrote the result. */
export function parseResult(
  text: string,
): { readonly result: RunResult } | { readonly problems: readonly string[]; readonly older?: true } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The error of the parser would quote the file.
    return { problems: ['it is not JSON'] }
  }
  if (isOlder(value)) return { problems: ['it is a result of version 1'], older: true }
  validate ??= new Ajv2020({ allErrors: false, strictRequired: false }).compile<RunResult>(schema())
  if (validate(value)) return { result: withoutSentences(value) }
  return {
    problems: (validate.errors ?? []).map((it) => `${it.instancePath || '/'} ${it.message ?? 'is wrong'}`),
  }
}

function isOlder(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1
}

/** The result without sentences, which are made again from its reasons. */
function withoutSentences(result: RunResult): RunResult {
  const tests = result.tests.map((test) => {
    if (!('because' in test.verdict)) return test
    const { because: _, ...verdict } = test.verdict as typeof test.verdict & { because?: string }
    return { ...test, verdict }
  })
  const {
    headline: _,
    mainCause: __,
    ...rest
  } = result as RunResult & {
    headline?: string
    mainCause?: unknown
  }
  const preflight = result.preflight?.map((it) => {
    const { because: _, ...problem } = it as typeof it & { because?: unknown }
    return problem
  })
  return { ...rest, tests, ...(preflight ? { preflight } : {}) }
}

function schema(): object {
  return JSON.parse(readFileSync(new URL('../../../schema/result.schema.json', import.meta.url), 'utf8'))
}
