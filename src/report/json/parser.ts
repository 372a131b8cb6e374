import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { RunResult } from '../../model/result.ts'

let validate: ValidateFunction<RunResult> | undefined

/** The result that a `results.json` holds, or what keeps the text from being one: a line a problem, never a quote of it. */
export function parseResult(
  text: string,
): { readonly result: RunResult } | { readonly problems: readonly string[] } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser quotes the file, which may be anything.
    return { problems: ['it is no JSON'] }
  }
  validate ??= new Ajv2020({ allErrors: false, strictRequired: false }).compile<RunResult>(schema())
  if (validate(value)) return { result: value }
  return {
    problems: (validate.errors ?? []).map((it) => `${it.instancePath || '/'} ${it.message ?? 'is wrong'}`),
  }
}

function schema(): object {
  return JSON.parse(readFileSync(new URL('../../../schema/result.schema.json', import.meta.url), 'utf8'))
}
