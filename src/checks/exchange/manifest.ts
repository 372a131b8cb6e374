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
import { isResourceType } from '../../r4/facts.ts'
import { isAbsoluteUrl } from '../../model/http/url.ts'
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
  // A list that is null is there, and is no list.
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
]
const lists = ['output', 'deleted', 'error'] as const

const manifestField = exchangeCheck<{ readonly name: string; readonly is: keyof typeof forms }>({
  name: 'manifest-field',
  states: 'The manifest has this field (`present`), or the field has this form if the manifest has it.',
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
    if (is !== 'present' && (value === undefined || (value === null && is !== 'items')))
      return neverArose(`the manifest has no \`${name}\``)
    if (value !== undefined && forms[is].is(value)) return satisfied
    return violated({
      message:
        is === 'present'
          ? `The manifest has no \`${name}\`.`
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

type ManifestItem = Readonly<Record<string, unknown>>

// Each reads a value of an item and says whether it is right.
const features: Readonly<
  Record<
    string,
    {
      expected: string
      of: (item: ManifestItem) => unknown
      right: (value: unknown, item: ManifestItem) => boolean
    }
  >
> = {
  type: {
    expected: 'a resource type',
    of: (it) => it.type,
    right: (value) => typeof value === 'string' && value !== '',
  },
  'resource-type': {
    expected: 'the name of a FHIR R4 resource type',
    of: (it) => it.type,
    right: (value) => value === undefined || isResourceType(value),
  },
  url: { expected: 'a URL', of: (it) => it.url, right: (value) => typeof value === 'string' && value !== '' },
  'absolute-url': {
    expected: 'an absolute http or https URL',
    of: (it) => it.url,
    right: (value) => value === undefined || isAbsoluteUrl(value),
  },
  count: {
    expected: 'a JSON integer of at least 0',
    of: (it) => it.count,
    right: (value) => Number.isInteger(value) && (value as number) >= 0,
  },
  extension: { expected: 'a JSON object', of: (it) => it.extension, right: isJsonObject },
  OperationOutcome: {
    expected: 'OperationOutcome',
    of: (it) => it.type,
    right: (value) => value === undefined || value === 'OperationOutcome',
  },
  Bundle: {
    expected: 'Bundle',
    of: (it) => it.type,
    right: (value) => value === undefined || value === 'Bundle',
  },
}

// An item without it is not a violation, and a manifest without any is not evidence.
const optional = new Set(['count', 'extension'])
const members: Readonly<Record<string, string>> = {
  type: 'type',
  'resource-type': 'type',
  OperationOutcome: 'type',
  Bundle: 'type',
  'absolute-url': 'url',
}

const manifestItems = exchangeCheck<{ readonly in: (typeof lists)[number]; readonly each: string }>({
  name: 'manifest-items',
  states: 'Each item of a list in the manifest is a JSON object, or has this feature.',
  params: objectParams(
    {
      in: { enum: [...lists], description: 'The list.' },
      each: {
        enum: ['object', ...Object.keys(features)],
        description:
          '`object`: it is a JSON object; `type`, `url`: it has this string; `resource-type`: its type, if it has one, is a resource type of R4; `absolute-url`: its URL, if it has one, is absolute; `count`, `extension`: valid if it has one; `OperationOutcome`, `Bundle`: its type, if it has one, is this.',
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
  const feature = features[params.each]
  const name = members[params.each] ?? params.each
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
    if (feature && optional.has(params.each) && value === undefined) continue
    seen += 1
    if (!feature || feature.right(value, item)) continue
    const message =
      value === undefined
        ? `An item of \`${params.in}\` has no \`${name}\`.`
        : `\`${name}\` of an item of \`${params.in}\` is not ${feature.expected}.`
    wrong.push(
      violated({ message, expected: feature.expected, actual: displayValue(value), where: place(at) }),
    )
  }
  if (wrong.length > 0) return combineJudgements(wrong)
  if (seen > 0) return satisfied
  return optional.has(params.each)
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
