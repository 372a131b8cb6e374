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
import { isSuccess } from '../../model/http/status.ts'
import { indecisiveStatus, stated } from '../../model/reason.ts'
import { bodyMember } from './response-body.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { isJsonObject } from '../../model/json.ts'
import { noParams, objectParams, textListParam } from '../params.ts'
import { displayType } from '../resource-type.ts'

interface DeclaredOperation {
  readonly place: string
  readonly pointer: string
  readonly name: unknown
  readonly definition: unknown
}

function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** Operations declared for the server as a whole and for resource types, in the order of the statement. */
function operationsOf(exchange: Exchange): readonly DeclaredOperation[] {
  return list(bodyMember(exchange, 'rest')).flatMap((rest, r) => {
    if (rest.mode !== undefined && rest.mode !== 'server') return []
    const declared = (value: unknown, place: string, pointer: string): DeclaredOperation[] =>
      list(value).map((it, at) => ({
        place,
        pointer: `${pointer}/operation/${at}`,
        name: it.name,
        definition: it.definition,
      }))
    return [
      ...declared(rest.operation, 'system', `/rest/${r}`),
      ...list(rest.resource).flatMap((it, at) =>
        declared(it.operation, String(it.type), `/rest/${r}/resource/${at}`),
      ),
    ]
  })
}

function isExport({ name, definition }: DeclaredOperation): boolean {
  return [name, canonicalOf(definition)].some(
    (it) => typeof it === 'string' && /(^|[/-])export(-v\d+)?$/.test(it),
  )
}

function canonicalOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.split('|')[0] : undefined
}

function noCapabilityStatement(exchange: Exchange): Judgement | undefined {
  return bodyMember(exchange, 'resourceType') === 'CapabilityStatement'
    ? undefined
    : undecided({ kind: 'unusable-body', exchange: exchange.number, flaw: 'no-capability-statement' })
}

const places = { system: 'system', patient: 'Patient', group: 'Group' } as const

const declaresOperation = exchangeCheck<keyof typeof places>({
  name: 'declares-operation',
  states:
    'The CapabilityStatement declares the export operation of a level: for `system` in `rest.operation`, for `patient` and `group` in the `operation` of Patient or Group under `rest.resource`.',
  params: { enum: Object.keys(places), description: 'The export level.' },
  judge(exchange, level) {
    const problem = noCapabilityStatement(exchange)
    if (problem) return problem
    const exports = operationsOf(exchange).filter(isExport)
    if (exports.some((it) => it.place === places[level])) return satisfied
    return violated({
      message: `The CapabilityStatement does not declare ${level}-level export.`,
      expected:
        level === 'system'
          ? 'the export operation under `rest.operation`'
          : `the export operation under \`rest.resource\` of ${places[level]}`,
      actual:
        exports.length > 0
          ? `declared for ${[...new Set(exports.map((it) => it.place))].map(displayValue).join(', ')}`
          : 'no export operation',
      where: { exchange: exchange.number, part: { pointer: '/rest' } },
    })
  },
})

const declaresTypes = exchangeCheck<{ readonly all?: readonly string[]; readonly none?: readonly string[] }>({
  name: 'declares-types',
  states:
    'The CapabilityStatement declares all of these resource types under `rest.resource` (`all`), and none of these (`none`).',
  params: objectParams(
    {
      all: textListParam('Resource types that it declares.'),
      none: textListParam('Resource types that it does not declare.'),
    },
    [],
  ),
  judge(exchange, { all = [], none = [] }) {
    const problem = noCapabilityStatement(exchange)
    if (problem) return problem
    const declared = new Set(
      list(bodyMember(exchange, 'rest')).flatMap((rest) => list(rest.resource).map(({ type }) => type)),
    )
    const wrong = (type: string, states: string, expected: string) =>
      violated({
        message: `The CapabilityStatement ${states} the resource type ${displayType(type)}.`,
        expected,
        actual: `${declared.size} resource types`,
        where: { exchange: exchange.number, part: { pointer: '/rest' } },
      })
    const absent = all.find((it) => !declared.has(it))
    if (absent !== undefined) return wrong(absent, 'does not declare', all.map(displayType).join(', '))
    const present = none.find((it) => declared.has(it))
    return present === undefined
      ? satisfied
      : wrong(present, 'declares', `no ${none.map(displayType).join(' or ')}`)
  },
})

const operationNames = exchangeCheck<readonly string[]>({
  name: 'operation-names',
  states: 'Every declared export operation has one of these names.',
  params: { type: 'array', minItems: 1, items: { type: 'string' }, description: 'The allowed names.' },
  judge(exchange, names) {
    return eachExport(exchange, (it) =>
      names.includes(it.name as string)
        ? satisfied
        : violated({
            message: 'The CapabilityStatement declares an export operation with another name.',
            expected: names.join(' or '),
            actual: displayValue(it.name),
            where: { exchange: exchange.number, part: { pointer: `${it.pointer}/name` } },
          }),
    )
  },
})

function eachExport(exchange: Exchange, judge: (it: DeclaredOperation) => Judgement): Judgement {
  const problem = noCapabilityStatement(exchange)
  if (problem) return problem
  const exports = operationsOf(exchange).filter(isExport)
  return exports.length > 0
    ? combineJudgements(exports.map(judge))
    : neverArose('the CapabilityStatement declares no export operation')
}

const canonical = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/'
const definitions = ['export', 'patient-export', 'group-export'].map((it) => canonical + it)

const operationDefinition = exchangeCheck<true>({
  name: 'operation-definition',
  states:
    'Every declared export operation refers to an OperationDefinition of the IG. Another definition is inconclusive, because it may be derived from one of them.',
  params: noParams,
  judge(exchange) {
    return eachExport(exchange, (it) => {
      const definition = canonicalOf(it.definition)
      if (definition && definitions.includes(definition)) return satisfied
      if (definition && /^[a-z][a-z0-9+.-]*:\S+$/i.test(definition) && !definition.startsWith(canonical))
        return undecided(
          'an export operation refers to another OperationDefinition, which may be derived from one of the IG',
        )
      return violated({
        message: 'A declared export operation does not refer to an OperationDefinition of the IG.',
        expected: definitions.join(' or '),
        actual: displayValue(it.definition),
        where: { exchange: exchange.number, part: { pointer: `${it.pointer}/definition` } },
      })
    })
  },
})

const knownOperation = exchangeCheck<true>({
  name: 'known-operation',
  states:
    'The server implements the export operation: it accepts the kick-off request. A refusal with a status other than 404, 405 or 501 is inconclusive.',
  params: noParams,
  judge({ response, number }) {
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    const { status } = response
    if (isSuccess(status)) return satisfied
    if (![404, 405, 501].includes(status)) return undecided(indecisiveStatus(number, status, 'other'))
    return violated({
      message: 'The server does not implement the export operation at this URL.',
      expected: '202 Accepted',
      actual: String(status),
      where: { exchange: number },
    })
  },
})

const operationVersions = exchangeCheck<number | 'named-apart'>({
  name: 'operation-versions',
  states:
    'No declared export operation has a version before this major version in its canonical; or, with `named-apart`, operations of the same canonical in different versions have different names.',
  params: {
    anyOf: [{ type: 'integer', minimum: 1 }, { const: 'named-apart' }],
    description: 'The least major version, or `named-apart`.',
  },
  judge(exchange, wanted) {
    const versioned = operationsOf(exchange)
      .filter(isExport)
      .flatMap((it) => {
        const [canonical, version] = typeof it.definition === 'string' ? it.definition.split('|') : []
        return version === undefined ? [] : [{ ...it, canonical, version }]
      })
    const problem = noCapabilityStatement(exchange)
    if (problem) return problem
    const wrong =
      wanted === 'named-apart'
        ? versioned.find((it) =>
            versioned.some(
              (other) =>
                other.canonical === it.canonical &&
                other.place === it.place &&
                other.version !== it.version &&
                other.name === it.name,
            ),
          )
        : versioned.find((it) => Number.parseInt(it.version, 10) < wanted)
    if (wrong)
      return violated({
        message:
          wanted === 'named-apart'
            ? 'Two versions of an export operation have the same name.'
            : 'The CapabilityStatement declares an earlier version of an export operation.',
        expected:
          wanted === 'named-apart' ? 'a name of its own for each version' : `version ${wanted} or later`,
        actual: displayValue(wrong.definition),
        where: { exchange: exchange.number, part: { pointer: `${wrong.pointer}/definition` } },
      })
    const count = new Set(versioned.map((it) => it.version)).size
    return wanted === 'named-apart' && count < 2
      ? neverArose('the CapabilityStatement declares only one version of each export operation')
      : satisfied
  },
})

const groupId = exchangeCheck<true>({
  name: 'group-id',
  states:
    'The id of the Group in the URL of an accepted kick-off request is a FHIR id: 1 to 64 ASCII letters, digits, hyphens or dots.',
  params: noParams,
  judge({ request, response, number }) {
    const segment = /\/Group\/([^/?#]+)\/(?:\$|%24)export(?=[?#]|$)/i.exec(request.url)?.[1]
    if (segment === undefined)
      return undecided(stated('the request is not a kick-off request for a Group', number))
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    const { status } = response
    if (status < 200 || status > 299)
      return undecided({ kind: 'refused', outcome: { exchange: number, status } })
    const id = decodedSegment(segment)
    if (/^[A-Za-z0-9.-]{1,64}$/.test(id)) return satisfied
    return violated({
      message: 'The server exports a Group whose id is not a FHIR id.',
      expected: '1 to 64 letters, digits, hyphens or dots',
      actual: displayValue(id),
      where: { exchange: number },
    })
  },
})

function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A lone percent sign is no part of a FHIR id either.
    return segment
  }
}

/** Checks on the export operations that a server declares and knows. */
export const exportOperationChecks: readonly Check[] = [
  declaresOperation,
  declaresTypes,
  operationNames,
  operationDefinition,
  knownOperation,
  operationVersions,
  groupId,
]
