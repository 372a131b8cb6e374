import type { Exchange } from '../../model/http/exchange.ts'
import {
  combineJudgements,
  displayValue,
  neverArose,
  satisfied,
  undecided,
  violated,
} from '../../model/judgement.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'
import { isResourceType } from '../../r4/facts.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { noParams, objectParams, textListParam } from '../params.ts'
import { displayType, typeOfQuery } from '../resource-type.ts'
import { bodyMember } from './response-body.ts'

const guide = 'http://hl7.org/fhir/uv/bulkdata'

/** Both URLs of the extension: the page of the guide gives one, its definition the other. */
const notSupportedUrls = ['Extension', 'StructureDefinition'].map(
  (it) => `${guide}/${it}/operation-not-supported`,
)

const unsupportedOperations = [
  ...['export', 'patient-export', 'group-export'].map((it) => `${guide}/OperationDefinition/${it}`),
  `${guide}/CapabilityStatement/bulk-data`,
]

function list(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** The elements of a CapabilityStatement that are about the server; `undefined` if the body is not one. */
function restsOf(exchange: Exchange): readonly JsonObject[] | undefined {
  return bodyMember(exchange, 'resourceType') === 'CapabilityStatement'
    ? list(bodyMember(exchange, 'rest')).filter(({ mode }) => mode === undefined || mode === 'server')
    : undefined
}

/** The resource types of R4 that a CapabilityStatement lists without the extension `operation-not-supported`. */
export function exportableTypes(exchange: Exchange): readonly string[] {
  return (restsOf(exchange) ?? [])
    .flatMap((rest) => list(rest.resource))
    .filter(({ extension }) => !list(extension).some(({ url }) => notSupportedUrls.includes(String(url))))
    .flatMap(({ type }) => (typeof type === 'string' && isResourceType(type) ? [type] : []))
}

function noStatement(exchange: Exchange) {
  return undecided({ kind: 'unusable-body', exchange: exchange.number, flaw: 'no-capability-statement' })
}

/** The names of the search parameters of a query, without modifiers and chains. */
function parametersOf(query: string): readonly string[] {
  return [...new URLSearchParams(query.split('?')[1] ?? '').keys()].map((it) => it.split(/[:.]/)[0] ?? it)
}

const declaresSearchParams = exchangeCheck<{ readonly of: readonly string[] }>({
  name: 'declares-search-params',
  states:
    'The CapabilityStatement lists the search parameters of these queries for the type of the query, or for all types.',
  params: objectParams({ of: textListParam('Queries such as `Observation?status=final`.') }, ['of']),
  judge(exchange, { of }) {
    const rests = restsOf(exchange)
    if (!rests) return noStatement(exchange)
    return combineJudgements(
      of.flatMap((query) => {
        const type = typeOfQuery(query)
        const declared = new Set(
          rests
            .flatMap((rest) => [
              ...list(rest.searchParam),
              ...list(rest.resource).flatMap((it) => (it.type === type ? list(it.searchParam) : [])),
            ])
            .map(({ name }) => name),
        )
        return parametersOf(query).map((name) =>
          declared.has(name)
            ? satisfied
            : violated({
                message: `The CapabilityStatement does not list a search parameter of ${displayType(type ?? '')} that _typeFilter can have.`,
                expected: `${displayValue(name)} under \`searchParam\``,
                actual: `${declared.size} other search parameters`,
                where: { exchange: exchange.number, part: { pointer: '/rest' } },
              }),
        )
      }),
    )
  },
})

const notSupportedExtensions = exchangeCheck<true>({
  name: 'operation-not-supported',
  states:
    'Every extension `operation-not-supported` of a resource type or search parameter has a `valueCanonical` that names an export operation or the CapabilityStatement of the IG.',
  params: noParams,
  judge(exchange) {
    const rests = restsOf(exchange)
    if (!rests) return noStatement(exchange)
    const elements = rests
      .flatMap((rest) => list(rest.resource))
      .flatMap((it) => [it, ...list(it.searchParam)])
    const found = elements
      .flatMap((it) => list(it.extension))
      .filter(({ url }) => notSupportedUrls.includes(String(url)))
    if (found.length === 0) return neverArose('the CapabilityStatement does not have the extension')
    return combineJudgements(
      found.map(({ valueCanonical }) =>
        typeof valueCanonical === 'string' &&
        unsupportedOperations.includes(valueCanonical.split('|')[0] ?? '')
          ? satisfied
          : violated({
              message: 'An extension operation-not-supported does not name an operation of the IG.',
              expected: unsupportedOperations.join(' or '),
              actual: displayValue(valueCanonical),
              where: { exchange: exchange.number, part: { pointer: '/rest' } },
            }),
      ),
    )
  },
})

const operationDocumented = exchangeCheck<true>({
  name: 'operation-documented',
  states: 'Every export operation of a CapabilityStatement has a definition, or a documentation in words.',
  params: noParams,
  judge(exchange) {
    const rests = restsOf(exchange)
    if (!rests) return noStatement(exchange)
    const exports = [...rests, ...rests.flatMap((it) => list(it.resource))]
      .flatMap((it) => list(it.operation))
      .filter(({ name, definition }) => [name, definition].some((it) => /export(?:$|\|)/.test(String(it))))
    if (exports.length === 0) return neverArose('the CapabilityStatement declares no export operation')
    const isText = (it: unknown) => typeof it === 'string' && it !== ''
    if (exports.every(({ definition, documentation }) => isText(definition) || isText(documentation)))
      return satisfied
    return violated({
      message: 'Nothing says which parameters an export operation has.',
      expected: 'a definition, or a documentation',
      actual: 'neither',
      where: { exchange: exchange.number },
    })
  },
})

/** Checks on what the CapabilityStatement declares for exports. */
export const declaredSupportChecks: readonly Check[] = [
  operationDocumented,
  declaresSearchParams,
  notSupportedExtensions,
]
