import { countItems, hasElement, isDistinct, objectIn, objectsIn } from './json-object.ts'
import type { JsonObject } from '../../model/json.ts'
import type { InvariantRule } from './rule.ts'

const questionsWithOptions = [
  'choice',
  'open-choice',
  'decimal',
  'integer',
  'date',
  'dateTime',
  'time',
  'string',
  'quantity',
]
const questionsWithLength = ['boolean', 'decimal', 'integer', 'string', 'text', 'url', 'open-choice']

/** All values of a name at any depth of a tree whose branches have one name. */
function inTree(it: JsonObject, branch: string, leaf: string): readonly unknown[] {
  return objectsIn(it, branch).flatMap((child) => [child[leaf], ...inTree(child, branch, leaf)])
}

function hasAny(it: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => hasElement(it, name))
}

function howMany(it: JsonObject, names: readonly string[]): number {
  return names.filter((name) => hasElement(it, name)).length
}

/** Invariants of terminology, questionnaires, measures, groups of definitions, and capability statements. */
export const definitionalInvariants: Readonly<Record<string, InvariantRule>> = {
  'cmd-1': (it) =>
    hasElement(it, 'comment') || (it.equivalence !== 'narrower' && it.equivalence !== 'inexact'),
  'cmd-2': (it) => it.mode !== 'fixed' || hasElement(it, 'code'),
  'cmd-3': (it) => it.mode !== 'other-map' || hasElement(it, 'url'),
  'cpb-1': (it) => hasAny(it, ['rest', 'messaging', 'document']),
  'cpb-2': (it) => hasAny(it, ['description', 'software', 'implementation']),
  'cpb-3': (it) =>
    it.kind === 'instance' ||
    objectsIn(it, 'messaging').every((messaging) => !hasElement(messaging, 'endpoint')),
  'cpb-7': (it) => isDistinct(objectsIn(it, 'document').map(({ profile, mode }) => `${profile} ${mode}`)),
  'cpb-9': (it) => isDistinct(objectsIn(it, 'resource').map(({ type }) => type)),
  'cpb-12': (it) => isDistinct(objectsIn(it, 'searchParam').map(({ name }) => name)),
  'cpb-14': (it) => it.kind !== 'instance' || hasElement(it, 'implementation'),
  'cpb-15': (it) =>
    it.kind !== 'capability' || (!hasElement(it, 'implementation') && hasElement(it, 'software')),
  'cpb-16': (it) => it.kind !== 'requirements' || !hasAny(it, ['implementation', 'software']),
  'csd-1': (it) => it.concept === undefined || isDistinct(inTree(it, 'concept', 'code')),
  'ig-1': (it) => {
    const groupings = objectsIn(it, 'grouping').map(({ id }) => id)
    return objectsIn(it, 'resource').every(
      ({ groupingId }) => groupingId === undefined || groupings.includes(groupingId),
    )
  },
  'ig-2': (it) => {
    const versions = Array.isArray(it.fhirVersion) ? it.fhirVersion : []
    return objectsIn(objectIn(it, 'definition'), 'resource').every(
      ({ fhirVersion }) =>
        !Array.isArray(fhirVersion) ||
        fhirVersion.every((version) => version === null || versions.includes(version)),
    )
  },
  'md-1': ({ max }) => typeof max !== 'string' || max === '*' || (/^[+-]?\d+$/.test(max) && Number(max) > 0),
  'mea-1': (it) =>
    objectsIn(it, 'group').every((group) =>
      objectsIn(group, 'stratifier').every(
        (stratifier) =>
          hasAny(stratifier, ['code', 'description', 'criteria']) !== hasElement(stratifier, 'component'),
      ),
    ),
  'nsd-1': (it) => it.kind !== 'root' || objectsIn(it, 'uniqueId').every(({ type }) => type !== 'uuid'),
  'nsd-2': (it) =>
    isDistinct(
      objectsIn(it, 'uniqueId')
        .filter(({ preferred }) => preferred === true)
        .map(({ type }) => type),
    ),
  'opd-1': (it) => hasElement(it, 'type') || hasElement(it, 'part'),
  'opd-2': (it) => !hasElement(it, 'searchType') || it.type === 'string',
  'opd-3': (it) => !hasElement(it, 'targetProfile') || it.type === 'Reference' || it.type === 'canonical',
  'que-1': (it) =>
    (it.type !== 'group' || hasElement(it, 'item')) && (it.type !== 'display' || !hasElement(it, 'item')),
  'que-2': (it) => isDistinct(inTree(it, 'item', 'linkId')),
  'que-3': (it) => it.type !== 'display' || !hasElement(it, 'code'),
  'que-4': (it) => !hasElement(it, 'answerOption') || !hasElement(it, 'answerValueSet'),
  'que-5': (it) =>
    typeof it.type !== 'string' ||
    questionsWithOptions.includes(it.type) ||
    !hasAny(it, ['answerValueSet', 'answerOption']),
  'que-6': (it) => it.type !== 'display' || !hasAny(it, ['required', 'repeats']),
  'que-7': (it) => it.operator !== 'exists' || hasElement(it, 'answerBoolean'),
  'que-8': (it) => (it.type !== 'group' && it.type !== 'display') || !hasElement(it, 'initial'),
  'que-9': (it) => it.type !== 'display' || !hasElement(it, 'readOnly'),
  'que-10': (it) =>
    typeof it.type !== 'string' || questionsWithLength.includes(it.type) || !hasElement(it, 'maxLength'),
  'que-11': (it) => !hasElement(it, 'answerOption') || !hasElement(it, 'initial'),
  'que-12': (it) => countItems(it, 'enableWhen') <= 1 || hasElement(it, 'enableBehavior'),
  'que-13': (it) => it.repeats === true || countItems(it, 'initial') <= 1,
  'smp-1': (it) => !hasElement(it, 'element') || hasElement(it, 'context'),
  'smp-2': (it) => !hasElement(it, 'context') || hasElement(it, 'contextType'),
  'spd-1': (it) => !hasElement(it, 'xpath') || hasElement(it, 'xpathUsage'),
  'spd-2': (it) => !hasElement(it, 'chain') || it.type === 'reference',
  'tcp-1': (it) =>
    countItems(it, 'version') <= 1 ||
    objectsIn(it, 'version').every((version) => hasElement(version, 'code')),
  'tcp-2': (it) => hasAny(it, ['description', 'software', 'implementation']),
  'tcp-3': (it) => it.kind !== 'instance' || hasElement(it, 'implementation'),
  'tcp-4': (it) =>
    it.kind !== 'capability' || (!hasElement(it, 'implementation') && hasElement(it, 'software')),
  'tcp-5': (it) => it.kind !== 'requirements' || !hasAny(it, ['implementation', 'software']),
  'vsd-1': (it) => hasAny(it, ['valueSet', 'system']),
  'vsd-2': (it) => !hasAny(it, ['concept', 'filter']) || hasElement(it, 'system'),
  'vsd-3': (it) => !hasElement(it, 'concept') || !hasElement(it, 'filter'),
  'vsd-6': (it) => hasAny(it, ['code', 'display']),
  'vsd-9': (it) => hasElement(it, 'code') || it.abstract === true,
  'vsd-10': (it) => !hasElement(it, 'code') || hasElement(it, 'system'),
}

const asserted = [
  'contentType',
  'expression',
  'headerField',
  'minimumId',
  'navigationLinks',
  'path',
  'requestMethod',
  'resource',
  'responseCode',
  'response',
  'validateProfileId',
]

const isOneAction: InvariantRule = (it) => hasElement(it, 'operation') !== hasElement(it, 'assert')
const assertsOneThing: InvariantRule = (it) => it.extension !== undefined || howMany(it, asserted) <= 1
const hasOneTarget: InvariantRule = (it) =>
  hasElement(it, 'sourceId') ||
  howMany(it, ['targetId', 'url', 'params']) === 1 ||
  ['capabilities', 'search', 'transaction', 'history'].includes(objectIn(it, 'type').code as string)
const comparesWithOne: InvariantRule = (it) =>
  hasElement(it, 'compareToSourceId') === hasAny(it, ['compareToSourceExpression', 'compareToSourcePath'])
const isDirected: InvariantRule = (it) =>
  (!hasAny(it, ['response', 'responseCode']) && it.direction === 'request') ||
  !hasElement(it, 'direction') ||
  it.direction === 'response'

/** Invariants of TestScript and TestReport. */
export const testingInvariants: Readonly<Record<string, InvariantRule>> = {
  'TestReport.setup.action inv-1': isOneAction,
  'inv-2': isOneAction,
  'tst-1': isOneAction,
  'tst-2': isOneAction,
  'tst-3': (it) => howMany(it, ['expression', 'headerField', 'path']) < 3,
  'tst-4': (it) =>
    objectsIn(it, 'capability').length === 0 ||
    objectsIn(it, 'capability').some((capability) => hasAny(capability, ['required', 'validated'])),
  'tst-5': assertsOneThing,
  'tst-6': assertsOneThing,
  'tst-7': hasOneTarget,
  'tst-8': hasOneTarget,
  'tst-9': hasOneTarget,
  'tst-10': comparesWithOne,
  'tst-11': comparesWithOne,
  'tst-12': isDirected,
  'tst-13': isDirected,
}
