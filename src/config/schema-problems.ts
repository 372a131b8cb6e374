import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { didYouMean, joinNames } from '../model/spelling.ts'
import type { Config } from './public.ts'
import { mediaTypePattern, mediaTypeText } from './schema/media-type.ts'
import { configSchema } from './schema.ts'

const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true, strictTypes: false })
const conforms = ajv.compile<Config>(configSchema)

/** What is wrong with a value as a configuration: a sentence for each problem, with the key; empty if it is valid. */
export function configProblems(value: unknown): readonly string[] {
  if (conforms(value)) return []
  return [...new Set((conforms.errors ?? []).flatMap(complaint))]
}

function complaint(error: ErrorObject): readonly string[] {
  const place = placeOf(error.instancePath)
  const key = place || 'the configuration'
  switch (error.keyword) {
    // Only repeats that its branch failed.
    case 'if':
      return []
    case 'additionalProperties': {
      const name = String(error.params.additionalProperty)
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {})
      return [
        `unknown key \`${place ? `${place}.` : ''}${name}\`${didYouMean(name, known) || `; the keys are ${joinNames(known, 'and')}`}`,
      ]
    }
    case 'enum': {
      const allowed = (error.params.allowedValues as readonly unknown[]).map(String)
      const near = typeof error.data === 'string' ? didYouMean(error.data, allowed) : ''
      return [`\`${key}\` must be ${joinNames(allowed)}${near || `, not ${described(error.data)}`}`]
    }
    case 'const':
      return [`\`${key}\` must be \`${String(error.params.allowedValue)}\` or absent`]
    case 'type':
      return [`\`${key}\` must be ${named(error.params.type)}, not ${described(error.data)}`]
    case 'pattern':
      if (error.schema === mediaTypePattern) return [`\`${key}\` must be ${mediaTypeText}`]
      return [`\`${key}\` must be a time such as \`250ms\`, \`30s\`, \`5m\` or \`1h\``]
    case 'minLength':
    case 'minItems':
      return [`\`${key}\` is empty`]
    case 'minimum':
      return [`\`${key}\` must be at least ${String(error.params.limit)}`]
    case 'maximum':
      return [`\`${key}\` must be at most ${String(error.params.limit)}`]
    case 'uniqueItems':
      return [`\`${key}\` has the same item twice`]
    default:
      return [`\`${key}\` is not valid`]
  }
}

function placeOf(pointer: string): string {
  return pointer
    .slice(1)
    .split('/')
    .map((it) => it.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
}

function named(type: unknown): string {
  const names: Readonly<Record<string, string>> = {
    object: 'an object',
    array: 'a list',
    string: 'a string',
    number: 'a number',
    integer: 'a whole number',
    boolean: '`true` or `false`',
  }
  return [type]
    .flat()
    .map((it) => names[String(it)] ?? String(it))
    .join(' or ')
}

/** A value is never quoted: it may be a secret in the wrong place. */
function described(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? 'another string' : `${value}`
}
