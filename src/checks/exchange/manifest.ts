import type { Exchange } from '../../model/http/exchange.ts'
import {
  type Judgement,
  combineJudgements,
  neverArose,
  satisfied,
  displayValue,
  undecided,
  violated,
} from '../../model/judgement.ts'
import { responseBody, bodyMember } from './response-body.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { parseInstant } from '../../model/fhir/instants.ts'
import { isJsonObject } from '../../model/json.ts'
import { featureMembers, isExtensionList, itemFeatures, optionalFeatures } from './manifest-item-features.ts'
import { objectParams, noParams, textListParam } from '../params.ts'

const forms = {
  present: { called: 'a value', is: (value: unknown) => value !== null },
  string: { called: 'a JSON string', is: (value: unknown) => typeof value === 'string' },
  boolean: { called: 'a JSON boolean', is: (value: unknown) => typeof value === 'boolean' },
  instant: { called: 'a FHIR instant', is: (value: unknown) => parseInstant(value) !== undefined },
  array: { called: 'a JSON array', is: (value: unknown) => Array.isArray(value) },
  object: { called: 'a JSON object', is: isJsonObject },
  'empty-array': {
    called: 'an empty array',
    is: (value: unknown) => Array.isArray(value) && value.length === 0,
  },
  absent: { called: 'no such field', is: () => false },
  extensions: { called: 'an array of FHIR extensions', is: isExtensionList },
  'manifest-model': {
    called: 'the canonical of the logical model BulkDataManifest',
    is: (value: unknown) =>
      typeof value === 'string' &&
      value.split('|')[0] === 'http://hl7.org/fhir/uv/bulkdata/StructureDefinition/BulkDataManifest',
  },
  // A list or an object that is null is there, and has another type.
  items: {
    called: 'an array of items with type and url',
    is: (value: unknown) =>
      Array.isArray(value) && value.every((it) => isJsonObject(it) && 'type' in it && 'url' in it),
  },
} as const

const fields = [
  'transactionTime',
  'request',
  'requiresAccessToken',
  'output',
  'deleted',
  'error',
  'extension',
  'link',
  'outcome',
  'outputOrganizedBy',
  'outputOrganizedByDetail',
  'manifestType',
]
const lists = ['output', 'deleted', 'error', 'outcome'] as const

const manifestField = exchangeCheck<{ readonly name: string; readonly is: keyof typeof forms }>({
  name: 'manifest-field',
  states:
    'The manifest has this field (`present`), does not have it (`absent`), or the field has this form if the manifest has it.',
  params: objectParams(
    {
      name: { enum: fields, description: 'The field.' },
      is: { enum: Object.keys(forms), description: 'The form of its value.' },
    },
    ['name', 'is'],
  ),
  judge(exchange, { name, is }) {
    const unreadable = unreadableBecause(exchange)
    if (unreadable) return unreadable
    const value = bodyMember(exchange, name)
    if (is === 'absent' && value === undefined) return satisfied
    if (is !== 'present' && (value === undefined || (value === null && is !== 'items' && is !== 'object')))
      return neverArose(`the manifest has no \`${name}\``)
    if (value !== undefined && forms[is].is(value)) return satisfied
    return violated({
      message:
        is === 'present'
          ? `The manifest has no \`${name}\`.`
          : is === 'absent'
            ? `The manifest has \`${name}\`.`
            : `\`${name}\` of the manifest is not ${forms[is].called}.`,
      expected: forms[is].called,
      actual: displayValue(value),
      where: { exchange: exchange.number, part: { pointer: `/${name}` } },
    })
  },
})

/** The judgement on a body that is not a manifest; `undefined` if it is a JSON object. */
export function unreadableBecause(exchange: Exchange): Judgement | undefined {
  const body = responseBody(exchange)
  if (body.is === 'unknown') return undecided(body.reason)
  if (body.is === 'json' && isJsonObject(body.value)) return undefined
  return undecided({ kind: 'unusable-body', exchange: exchange.number, flaw: 'no-manifest' })
}

const manifestItems = exchangeCheck<{ readonly in: (typeof lists)[number]; readonly each: string }>({
  name: 'manifest-items',
  states: 'Each item of a list in the manifest is as `each` says.',
  params: objectParams(
    {
      in: { enum: [...lists], description: 'The list.' },
      each: {
        enum: ['object', ...Object.keys(itemFeatures)],
        description:
          '`object`: it is a JSON object; `type`, `url`: it has this string; `resource-type`: its type, if it has one, is a resource type of R4; `absolute-url`: its URL, if it has one, is absolute; `count`, `extension`, `extensions`, `countSeverity`: valid if it has one; `numbers`: its count and its fileSize are integers; `no-type`: it has no type; `OperationOutcome`, `Bundle`: its type, if it has one, is this.',
      },
    },
    ['in', 'each'],
  ),
  judge(exchange, params) {
    const unreadable = unreadableBecause(exchange)
    if (unreadable) return unreadable
    const list = bodyMember(exchange, params.in)
    if (!Array.isArray(list)) return neverArose(`the manifest has no array \`${params.in}\``)
    if (list.length === 0)
      return params.in === 'output'
        ? undecided('the manifest lists no output files')
        : neverArose(`\`${params.in}\` of the manifest is empty`)
    return judgeItems(list, params, exchange.number)
  },
})

function judgeItems(
  list: readonly unknown[],
  params: { readonly in: string; readonly each: string },
  exchange: number,
): Judgement {
  const feature = itemFeatures[params.each]
  const name = featureMembers[params.each] ?? params.each
  const place = (at: number) => ({
    exchange,
    part: { pointer: `/${params.in}/${at}${feature ? `/${name}` : ''}` },
  })
  let seen = 0
  const wrong: Judgement[] = []
  for (const [at, item] of list.entries()) {
    if (!isJsonObject(item)) {
      if (feature) continue
      wrong.push(
        violated({
          message: `An item of \`${params.in}\` is not a JSON object.`,
          expected: 'a JSON object',
          actual: displayValue(item),
          where: place(at),
        }),
      )
      continue
    }
    const value = feature?.of(item)
    if (feature && optionalFeatures.has(params.each) && value === undefined) continue
    seen += 1
    if (!feature || feature.right(value, item)) continue
    const message =
      params.each === 'no-type'
        ? `An item of \`${params.in}\` has a \`type\`.`
        : value === undefined
          ? `An item of \`${params.in}\` has no \`${name}\`.`
          : `\`${name}\` of an item of \`${params.in}\` is not ${feature.expected}.`
    wrong.push(
      violated({ message, expected: feature.expected, actual: displayValue(value), where: place(at) }),
    )
  }
  if (wrong.length > 0) return combineJudgements(wrong)
  if (seen > 0) return satisfied
  return optionalFeatures.has(params.each)
    ? neverArose(`no item of \`${params.in}\` has \`${name}\``)
    : undecided(`no item of \`${params.in}\` is a JSON object`)
}

const manifestDistinctUrls = exchangeCheck<true>({
  name: 'manifest-distinct-urls',
  states: 'The manifest lists no URL twice.',
  params: noParams,
  judge(exchange) {
    const unreadable = unreadableBecause(exchange)
    if (unreadable) return unreadable
    const seen = new Set<unknown>()
    for (const name of lists) {
      const list = bodyMember(exchange, name)
      for (const [at, item] of (Array.isArray(list) ? list : []).entries()) {
        if (!isJsonObject(item) || typeof item.url !== 'string') continue
        if (seen.has(item.url))
          return violated({
            message: 'The manifest lists a URL twice.',
            expected: 'one item for each file',
            actual: displayValue(item.url),
            where: { exchange: exchange.number, part: { pointer: `/${name}/${at}/url` } },
          })
        seen.add(item.url)
      }
    }
    return seen.size > 0 ? satisfied : undecided('the manifest lists no files')
  },
})

const manifestTypes = exchangeCheck<{
  readonly within?: readonly string[]
  readonly without?: readonly string[]
}>({
  name: 'manifest-types',
  states: 'Each item of `output` has one of these types (`within`), or none of these types (`without`).',
  params: objectParams(
    {
      within: textListParam('The allowed types.'),
      without: textListParam('The types that are not allowed.'),
    },
    [],
  ),
  judge(exchange, { within, without }) {
    const unreadable = unreadableBecause(exchange)
    if (unreadable) return unreadable
    const output = bodyMember(exchange, 'output')
    const list = (Array.isArray(output) ? output : []).filter(isJsonObject)
    if (list.length === 0) return undecided('the manifest lists no output files')
    const wrong = list.findIndex(({ type }) => {
      if (typeof type !== 'string') return false
      return (within && !within.includes(type)) || without?.includes(type)
    })
    if (wrong < 0) return satisfied
    const type = displayValue(list[wrong]?.type)
    return violated({
      message: `\`output\` of the manifest has an item of type ${type}.`,
      expected: within ? within.join(' or ') : `no ${without?.join(' or ')}`,
      actual: type,
      where: { exchange: exchange.number, part: { pointer: `/output/${wrong}/type` } },
    })
  },
})

/** Checks on the manifest by itself. */
export const manifestChecks: readonly Check[] = [
  manifestField,
  manifestItems,
  manifestDistinctUrls,
  manifestTypes,
]
