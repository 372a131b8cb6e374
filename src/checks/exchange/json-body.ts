import { createRequire } from 'node:module'
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import type { Exchange } from '../../model/http/exchange.ts'
import {
  combineJudgements,
  type Judgement,
  satisfied,
  displayValue,
  undecided,
  violated,
} from '../../model/judgement.ts'
import { describeBody, responseBody } from './response-body.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { parseInstant } from '../../model/fhir/instants.ts'
import { isObject } from '../../model/fhir/names.ts'
import { isAbsoluteUrl } from '../../model/http/url.ts'

type Schema = Readonly<Record<string, unknown>> | boolean

const compiled = new Map<string, ValidateFunction>()
let compiler: Ajv2020 | undefined

function validator(schema: Schema): ValidateFunction {
  const key = JSON.stringify(schema)
  const known = compiled.get(key)
  if (known) return known
  compiler ??= openCompiler()
  const validate = compiler.compile(schema)
  // Another schema may have the same $id.
  if (typeof schema === 'object') compiler.removeSchema(schema)
  compiled.set(key, validate)
  return validate
}

function openCompiler(): Ajv2020 {
  // Loaded where it is needed: most validations of files never get here, and it takes its time.
  const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
  const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true })
  ajv.addFormat('instant', (value) => parseInstant(value) !== undefined)
  ajv.addFormat('absolute-url', isAbsoluteUrl)
  ajv.addFormat('uri', /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/)
  return ajv
}

const json = exchangeCheck<Schema>({
  name: 'json',
  states:
    'The body is JSON that meets this JSON Schema (2020-12; formats `instant`, `absolute-url` and `uri`).',
  params: { type: ['object', 'boolean'], description: 'A JSON Schema for the body.' },
  judge(exchange, schema) {
    const body = responseBody(exchange)
    if (body.is === 'unknown') return undecided(body.reason)
    if (body.is !== 'json') return noJson(exchange, 'a JSON body')
    const validate = validator(schema)
    if (validate(body.value)) return satisfied
    return combineJudgements(
      tellingErrors(validate.errors ?? []).map((error) => findingOf(error, exchange.number)),
    )
  },
})

function noJson(exchange: Exchange, expected: string): Judgement {
  const empty = responseBody(exchange).is === 'empty'
  return violated({
    message: empty ? 'The response has no body.' : 'The body of the response is not JSON.',
    expected,
    actual: describeBody(exchange),
    where: { exchange: exchange.number },
  })
}

// An error inside a branch explains less than the keyword that the branches belong to.
function tellingErrors(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const branching = errors.filter((it) => ['anyOf', 'oneOf', 'contains', 'if', 'not'].includes(it.keyword))
  return errors.filter(
    (error) => !branching.some((it) => it !== error && error.schemaPath.startsWith(`${it.schemaPath}/`)),
  )
}

function findingOf(error: ErrorObject, exchange: number): Judgement {
  const at = error.instancePath
  const name = at === '' ? 'The body' : `\`${at}\` of the body`
  const part = (pointer: string) => (pointer === '' ? {} : { part: { pointer } })
  if (error.keyword === 'required') {
    const missing = String(error.params.missingProperty)
    return violated({
      message: `${name} has no \`${missing}\`.`,
      expected: `a member \`${missing}\``,
      actual: 'absent',
      where: { exchange, part: { pointer: `${at}/${missing}` } },
    })
  }
  return violated({
    message: `${name} ${complaint(error)}.`,
    expected: expectation(error),
    actual: displayValue(error.data),
    where: { exchange, ...part(at) },
  })
}

function complaint({ keyword, params }: ErrorObject): string {
  switch (keyword) {
    case 'type':
      return `is not of type ${[params.type].flat().join(' or ')}`
    case 'const':
    case 'enum':
      return 'has another value'
    case 'format':
      return `is not in the form ${params.format}`
    case 'pattern':
      return 'is not in the form expected'
    case 'additionalProperties':
      return `has a member \`${params.additionalProperty}\``
    case 'contains':
      return 'does not list what it should'
    case 'uniqueItems':
      return 'lists something twice'
    case 'minItems':
    case 'minLength':
    case 'minProperties':
      return 'is too short'
    case 'maxItems':
    case 'maxLength':
    case 'maxProperties':
      return 'is too long'
    case 'minimum':
    case 'exclusiveMinimum':
      return 'is too small'
    case 'maximum':
    case 'exclusiveMaximum':
      return 'is too large'
    case 'not':
    case 'false schema':
      return 'is what it must not be'
    default:
      return 'is not as expected'
  }
}

function expectation({ keyword, params, schema }: ErrorObject): string {
  switch (keyword) {
    case 'additionalProperties':
    case 'false schema':
      return 'nothing there'
    case 'not':
      return `anything but ${displayValue(schema)}`
    case 'contains':
      return `a member that is ${constOf(schema)}`
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return `${params.comparison} ${params.limit}`
    default:
      return displayValue(schema).replace(/^"(.*)"$/, '$1')
  }
}

function constOf(schema: unknown): string {
  if (!isObject(schema)) return displayValue(schema)
  return 'const' in schema
    ? displayValue(schema.const)
    : 'enum' in schema
      ? `one of ${displayValue(schema.enum)}`
      : displayValue(schema)
}

const bodyKinds = {
  empty: 'no body',
  json: 'a JSON body',
  'json-object': 'a JSON object',
} as const

const body = exchangeCheck<keyof typeof bodyKinds>({
  name: 'body',
  states: 'The response has such a body, or none.',
  params: { enum: Object.keys(bodyKinds), description: 'What the body is.' },
  judge(exchange, wanted) {
    const it = responseBody(exchange)
    if (it.is === 'unknown') return undecided(it.reason)
    if (wanted === 'empty')
      return it.is === 'empty'
        ? satisfied
        : violated({
            message: 'The response has a body.',
            expected: bodyKinds.empty,
            actual: describeBody(exchange),
            where: { exchange: exchange.number },
          })
    if (it.is !== 'json') return noJson(exchange, bodyKinds[wanted])
    if (wanted === 'json' || isObject(it.value)) return satisfied
    return violated({
      message: 'The body of the response is not a JSON object.',
      expected: bodyKinds[wanted],
      actual: describeBody(exchange),
      where: { exchange: exchange.number },
    })
  },
})

/** Checks on bodies. */
export const jsonChecks: readonly Check[] = [json, body]
