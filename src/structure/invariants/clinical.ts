import { isLater } from './moments.ts'
import { canonical, count, has, hasChoice, isCoded, isDistinct, node, nodes, type Rule } from './node.ts'

const allergyVerification = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification'
const conditionClinical = 'http://terminology.hl7.org/CodeSystem/condition-clinical'
const conditionVerification = 'http://terminology.hl7.org/CodeSystem/condition-ver-status'
const inError = ['entered-in-error']

/** Invariants of resources that are about patients, their care, and those who give it. */
export const clinical: Readonly<Record<string, Rule>> = {
  'ait-1': (it) => isCoded(it.verificationStatus, allergyVerification, inError) || has(it, 'clinicalStatus'),
  'ait-2': (it) =>
    !isCoded(it.verificationStatus, allergyVerification, inError) || !has(it, 'clinicalStatus'),
  'app-1': (it) => has(it, 'type') || has(it, 'actor'),
  'app-2': (it) => has(it, 'start') === has(it, 'end'),
  'app-3': (it) =>
    (has(it, 'start') && has(it, 'end')) ||
    !has(it, 'status') ||
    ['proposed', 'cancelled', 'waitlist'].includes(it.status as string),
  'app-4': (it) => !has(it, 'cancelationReason') || it.status === 'no-show' || it.status === 'cancelled',
  'apr-1': (it) => has(it, 'participantType') || has(it, 'actor'),
  'ces-1': (it) => has(it, 'category') !== has(it, 'productOrService'),
  'cmp-1': (it) => has(it, 'text') || has(it, 'entry') || has(it, 'section'),
  'cmp-2': (it) => !has(it, 'emptyReason') || !has(it, 'entry'),
  'con-1': (it) => has(it, 'summary') || has(it, 'assessment'),
  'con-2': (it) => has(it, 'code') || has(it, 'detail'),
  'con-4': (it) =>
    !hasChoice(it, 'abatement') ||
    isCoded(it.clinicalStatus, conditionClinical, ['resolved', 'remission', 'inactive']),
  'con-5': (it) =>
    !isCoded(it.verificationStatus, conditionVerification, inError) || !has(it, 'clinicalStatus'),
  'cpl-3': (it) => !has(it, 'detail') || !has(it, 'reference'),
  'fhs-1': (it) => !hasChoice(it, 'age') || !hasChoice(it, 'born'),
  'fhs-2': (it) => hasChoice(it, 'age') || !has(it, 'estimatedAge'),
  'gol-1': (it) => !hasChoice(it, 'detail') || has(it, 'measure'),
  'grp-1': (it) => !has(it, 'member') || it.actual !== false,
  'imm-1': (it) => has(it, 'documentType') || has(it, 'reference'),
  'imr-1': (it) => has(it, 'vaccineCode') || has(it, 'targetDisease'),
  'Task inv-1': (it) => !isLater(it.authoredOn, it.lastModified),
  'ipn-1': (it) => has(it, 'identifier') || has(it, 'name'),
  'lnk-1': (it) => count(it, 'item') > 1,
  'lst-1': (it) => !has(it, 'emptyReason') || !has(it, 'entry'),
  'lst-2': (it) => it.mode === 'changes' || nodes(it, 'entry').every((entry) => !has(entry, 'deleted')),
  'lst-3': (it) => it.mode === 'working' || nodes(it, 'entry').every((entry) => !has(entry, 'date')),
  'mad-1': (it) => has(it, 'dose') || hasChoice(it, 'rate'),
  'mdd-1': (it) => !isLater(it.whenPrepared, it.whenHandedOver),
  'mrp-1': (it) => it.type !== 'data-collection' || !has(it, 'group'),
  'mrp-2': (it) =>
    nodes(it, 'group').every((group) =>
      nodes(group, 'stratifier').every((stratifier) =>
        nodes(stratifier, 'stratum').every((stratum) => has(stratum, 'value') !== has(stratum, 'component')),
      ),
    ),
  'msq-3': (it) => typeof it.coordinateSystem !== 'number' || [0, 1].includes(it.coordinateSystem),
  'msq-5': (it) => has(it, 'chromosome') === has(it, 'genomeBuild'),
  'msq-6': (it) =>
    ['genomeBuild', 'referenceSeqId', 'referenceSeqPointer', 'referenceSeqString'].filter((name) =>
      has(it, name),
    ).length === 1,
  'obs-3': (it) => has(it, 'low') || has(it, 'high') || has(it, 'text'),
  'obs-6': (it) => it.dataAbsentReason === undefined || !hasChoice(it, 'value'),
  'obs-7': (it) => {
    if (it.component === undefined || !hasChoice(it, 'value')) return true
    const codings = new Set(nodes(node(it, 'code'), 'coding').map(canonical))
    return !nodes(it, 'component').some((component) =>
      nodes(node(component, 'code'), 'coding').some((coding) => codings.has(canonical(coding))),
    )
  },
  'org-1': (it) => has(it, 'identifier') || has(it, 'name'),
  'pat-1': (it) => has(it, 'name') || has(it, 'telecom') || has(it, 'address') || has(it, 'organization'),
  'ppc-1': (it) => has(it, 'policy') || has(it, 'policyRule'),
  'prr-1': (it) => !has(it, 'orderDetail') || has(it, 'code'),
  'qrs-1': (it) => !(has(it, 'answer') && has(it, 'item')),
  'ras-2': (it) => typeof it.probabilityDecimal !== 'number' || it.probabilityDecimal <= 100,
  'rqg-1': (it) => has(it, 'resource') !== has(it, 'action'),
  'sev-1': (it) => !has(it, 'name') || !has(it, 'query'),
}

/** Invariants of Bundle and Parameters. */
export const bundles: Readonly<Record<string, Rule>> = {
  'bdl-1': (it) => !has(it, 'total') || it.type === 'searchset' || it.type === 'history',
  'bdl-2': (it) => it.type === 'searchset' || nodes(it, 'entry').every((entry) => !has(entry, 'search')),
  'bdl-3': (it) => {
    const asked = it.type === 'batch' || it.type === 'transaction' || it.type === 'history'
    return typeof it.type !== 'string' || nodes(it, 'entry').every((entry) => has(entry, 'request') === asked)
  },
  'bdl-4': (it) => {
    const { type } = it
    const answered = type === 'batch-response' || type === 'transaction-response' || type === 'history'
    return (
      typeof type !== 'string' || nodes(it, 'entry').every((entry) => has(entry, 'response') === answered)
    )
  },
  'bdl-5': (it) => has(it, 'resource') || has(it, 'request') || has(it, 'response'),
  'bdl-7': (it) => {
    if (it.type === 'history' || it.entry === undefined) return true
    const urls = nodes(it, 'entry').filter((entry) => entry.fullUrl !== undefined)
    return isDistinct(
      urls.map((entry) => `${entry.fullUrl} ${node(node(entry, 'resource'), 'meta').versionId ?? ''}`),
    )
  },
  'bdl-8': (it) => typeof it.fullUrl !== 'string' || !it.fullUrl.includes('/_history/'),
  'bdl-9': (it) => {
    const identifier = node(it, 'identifier')
    return it.type !== 'document' || (has(identifier, 'system') && has(identifier, 'value'))
  },
  'bdl-10': (it) => it.type !== 'document' || it.timestamp !== undefined,
  'bdl-11': (it) => it.type !== 'document' || beginsWith(it.entry, 'Composition'),
  'bdl-12': (it) => it.type !== 'message' || beginsWith(it.entry, 'MessageHeader'),
  'Parameters.parameter inv-1': (it) => {
    const value = hasChoice(it, 'value')
    return has(it, 'part') ? !value && !has(it, 'resource') : value !== has(it, 'resource')
  },
}

function beginsWith(entry: unknown, type: string): boolean {
  const first = nodes({ entry }, 'entry')[0]
  return first !== undefined && node(first, 'resource').resourceType === type
}
