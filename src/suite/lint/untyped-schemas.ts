import { isJsonObject } from '../../model/json.ts'
import type { ValuePath } from '../yaml-source.ts'

/** A keyword of a JSON Schema that values of other types than its own satisfy. */
export interface UntypedKeyword {
  readonly path: ValuePath
  readonly keyword: string
  /** The types that the keyword is about. */
  readonly types: readonly string[]
}

const keywordsByType: Readonly<Record<string, readonly string[]>> = {
  object: [
    'properties',
    'required',
    'patternProperties',
    'additionalProperties',
    'minProperties',
    'maxProperties',
    'propertyNames',
    'dependentRequired',
  ],
  array: ['items', 'prefixItems', 'contains', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['pattern', 'format', 'minLength', 'maxLength'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
}

const schemasOfTheSameValue = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'] as const
const schemasOfItems = ['items', 'prefixItems', 'contains', 'additionalProperties'] as const
const schemasOfMembers = ['properties', 'patternProperties'] as const

/** The first keyword of each type in a schema, and in its parts, that does not have its `type` beside it or around it. */
export function untypedKeywords(
  schema: unknown,
  path: ValuePath = [],
  around: readonly string[] = [],
): readonly UntypedKeyword[] {
  if (Array.isArray(schema)) return schema.flatMap((it, at) => untypedKeywords(it, [...path, at], around))
  if (!isJsonObject(schema)) return []
  const own = [schema.type].flat().filter((it) => typeof it === 'string')
  const types = own.length > 0 ? own : around
  const isFixed = 'const' in schema || 'enum' in schema
  const here = isFixed ? [] : untypedHere(schema, path, types)
  const parts = [
    ...schemasOfTheSameValue.flatMap((it) => untypedKeywords(schema[it], [...path, it], types)),
    ...schemasOfItems.flatMap((it) => untypedKeywords(schema[it], [...path, it])),
    ...schemasOfMembers.flatMap((it) =>
      Object.entries(isJsonObject(schema[it]) ? schema[it] : {}).flatMap(([name, member]) =>
        untypedKeywords(member, [...path, it, name]),
      ),
    ),
  ]
  return [...here, ...parts]
}

function untypedHere(
  schema: Readonly<Record<string, unknown>>,
  path: ValuePath,
  types: readonly string[],
): readonly UntypedKeyword[] {
  return Object.entries(keywordsByType).flatMap(([type, keywords]) => {
    const keyword = keywords.find((it) => it in schema)
    const named = type === 'number' ? [type, 'integer'] : [type]
    if (keyword === undefined || named.some((it) => types.includes(it))) return []
    return [{ path: [...path, keyword], keyword, types: named }]
  })
}

/** Required members of which a schema says nothing else, so that null is enough; `path` leads to the name. */
export function undescribedMembers(
  schema: unknown,
  path: ValuePath = [],
): readonly { readonly path: ValuePath; readonly member: string }[] {
  if (Array.isArray(schema)) return schema.flatMap((it, at) => undescribedMembers(it, [...path, at]))
  if (!isJsonObject(schema)) return []
  const { required, properties } = schema
  const described = isJsonObject(properties) ? properties : {}
  const here = Array.isArray(required)
    ? required.flatMap((it, at) =>
        typeof it === 'string' && !(it in described) ? [{ path: [...path, 'required', at], member: it }] : [],
      )
    : []
  const parts = [...schemasOfTheSameValue, ...schemasOfItems].flatMap((it) =>
    undescribedMembers(schema[it], [...path, it]),
  )
  const members = Object.entries(described).flatMap(([name, it]) =>
    undescribedMembers(it, [...path, 'properties', name]),
  )
  return [...here, ...parts, ...members]
}
