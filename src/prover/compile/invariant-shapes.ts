import * as at from '../core/layout.ts'
import type { TypeShape } from './type-shape.ts'
import type { TypeShapes } from './type-shapes.ts'

/** Changes a shape so that the prover proves it only if an invariant holds. */
export type ShapeAdjustment = (it: TypeShape, shapes: TypeShapes, element: string) => void

const ucum = 'http://unitsofmeasure.org'
const isOver = 1
const isWorking = 2
const isDated = 4

// A concept with entered-in-error is rare, and left to the explaining path.
const withoutError = (it: TypeShape, shapes: TypeShapes): void => {
  const property = it.property('verificationStatus')
  shapes.bind(property, { codes: (property.codes ?? []).filter((code) => code !== 'entered-in-error') })
}

const inUcum = (it: TypeShape): void => {
  it.requires('value', 'code')
  it.list('system', [ucum])
}

const isCheckedByTheCore: ShapeAdjustment = () => {}

/** How the prover observes each invariant, by its key. A type with a judged invariant that has no entry here is not proven. */
export const invariantAdjustments: Readonly<Record<string, ShapeAdjustment>> = {
  'dom-2': isCheckedByTheCore,
  'dom-3': isCheckedByTheCore,
  'dom-4': isCheckedByTheCore,
  'dom-5': isCheckedByTheCore,
  'ele-1': isCheckedByTheCore,
  'ref-1': isCheckedByTheCore,
  'txt-1': isCheckedByTheCore,
  'txt-2': isCheckedByTheCore,
  'ext-1': (it) => it.exactlyOne('extension', 'value'),
  'age-1': (it) => {
    inUcum(it)
    it.property('value').kind = at.kindAboveZero
    it.leave('comparator')
  },
  'ait-1': (it, shapes) => {
    withoutError(it, shapes)
    it.oneOf('clinicalStatus')
  },
  'ait-2': withoutError,
  'app-1': (it) => it.oneOf('type', 'actor'),
  'app-2': (it) => it.together('start', 'end'),
  'app-3': (it) => it.oneOf('start'),
  'app-4': (it) => it.leave('cancelationReason'),
  'apr-1': (it) => it.oneOf('participantType', 'actor'),
  'att-1': (it) => it.requires('data', 'contentType'),
  'ces-1': (it) => it.exactlyOne('category', 'productOrService'),
  'cmp-1': (it) => it.oneOf('text', 'entry', 'section'),
  'cmp-2': (it) => it.excludes('emptyReason', 'entry'),
  'con-1': (it) => it.oneOf('summary', 'assessment'),
  'con-2': (it) => it.oneOf('code', 'detail'),
  'con-4': (it, shapes) => {
    const codes = it.property('clinicalStatus').codes ?? []
    const noted = ['resolved', 'remission', 'inactive']
    shapes.bind(it.property('clinicalStatus'), { codes, noted, note: isOver, systems: true })
    it.rules.push({ kind: at.requires, one: ['abatement'], other: [], otherNotes: isOver })
  },
  'con-5': withoutError,
  'cpl-3': (it) => it.excludes('detail', 'reference'),
  'cpt-2': (it) => it.requires('value', 'system'),
  'dis-1': inUcum,
  'drq-1': (it) => it.exactlyOne('path', 'searchParam'),
  'drq-2': (it) => it.exactlyOne('path', 'searchParam'),
  'drt-1': (it) => {
    inUcum(it)
    it.requires('code', 'system')
    it.requires('code', 'value')
  },
  'exp-1': (it) => it.oneOf('expression', 'reference'),
  'fhs-1': (it) => it.excludes('age', 'born'),
  'fhs-2': (it) => it.requires('estimatedAge', 'age'),
  'gol-1': (it) => it.requires('detail', 'measure'),
  'grp-1': (it) => {
    it.property('actual').kind = at.kindTrue
  },
  'imm-1': (it) => it.oneOf('documentType', 'reference'),
  'imr-1': (it) => it.oneOf('vaccineCode', 'targetDisease'),
  'inv-1': (it) => {
    if (it.name === 'Task') it.inOrder('authoredOn', 'lastModified')
    else it.unproven = true
  },
  'ipn-1': (it) => it.oneOf('identifier', 'name'),
  'lst-1': (it) => it.excludes('emptyReason', 'entry'),
  'lst-2': (_, shapes) => shapes.of('List.entry').leave('deleted'),
  'lst-3': (it, shapes) => {
    const date = shapes.of('List.entry').property('date')
    date.role = at.roleNote
    date.note = isDated
    Object.assign(it.property('mode'), { noted: ['working'], note: isWorking })
    it.rules.push({ kind: at.requires, one: [], oneNotes: isDated, other: [], otherNotes: isWorking })
    shapes.of('List.entry').withoutExtensions('date')
  },
  'mad-1': (it) => it.oneOf('dose', 'rate'),
  'mdd-1': (it) => it.inOrder('whenPrepared', 'whenHandedOver'),
  'mrp-1': (it) => {
    const type = it.property('type')
    type.codes = (type.codes ?? []).filter((code) => code !== 'data-collection')
  },
  'mrp-2': (_, shapes) =>
    shapes.of('MeasureReport.group.stratifier.stratum').exactlyOne('value', 'component'),
  'msq-3': (it) => it.leave('coordinateSystem'),
  'obs-3': (it) => it.oneOf('low', 'high', 'text'),
  'obs-6': (it) => it.excludes('dataAbsentReason', 'value'),
  'obs-7': (it, shapes) => {
    // Codings with different codes are different; without codes the prover cannot decide.
    noteCodes(it, shapes, at.roleCodeOfWhole)
    noteCodes(shapes.of('Observation.component'), shapes, at.roleCodeOfPart)
    it.rules.push({ kind: at.apart, one: ['component'], other: ['value'] })
  },
  'org-1': (it) => it.oneOf('identifier', 'name'),
  'org-2': (_, shapes) => notAtHome(shapes, 'address'),
  'org-3': (_, shapes) => notAtHome(shapes, 'telecom'),
  'pat-1': (it) => it.oneOf('name', 'telecom', 'address', 'organization'),
  'per-1': (it) => it.inOrder('start', 'end'),
  'ppc-1': (it) => it.oneOf('policy', 'policyRule'),
  'prr-1': (it) => it.requires('orderDetail', 'code'),
  'qrs-1': (it) => it.excludes('answer', 'item'),
  'qty-3': (it) => it.requires('code', 'system'),
  'ras-1': (it) => it.leave('probability'),
  'ras-2': (it) => it.leave('probability'),
  'rat-1': (it) => {
    it.together('numerator', 'denominator')
    it.oneOf('numerator', 'extension')
  },
  'rng-2': (it) => it.excludes('low', 'high'),
  'rqg-1': (it) => it.exactlyOne('resource', 'action'),
  'sev-1': (it) => it.excludes('name', 'query'),
  'smp-1': (it) => it.requires('element', 'context'),
  'smp-2': (it) => it.requires('context', 'contextType'),
  'spd-1': (it) => it.requires('xpath', 'xpathUsage'),
  'spd-2': (it) => it.leave('chain'),
  'sqty-1': (it, shapes, element) =>
    shapes.vary(it.property(element), 'simple', (quantity) => quantity.leave('comparator')),
  'tim-1': (it) => it.requires('duration', 'durationUnit'),
  'tim-2': (it) => it.requires('period', 'periodUnit'),
  'tim-4': (it) => {
    it.property('duration').kind = at.kindAmount
  },
  'tim-5': (it) => {
    it.property('period').kind = at.kindAmount
  },
  'tim-6': (it) => it.requires('periodMax', 'period'),
  'tim-7': (it) => it.requires('durationMax', 'duration'),
  'tim-8': (it) => it.requires('countMax', 'count'),
  'tim-9': (it) => it.leave('offset'),
  'tim-10': (it) => it.excludes('timeOfDay', 'when'),
  'vsd-1': (it) => it.oneOf('valueSet', 'system'),
  'vsd-2': (it) => {
    it.requires('concept', 'system')
    it.requires('filter', 'system')
  },
  'vsd-3': (it) => it.excludes('concept', 'filter'),
  'vsd-6': (it) => it.oneOf('code', 'display'),
  'vsd-9': (it) => it.oneOf('code'),
  'vsd-10': (it) => it.requires('code', 'system'),
}

function noteCodes(it: TypeShape, shapes: TypeShapes, role: number): void {
  shapes.vary(it.property('code'), `noted ${role}`, (concept) =>
    shapes.vary(concept.property('coding'), `noted ${role}`, (coding) => {
      Object.assign(coding.property('code'), { role, needed: true })
      coding.withoutExtensions('code')
    }),
  )
}

function notAtHome(shapes: TypeShapes, name: string): void {
  const property = shapes.of('Organization').property(name)
  shapes.vary(property, 'not at home', (it) => {
    const use = it.property('use')
    use.codes = (use.codes ?? []).filter((code) => code !== 'home')
  })
}
