import { createRequire } from 'node:module'
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import type { Exchange, ManifestRows } from '../../model/http/exchange.ts'
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
import { expandRows } from '../../model/export/manifest-rows.ts'
import { parseInstant } from '../../model/fhir/instants.ts'
import { isJsonObject } from '../../model/json.ts'
import { isAbsoluteUrl } from '../../model/http/url.ts'

type Schema = Readonly<Record<string, unknown>> | boolean

const compiled = new Map<string, ValidateFunction>()
const compilers = new Map<boolean, Ajv2020>()

function validator(schema: Schema, allErrors: boolean): ValidateFunction {
  const key = `${allErrors} ${JSON.stringify(schema)}`
  const known = compiled.get(key)
  if (known) return known
  const compiler = compilers.get(allErrors) ?? openCompiler(allErrors)
  compilers.set(allErrors, compiler)
  const validate = compiler.compile(schema)
  // Another schema may have the same $id.
  if (typeof schema === 'object') compiler.removeSchema(schema)
  compiled.set(key, validate)
  return validate
}

function openCompiler(allErrors: boolean): Ajv2020 {
  // Loaded when it is needed: loading takes time, and most validations of files do not need it.
  const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
  const ajv = new Ajv2020({ allErrors, strict: false, verbose: true })
  ajv.addFormat('instant', (value) => parseInstant(value) !== undefined)
  ajv.addFormat('absolute-url', isAbsoluteUrl)
  ajv.addFormat('uri', /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/)
  return ajv
}

const json = exchangeCheck<Schema>({
  name: 'json',
  states:
    'The body is JSON that is valid against this JSON Schema (2020-12; formats `instant`, `absolute-url` and `uri`). Findings show the `description` beside a keyword as what was expected.',
  params: { type: ['object', 'boolean'], description: 'A JSON Schema for the body.' },
  judge(exchange, schema) {
    const body = responseBody(exchange)
    if (body.is === 'unknown') return undecided(body.reason)
    if (body.is !== 'json') return noJson(exchange, 'a JSON body')
    const rows = exchange.response?.rows
    // A long manifest may break the schema with every item: one finding says so.
    const validate = validator(schema, rows === undefined)
    if (validate(rows ? wholeManifest(body.value, rows) : body.value)) return satisfied
    return combineJudgements(
      outermostErrors(validate.errors ?? []).map((error) => findingOf(error, exchange.number)),
    )
  },
})

/** The long manifest that was judged last: several tests in turn ask for one. */
let expanded: { readonly rows: ManifestRows; readonly value: unknown } | undefined

function wholeManifest(sample: unknown, rows: ManifestRows): unknown {
  if (expanded?.rows !== rows) expanded = { rows, value: expandRows(sample, rows) }
  return expanded.value
}

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
function outermostErrors(errors: readonly ErrorObject[]): readonly ErrorObject[] {
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
      return `is not ${[params.type].flat().map(wordsOfType).join(' or ')}`
    case 'const':
    case 'enum':
      return 'does not have the expected value'
    case 'format':
      return `is not ${wordsOfFormat(params.format)}`
    case 'pattern':
      return 'does not have the expected form'
    case 'additionalProperties':
      return `has an unexpected member \`${params.additionalProperty}\``
    case 'contains':
      return 'does not contain the expected item'
    case 'uniqueItems':
      return 'contains an item twice'
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
      return 'has a value that is not allowed'
    case 'false schema':
      return 'must be absent'
    default:
      return 'is not as expected'
  }
}

function expectation({ keyword, params, schema, parentSchema }: ErrorObject): string {
  if (typeof parentSchema?.description === 'string') return parentSchema.description
  switch (keyword) {
    case 'additionalProperties':
    case 'false schema':
      return 'absent'
    case 'not':
      return `not ${wordsOfSchema(schema)}`
    case 'contains':
      return `an array that contains ${wordsOfSchema(schema)}`
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return `${comparisons[params.comparison as keyof typeof comparisons]} ${params.limit}`
    case 'minItems':
    case 'minLength':
    case 'minProperties':
      return `at least ${params.limit} ${unitOf(keyword)}`
    case 'maxItems':
    case 'maxLength':
    case 'maxProperties':
      return `at most ${params.limit} ${unitOf(keyword)}`
    case 'uniqueItems':
      return 'each item once'
    case 'anyOf':
    case 'oneOf':
      return Array.isArray(schema) ? schema.map(wordsOfSchema).join(' or ') : wordsOfSchema(schema)
    default:
      return wordsOfSchema({ [keyword]: schema })
  }
}

const comparisons = { '>=': 'at least', '>': 'more than', '<=': 'at most', '<': 'less than' } as const

function unitOf(keyword: string): string {
  return keyword.endsWith('Items') ? 'items' : keyword.endsWith('Length') ? 'characters' : 'members'
}

function wordsOfFormat(format: unknown): string {
  if (format === 'instant') return 'a FHIR instant'
  if (format === 'absolute-url') return 'an absolute http or https URL'
  return format === 'uri' ? 'a URI' : `in the form ${format}`
}

/** What a schema accepts, in words; a pattern has words only in its `description`. */
function wordsOfSchema(schema: unknown): string {
  if (!isJsonObject(schema)) return displayValue(schema)
  const { description, enum: values, type, required } = schema
  if (typeof description === 'string') return description
  if ('const' in schema) return plain(schema.const)
  if (Array.isArray(values)) return values.map(plain).join(' or ')
  if ('contains' in schema) return `an array that contains ${wordsOfSchema(schema.contains)}`
  if (Array.isArray(required)) return `an object with ${required.map((it) => `\`${it}\``).join(', ')}`
  if ('pattern' in schema) return 'a string in another form'
  if ('format' in schema) return wordsOfFormat(schema.format)
  if (type !== undefined) return [type].flat().map(wordsOfType).join(' or ')
  return 'another value'
}

const plain = (value: unknown) => displayValue(value).replace(/^"(.*)"$/, '$1')

const wordsOfType = (type: unknown) =>
  type === 'null' ? 'null' : `${/^[aio]/.test(String(type)) ? 'an' : 'a'} ${type}`

const bodyKinds = {
  empty: 'no body',
  json: 'a JSON body',
  'json-object': 'a JSON object',
} as const

const body = exchangeCheck<keyof typeof bodyKinds>({
  name: 'body',
  states: 'The body is empty, JSON, or a JSON object.',
  params: { enum: Object.keys(bodyKinds), description: 'The kind of body.' },
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
    if (wanted === 'json' || isJsonObject(it.value)) return satisfied
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
