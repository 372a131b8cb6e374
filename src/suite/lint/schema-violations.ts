import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { ValuePath } from '../yaml-source.ts'
import { joinNames, didYouMeanOrList } from '../../model/spelling.ts'

/** One way in which a value breaks its schema, in words of the suite file. */
export interface SchemaViolation {
  readonly path: ValuePath
  /** Whether the key at the end of the path is meant, or its value. */
  readonly of: 'key' | 'value'
  readonly message: string
}

type Schema = Readonly<Record<string, unknown>>

/** Validates values by a JSON Schema (draft 2020-12) and reports what is wrong in plain words. */
export function schemaValidator(schema: object): (value: unknown) => readonly SchemaViolation[] {
  const root = schema as Schema
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, validateFormats: false })
  const validate = ajv.compile(root)
  const branches = new Map<unknown, ValidateFunction>()
  const branchOf = (branch: Schema): ValidateFunction => {
    const known = branches.get(branch)
    if (known) return known
    const compiled = ajv.compile({ $defs: root.$defs, allOf: [branch] })
    branches.set(branch, compiled)
    return compiled
  }

  const explain = (
    validator: ValidateFunction,
    value: unknown,
    path: ValuePath,
  ): readonly SchemaViolation[] => {
    if (validator(value)) return []
    return withoutRepetition(validator.errors ?? []).flatMap((error) => {
      const at = [...path, ...pathOf(error.instancePath, value)]
      if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') return violationsOf(error, at)
      const branch = likelyBranch(error, root)
      return branch ? explain(branchOf(branch), error.data, at) : [choiceViolation(error, at, root)]
    })
  }
  return (value) => explain(validate, value, [])
}

/** Leaves out repetitions: the branches of a choice, and the errors that `propertyNames` sums up. */
function withoutRepetition(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const kept: ErrorObject[] = []
  for (const error of errors) {
    if (error.keyword === 'anyOf' || error.keyword === 'oneOf') {
      // The branches of a choice come right before it, at its place or below.
      while (
        kept.length > 0 &&
        isBelow(kept.at(-1)?.instancePath ?? '', error.instancePath) &&
        !isOwn(kept.at(-1), error)
      )
        kept.pop()
    }
    if (error.propertyName === undefined && error.keyword !== 'if' && error.keyword !== 'allOf')
      kept.push(error)
  }
  return kept
}

function isBelow(path: string, of: string): boolean {
  return path === of || path.startsWith(`${of}/`)
}

function isOwn(error: ErrorObject | undefined, choiceError: ErrorObject): boolean {
  return error?.parentSchema === choiceError.parentSchema
}

function pathOf(pointer: string, value: unknown): ValuePath {
  let here = value
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
      const position = Array.isArray(here) ? Number(key) : key
      here = (here as Record<string, unknown> | undefined)?.[key]
      return position
    })
}

/** The branch of a choice that the author most likely meant: for an object the one that knows most of its keys, for a list the one for lists. */
function likelyBranch(error: ErrorObject, root: Schema): Schema | undefined {
  const options = (error.schema as readonly Schema[]).map((it) => resolved(it, root))
  const { data } = error
  if (Array.isArray(data)) return options.find((it) => it.type === 'array')
  if (typeof data !== 'object' || data === null) {
    const constants = options.find((it) => constantsOf(it).length > 0)
    return typeof data === 'string' &&
      constants !== undefined &&
      constants !== error.parentSchema &&
      constantsOf(constants).length > 1
      ? constants
      : undefined
  }
  const keys = Object.keys(data)
  const known = options.map(
    (it) => keys.filter((key) => Object.hasOwn((it.properties as object) ?? {}, key)).length,
  )
  const most = Math.max(0, ...known)
  return most > 0 ? options[known.indexOf(most)] : undefined
}

function resolved(schema: Schema, root: Schema): Schema {
  const pointer = schema.$ref
  if (typeof pointer !== 'string') return schema
  return (
    ((root.$defs as Record<string, Schema>)[pointer.replace('#/$defs/', '')] as Schema | undefined) ?? schema
  )
}

function constantsOf(schema: Schema): readonly string[] {
  if (Array.isArray(schema.enum)) return schema.enum.map(String)
  if (schema.const !== undefined) return [String(schema.const)]
  const options = Array.isArray(schema.oneOf) ? (schema.oneOf as readonly Schema[]) : []
  return options.every((it) => it.const !== undefined) ? options.map((it) => String(it.const)) : []
}

function choiceViolation(error: ErrorObject, path: ValuePath, root: Schema): SchemaViolation {
  const schema = error.parentSchema as Schema
  const options = error.schema as readonly Schema[]
  const constants = constantsOf(schema)
  if (constants.length > 0) return unknownName(error, path, constants)
  const keys = options.flatMap((it) =>
    Array.isArray(it.required) && it.type === undefined ? it.required.map(String) : [],
  )
  if (keys.length === options.length) {
    const several = keys.filter((key) => Object.hasOwn(error.data as object, key)).length > 1
    return {
      path,
      of: 'key',
      message: `${subject(path)} must have ${several ? 'only one of ' : ''}${joinNames(keys, 'or')}`,
    }
  }
  const words = [...new Set(options.flatMap((it) => wordsOf(it, root)))]
  return { path, of: 'value', message: `${subject(path)} must be ${joinAlternatives(words)}` }
}

function joinAlternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${last}` : last
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'null',
}

function wordsOf(option: Schema, root: Schema): readonly string[] {
  const pointer = option.$ref
  if (pointer === '#/$defs/ref') return ['a reference `{ from, pick }`']
  if (pointer === '#/$defs/export-ref') return ['a reference `{ from }`']
  if (pointer === '#/$defs/text') return ['a string or a reference']
  const schema = resolved(option, root)
  const constants = constantsOf(schema)
  if (constants.length > 0) return constants.map((it) => `\`${it}\``)
  const required = Array.isArray(schema.required) ? schema.required.map(String) : []
  if (required.length > 0) return [`\`{ ${required.join(', ')} }\``]
  if (typeof schema.pattern === 'string' && typeof schema.title === 'string') return [schema.title]
  const types = [schema.type].flat().filter((it) => typeof it === 'string')
  if (types.length > 0) return types.map((it) => typeWords[it] ?? it)
  return [typeof schema.title === 'string' ? schema.title : 'in another form']
}

function unknownName(error: ErrorObject, path: ValuePath, known: readonly string[]): SchemaViolation {
  const { title } = error.parentSchema as Schema
  const value = typeof error.data === 'string' ? error.data : JSON.stringify(error.data)
  if (typeof title === 'string') {
    return {
      path,
      of: 'value',
      message: `unknown ${title} \`${value}\`${didYouMeanOrList(value, known)}`,
    }
  }
  return { path, of: 'value', message: `${subject(path)} must be ${joinNames(known)}, not \`${value}\`` }
}

function subject(path: ValuePath): string {
  const names = path.filter((it) => typeof it === 'string')
  const last = names.at(-1)
  if (last === undefined) return 'the file'
  return typeof path.at(-1) === 'number' ? `an item of \`${last}\`` : `\`${last}\``
}

function violationsOf(error: ErrorObject, path: ValuePath): readonly SchemaViolation[] {
  const schema = error.parentSchema as Schema
  const params = error.params as Record<string, unknown>
  const value = (message: string): readonly SchemaViolation[] => [
    { path, of: 'value', message: `${subject(path)} ${message}` },
  ]
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(params.additionalProperty ?? params.unevaluatedProperty)
      const known = Object.keys((schema.properties as object) ?? {})
      const thing = schema.title === 'check' ? 'check' : 'key'
      return [
        {
          path: [...path, key],
          of: 'key',
          message: `unknown ${thing} \`${key}\`${didYouMeanOrList(key, known)}`,
        },
      ]
    }
    case 'propertyNames': {
      const key = String(params.propertyName)
      return [{ path: [...path, key], of: 'key', message: `the name \`${key}\` is not ${nameWord(error)}` }]
    }
    case 'required':
      return [{ path, of: 'key', message: `${subject(path)} has no \`${String(params.missingProperty)}\`` }]
    case 'type': {
      const types = [error.schema].flat().map(String)
      return value(`must be ${joinAlternatives(types.map((it) => typeWords[it] ?? it))}`)
    }
    case 'enum':
      return [unknownName(error, path, (error.schema as readonly unknown[]).map(String))]
    case 'const':
      return value(`must be \`${String(error.schema)}\``)
    case 'pattern':
      return value(`must be ${typeof schema.title === 'string' ? schema.title : 'in another form'}`)
    case 'minItems':
    case 'minProperties':
    case 'minLength':
      return value(Number(params.limit) === 1 ? 'is empty' : `must have at least ${String(params.limit)}`)
    case 'maxItems':
    case 'maxProperties':
    case 'maxLength':
      return value(`must have at most ${String(params.limit)}`)
    case 'minimum':
    case 'exclusiveMinimum':
      return value(
        `must be ${error.keyword === 'minimum' ? 'at least' : 'more than'} ${String(params.limit)}`,
      )
    case 'maximum':
    case 'exclusiveMaximum':
      return value(`must be ${error.keyword === 'maximum' ? 'at most' : 'less than'} ${String(params.limit)}`)
    case 'uniqueItems':
      return value('has the same item twice')
    case 'dependentRequired':
      return value(`needs \`${String(params.missingProperty)}\` beside \`${String(params.property)}\``)
    default:
      return value(
        typeof schema.description === 'string'
          ? `is not valid: ${schema.description}`
          : 'is not allowed here',
      )
  }
}

function nameWord(error: ErrorObject): string {
  const { title } = error.schema as { title?: unknown }
  return typeof title === 'string' ? title : 'allowed here'
}
