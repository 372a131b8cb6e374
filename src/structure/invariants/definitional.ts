import { count, has, isDistinct, type Node, node, nodes, type Rule } from './node.ts'

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
function inTree(it: Node, branch: string, leaf: string): readonly unknown[] {
  return nodes(it, branch).flatMap((child) => [child[leaf], ...inTree(child, branch, leaf)])
}

function hasAny(it: Node, names: readonly string[]): boolean {
  return names.some((name) => has(it, name))
}

function howMany(it: Node, names: readonly string[]): number {
  return names.filter((name) => has(it, name)).length
}

/** Invariants of terminology, questionnaires, measures, groups of definitions, and capability statements. */
export const definitional: Readonly<Record<string, Rule>> = {
  'cmd-1': (it) => has(it, 'comment') || (it.equivalence !== 'narrower' && it.equivalence !== 'inexact'),
  'cmd-2': (it) => it.mode !== 'fixed' || has(it, 'code'),
  'cmd-3': (it) => it.mode !== 'other-map' || has(it, 'url'),
  'cpb-1': (it) => hasAny(it, ['rest', 'messaging', 'document']),
  'cpb-2': (it) => hasAny(it, ['description', 'software', 'implementation']),
  'cpb-3': (it) =>
    it.kind === 'instance' || nodes(it, 'messaging').every((messaging) => !has(messaging, 'endpoint')),
  'cpb-7': (it) => isDistinct(nodes(it, 'document').map(({ profile, mode }) => `${profile} ${mode}`)),
  'cpb-9': (it) => isDistinct(nodes(it, 'resource').map(({ type }) => type)),
  'cpb-12': (it) => isDistinct(nodes(it, 'searchParam').map(({ name }) => name)),
  'cpb-14': (it) => it.kind !== 'instance' || has(it, 'implementation'),
  'cpb-15': (it) => it.kind !== 'capability' || (!has(it, 'implementation') && has(it, 'software')),
  'cpb-16': (it) => it.kind !== 'requirements' || !hasAny(it, ['implementation', 'software']),
  'csd-1': (it) => it.concept === undefined || isDistinct(inTree(it, 'concept', 'code')),
  'ig-1': (it) => {
    const groupings = nodes(it, 'grouping').map(({ id }) => id)
    return nodes(it, 'resource').every(
      ({ groupingId }) => groupingId === undefined || groupings.includes(groupingId),
    )
  },
  'ig-2': (it) => {
    const versions = Array.isArray(it.fhirVersion) ? it.fhirVersion : []
    return nodes(node(it, 'definition'), 'resource').every(
      ({ fhirVersion }) =>
        !Array.isArray(fhirVersion) ||
        fhirVersion.every((version) => version === null || versions.includes(version)),
    )
  },
  'md-1': ({ max }) => typeof max !== 'string' || max === '*' || (/^[+-]?\d+$/.test(max) && Number(max) > 0),
  'mea-1': (it) =>
    nodes(it, 'group').every((group) =>
      nodes(group, 'stratifier').every(
        (stratifier) =>
          hasAny(stratifier, ['code', 'description', 'criteria']) !== has(stratifier, 'component'),
      ),
    ),
  'nsd-1': (it) => it.kind !== 'root' || nodes(it, 'uniqueId').every(({ type }) => type !== 'uuid'),
  'nsd-2': (it) =>
    isDistinct(
      nodes(it, 'uniqueId')
        .filter(({ preferred }) => preferred === true)
        .map(({ type }) => type),
    ),
  'opd-1': (it) => has(it, 'type') || has(it, 'part'),
  'opd-2': (it) => !has(it, 'searchType') || it.type === 'string',
  'opd-3': (it) => !has(it, 'targetProfile') || it.type === 'Reference' || it.type === 'canonical',
  'que-1': (it) => (it.type !== 'group' || has(it, 'item')) && (it.type !== 'display' || !has(it, 'item')),
  'que-2': (it) => isDistinct(inTree(it, 'item', 'linkId')),
  'que-3': (it) => it.type !== 'display' || !has(it, 'code'),
  'que-4': (it) => !has(it, 'answerOption') || !has(it, 'answerValueSet'),
  'que-5': (it) =>
    typeof it.type !== 'string' ||
    questionsWithOptions.includes(it.type) ||
    !hasAny(it, ['answerValueSet', 'answerOption']),
  'que-6': (it) => it.type !== 'display' || !hasAny(it, ['required', 'repeats']),
  'que-7': (it) => it.operator !== 'exists' || has(it, 'answerBoolean'),
  'que-8': (it) => (it.type !== 'group' && it.type !== 'display') || !has(it, 'initial'),
  'que-9': (it) => it.type !== 'display' || !has(it, 'readOnly'),
  'que-10': (it) =>
    typeof it.type !== 'string' || questionsWithLength.includes(it.type) || !has(it, 'maxLength'),
  'que-11': (it) => !has(it, 'answerOption') || !has(it, 'initial'),
  'que-12': (it) => count(it, 'enableWhen') <= 2 || has(it, 'enableBehavior'),
  'que-13': (it) => it.repeats === true || count(it, 'initial') <= 1,
  'smp-1': (it) => !has(it, 'element') || has(it, 'context'),
  'smp-2': (it) => !has(it, 'context') || has(it, 'contextType'),
  'spd-1': (it) => !has(it, 'xpath') || has(it, 'xpathUsage'),
  'spd-2': (it) => !has(it, 'chain') || it.type === 'reference',
  'tcp-1': (it) => count(it, 'version') <= 1 || nodes(it, 'version').every((version) => has(version, 'code')),
  'tcp-2': (it) => hasAny(it, ['description', 'software', 'implementation']),
  'tcp-3': (it) => it.kind !== 'instance' || has(it, 'implementation'),
  'tcp-4': (it) => it.kind !== 'capability' || (!has(it, 'implementation') && has(it, 'software')),
  'tcp-5': (it) => it.kind !== 'requirements' || !hasAny(it, ['implementation', 'software']),
  'vsd-1': (it) => hasAny(it, ['valueSet', 'system']),
  'vsd-2': (it) => !hasAny(it, ['concept', 'filter']) || has(it, 'system'),
  'vsd-3': (it) => !has(it, 'concept') || !has(it, 'filter'),
  'vsd-6': (it) => hasAny(it, ['code', 'display']),
  'vsd-9': (it) => has(it, 'code') || it.abstract === true,
  'vsd-10': (it) => !has(it, 'code') || has(it, 'system'),
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

const isOneAction: Rule = (it) => has(it, 'operation') !== has(it, 'assert')
const assertsOneThing: Rule = (it) => it.extension !== undefined || howMany(it, asserted) <= 1
const hasOneTarget: Rule = (it) =>
  has(it, 'sourceId') ||
  howMany(it, ['targetId', 'url', 'params']) === 1 ||
  ['capabilities', 'search', 'transaction', 'history'].includes(node(it, 'type').code as string)
const comparesWithOne: Rule = (it) =>
  has(it, 'compareToSourceId') === hasAny(it, ['compareToSourceExpression', 'compareToSourcePath'])
const isDirected: Rule = (it) =>
  (!hasAny(it, ['response', 'responseCode']) && it.direction === 'request') ||
  !has(it, 'direction') ||
  it.direction === 'response'

/** Invariants of TestScript and TestReport. */
export const testing: Readonly<Record<string, Rule>> = {
  'TestReport.setup.action inv-1': isOneAction,
  'inv-2': isOneAction,
  'tst-1': isOneAction,
  'tst-2': isOneAction,
  'tst-3': (it) => howMany(it, ['expression', 'headerField', 'path']) < 3,
  'tst-4': (it) =>
    nodes(it, 'capability').length === 0 ||
    nodes(it, 'capability').some((capability) => hasAny(capability, ['required', 'validated'])),
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
