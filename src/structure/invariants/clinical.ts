import { isLater } from './date-order.ts'
import {
  canonicalJsonText,
  countItems,
  hasElement,
  hasChoice,
  isCoded,
  isDistinct,
  objectIn,
  objectsIn,
} from './json-object.ts'
import type { InvariantRule } from './rule.ts'

const allergyVerification = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification'
const conditionClinical = 'http://terminology.hl7.org/CodeSystem/condition-clinical'
const conditionVerification = 'http://terminology.hl7.org/CodeSystem/condition-ver-status'
const inError = ['entered-in-error']

/** Invariants of resources about patients, their care and their caregivers. */
export const clinicalInvariants: Readonly<Record<string, InvariantRule>> = {
  'ait-1': (it) =>
    isCoded(it.verificationStatus, allergyVerification, inError) || hasElement(it, 'clinicalStatus'),
  'ait-2': (it) =>
    !isCoded(it.verificationStatus, allergyVerification, inError) || !hasElement(it, 'clinicalStatus'),
  'app-1': (it) => hasElement(it, 'type') || hasElement(it, 'actor'),
  'app-2': (it) => hasElement(it, 'start') === hasElement(it, 'end'),
  'app-3': (it) =>
    (hasElement(it, 'start') && hasElement(it, 'end')) ||
    !hasElement(it, 'status') ||
    ['proposed', 'cancelled', 'waitlist'].includes(it.status as string),
  'app-4': (it) =>
    !hasElement(it, 'cancelationReason') || it.status === 'no-show' || it.status === 'cancelled',
  'apr-1': (it) => hasElement(it, 'participantType') || hasElement(it, 'actor'),
  'ces-1': (it) => hasElement(it, 'category') !== hasElement(it, 'productOrService'),
  'cmp-1': (it) => hasElement(it, 'text') || hasElement(it, 'entry') || hasElement(it, 'section'),
  'cmp-2': (it) => !hasElement(it, 'emptyReason') || !hasElement(it, 'entry'),
  'con-1': (it) => hasElement(it, 'summary') || hasElement(it, 'assessment'),
  'con-2': (it) => hasElement(it, 'code') || hasElement(it, 'detail'),
  'con-4': (it) =>
    !hasChoice(it, 'abatement') ||
    isCoded(it.clinicalStatus, conditionClinical, ['resolved', 'remission', 'inactive']),
  'con-5': (it) =>
    !isCoded(it.verificationStatus, conditionVerification, inError) || !hasElement(it, 'clinicalStatus'),
  'cpl-3': (it) => !hasElement(it, 'detail') || !hasElement(it, 'reference'),
  'fhs-1': (it) => !hasChoice(it, 'age') || !hasChoice(it, 'born'),
  'fhs-2': (it) => hasChoice(it, 'age') || !hasElement(it, 'estimatedAge'),
  'gol-1': (it) => !hasChoice(it, 'detail') || hasElement(it, 'measure'),
  'grp-1': (it) => !hasElement(it, 'member') || it.actual !== false,
  'imm-1': (it) => hasElement(it, 'documentType') || hasElement(it, 'reference'),
  'imr-1': (it) => hasElement(it, 'vaccineCode') || hasElement(it, 'targetDisease'),
  'Task inv-1': (it) => !isLater(it.authoredOn, it.lastModified),
  'ipn-1': (it) => hasElement(it, 'identifier') || hasElement(it, 'name'),
  'lnk-1': (it) => countItems(it, 'item') > 1,
  'lst-1': (it) => !hasElement(it, 'emptyReason') || !hasElement(it, 'entry'),
  'lst-2': (it) =>
    it.mode === 'changes' || objectsIn(it, 'entry').every((entry) => !hasElement(entry, 'deleted')),
  'lst-3': (it) =>
    it.mode === 'working' || objectsIn(it, 'entry').every((entry) => !hasElement(entry, 'date')),
  'mad-1': (it) => hasElement(it, 'dose') || hasChoice(it, 'rate'),
  'mdd-1': (it) => !isLater(it.whenPrepared, it.whenHandedOver),
  'mrp-1': (it) => it.type !== 'data-collection' || !hasElement(it, 'group'),
  'mrp-2': (it) =>
    objectsIn(it, 'group').every((group) =>
      objectsIn(group, 'stratifier').every((stratifier) =>
        objectsIn(stratifier, 'stratum').every(
          (stratum) => hasElement(stratum, 'value') !== hasElement(stratum, 'component'),
        ),
      ),
    ),
  'msq-3': (it) => typeof it.coordinateSystem !== 'number' || [0, 1].includes(it.coordinateSystem),
  'msq-5': (it) => hasElement(it, 'chromosome') === hasElement(it, 'genomeBuild'),
  'msq-6': (it) =>
    ['genomeBuild', 'referenceSeqId', 'referenceSeqPointer', 'referenceSeqString'].filter((name) =>
      hasElement(it, name),
    ).length === 1,
  'obs-3': (it) => hasElement(it, 'low') || hasElement(it, 'high') || hasElement(it, 'text'),
  'obs-6': (it) => it.dataAbsentReason === undefined || !hasChoice(it, 'value'),
  'obs-7': (it) => {
    if (it.component === undefined || !hasChoice(it, 'value')) return true
    const codings = new Set(objectsIn(objectIn(it, 'code'), 'coding').map(canonicalJsonText))
    return !objectsIn(it, 'component').some((component) =>
      objectsIn(objectIn(component, 'code'), 'coding').some((coding) =>
        codings.has(canonicalJsonText(coding)),
      ),
    )
  },
  'org-1': (it) => hasElement(it, 'identifier') || hasElement(it, 'name'),
  'pat-1': (it) =>
    hasElement(it, 'name') ||
    hasElement(it, 'telecom') ||
    hasElement(it, 'address') ||
    hasElement(it, 'organization'),
  'ppc-1': (it) => hasElement(it, 'policy') || hasElement(it, 'policyRule'),
  'prr-1': (it) => !hasElement(it, 'orderDetail') || hasElement(it, 'code'),
  'qrs-1': (it) => !(hasElement(it, 'answer') && hasElement(it, 'item')),
  'ras-2': (it) => typeof it.probabilityDecimal !== 'number' || it.probabilityDecimal <= 100,
  'rqg-1': (it) => hasElement(it, 'resource') !== hasElement(it, 'action'),
  'sev-1': (it) => !hasElement(it, 'name') || !hasElement(it, 'query'),
}

/** Invariants of Bundle and Parameters. */
export const bundleInvariants: Readonly<Record<string, InvariantRule>> = {
  'bdl-1': (it) => !hasElement(it, 'total') || it.type === 'searchset' || it.type === 'history',
  'bdl-2': (it) =>
    it.type === 'searchset' || objectsIn(it, 'entry').every((entry) => !hasElement(entry, 'search')),
  'bdl-3': (it) => {
    const asked = it.type === 'batch' || it.type === 'transaction' || it.type === 'history'
    return (
      typeof it.type !== 'string' ||
      objectsIn(it, 'entry').every((entry) => hasElement(entry, 'request') === asked)
    )
  },
  'bdl-4': (it) => {
    const { type } = it
    const answered = type === 'batch-response' || type === 'transaction-response' || type === 'history'
    return (
      typeof type !== 'string' ||
      objectsIn(it, 'entry').every((entry) => hasElement(entry, 'response') === answered)
    )
  },
  'bdl-5': (it) => hasElement(it, 'resource') || hasElement(it, 'request') || hasElement(it, 'response'),
  'bdl-7': (it) => {
    if (it.type === 'history' || it.entry === undefined) return true
    const urls = objectsIn(it, 'entry').filter((entry) => entry.fullUrl !== undefined)
    return isDistinct(
      urls.map(
        (entry) => `${entry.fullUrl} ${objectIn(objectIn(entry, 'resource'), 'meta').versionId ?? ''}`,
      ),
    )
  },
  'bdl-8': (it) => typeof it.fullUrl !== 'string' || !it.fullUrl.includes('/_history/'),
  'bdl-9': (it) => {
    const identifier = objectIn(it, 'identifier')
    return it.type !== 'document' || (hasElement(identifier, 'system') && hasElement(identifier, 'value'))
  },
  'bdl-10': (it) => it.type !== 'document' || it.timestamp !== undefined,
  'bdl-11': (it) => it.type !== 'document' || beginsWith(it.entry, 'Composition'),
  'bdl-12': (it) => it.type !== 'message' || beginsWith(it.entry, 'MessageHeader'),
  'Parameters.parameter inv-1': (it) => {
    const value = hasChoice(it, 'value')
    return hasElement(it, 'part')
      ? !value && !hasElement(it, 'resource')
      : value !== hasElement(it, 'resource')
  },
}

function beginsWith(entry: unknown, type: string): boolean {
  const first = objectsIn({ entry }, 'entry')[0]
  return first !== undefined && objectIn(first, 'resource').resourceType === type
}
