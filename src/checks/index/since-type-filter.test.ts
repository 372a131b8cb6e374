import { expect, test } from 'vitest'
import type { ExportLevel } from '../../model/target.ts'
import { completedExport, context, index, row } from '../fixtures/evidence.ts'
import type { CheckContext } from '../check.ts'
import { elementChecks } from './elements.ts'
import { sinceTypeFilterChecks } from './since-type-filter.ts'
import { type JudgementTable, gaps } from '../fixtures/judgement-table.ts'

const instant = '2026-01-01T00:00:00Z'
const time = Date.parse(instant)
const [before, after] = [time - 1000, time + 1000]
const about = { patients: ['Patient/a'] }
const at = (level: ExportLevel): CheckContext => {
  const it = completedExport({})
  if (it.probe !== 'export') throw new Error('no export')
  const made = context({ ...it, sent: { ...it.sent, level } })
  return level === 'group' ? { ...made, target: { ...made.target, groupId: 'g' } } : made
}

const older = row('Goal/1', { updated: before, ...about })
const otherOlder = row('Goal/2', { updated: before, ...about })
const newer = row('Goal/3', { updated: after, ...about })
const refers = row('Goal/4', { updated: after, refersTo: ['Goal/1'] })
const site = row('Location/1', { updated: before })
const whole = index([older, otherOlder, newer], { transactionTime: after })
const since = { instant, of: whole }
const oldGroup = row('Group/g', { updated: before, patients: ['Patient/a'] })

const query = 'Goal?lifecycle-status=active'
const meeting = { meets: [query] }
const active = row('Goal/1', meeting)
const done = row('Goal/2')
const queries = { queries: [query] }
const both = index([active, done], queries)

test('checks on narrowed exports have rows for each conclusion', () => {
  const table: JudgementTable = {
    'updated-after': {
      satisfied: [
        [index([newer]), since, at('patient')],
        [index([newer, row('Goal/9')]), since, at('patient')],
        [index([row('Goal/9', { updated: time, ...about })]), since, at('patient')],
        [index([refers, older]), since, at('patient')],
        [index([newer, site]), since, at('patient')],
        [index([newer]), since, at('group')],
      ],
      violated: [
        [index([newer, older]), since, at('patient')],
        [index([newer, site]), since, at('system')],
        [index([newer, older]), since, at('group')],
        [
          whole,
          { instant, of: index([older, otherOlder, newer, oldGroup], { transactionTime: after }) },
          at('group'),
        ],
      ],
      undecided: [
        [whole, since, at('group')],
        [index([newer]), { instant, of: index([newer]) }, at('patient')],
        [index([newer]), { instant: 'soon', of: whole }, at('patient')],
        [index([refers, older]), { instant, of: index([older]) }, at('patient')],
      ],
    },
    'includes-changed': {
      satisfied: [[index([newer]), { since: instant, of: whole }]],
      violated: [[index([older]), { since: instant, of: whole }]],
      undecided: [
        [index([newer]), { since: instant, of: index([older]) }],
        [index([newer]), { since: 'soon', of: whole }],
      ],
    },
    filtered: {
      satisfied: [
        [index([active], queries), { by: query, of: both }],
        [index([active, row('Patient/a')], queries), { by: [query], of: both }],
      ],
      violated: [[index([active, done], queries), { by: query, of: both }]],
      undecided: [
        [index([active]), { by: query, of: both }],
        [index([active], queries), { by: query, of: index([active], queries) }],
        [index([], queries), { by: query, of: both }],
        [index([active, done, row('Task/1', { refersTo: ['Goal/2'] })], queries), { by: query, of: both }],
      ],
    },
    'includes-filtered': {
      satisfied: [[index([active], queries), { by: query, of: both }]],
      violated: [[index([done], queries), { by: query, of: both }]],
      undecided: [
        [index([active]), { by: query, of: both }],
        [both, { by: query, of: index([done], queries) }],
      ],
    },
  }
  expect(gaps(sinceTypeFilterChecks, table)).toEqual([])
})

const full = row('Observation/1', { elements: ['id', 'meta', 'status', 'code', 'subject', 'valueQuantity'] })
const lean = row('Observation/1', { elements: ['id', 'meta', 'status', 'code'] })
const tagged = { ...lean, subsetted: true }
const bare = row('Observation/1', { elements: ['id', 'meta'] })
const of = index([full])
const demanded = row('Observation/1', { elements: ['id', 'meta', 'status', 'code', 'subject'] })
const reducedOnly = row('Observation/1', { elements: ['id', 'meta', 'status', 'code', 'valueQuantity'] })
const varied = index([full, row('Observation/2', { elements: ['id', 'meta', 'status', 'code', 'subject'] })])
const shot = (...elements: string[]) => row('Immunization/1', { elements: ['id', ...elements] })

test('checks on exports that _elements narrows have rows for each conclusion', () => {
  const table: JudgementTable = {
    'elements-only': {
      satisfied: [
        [index([lean]), { elements: ['id'], of }],
        [index([lean]), { elements: ['id'], of: varied }],
        [index([lean, full]), { elements: ['Observation.subject', 'valueQuantity'], of: varied }],
        [index([shot('status', 'vaccineCode', 'patient', 'occurrenceDateTime')]), { elements: ['id'], of }],
        [
          index([full, lean]),
          { elements: ['subject', 'Observation.valueQuantity', 'Patient.name'], types: ['Observation'], of },
        ],
        [index([row('Linkage/1', { elements: ['id', 'item'] })]), { elements: ['id'], of }],
        // All have a subject: a profile may demand it.
        [index([demanded]), { elements: ['id'], of: varied }],
      ],
      violated: [
        [index([full]), { elements: ['id'], of: varied }],
        [index([full]), { elements: ['Observation.subject'], of: varied }],
        [index([row('Linkage/1', { elements: ['id', 'item', 'author'] })]), { elements: ['id'], of }],
        [index([shot('occurrenceX')]), { elements: ['id'], of }],
      ],
      undecided: [
        [index([full]), { elements: ['Patient.id'], of }],
        [index([full]), { elements: ['id'], of }],
      ],
    },
    'elements-applied': {
      satisfied: [
        [index([lean]), { elements: ['id'], of: varied }],
        // More than was asked for, but not all.
        [index([reducedOnly]), { elements: ['id'], of: varied }],
      ],
      violated: [
        [index([full]), { elements: ['id'], of: varied }],
        [index([full]), { elements: ['Observation.status'], types: ['Observation'], of: varied }],
      ],
      undecided: [
        [index([full]), { elements: ['id'], of }],
        [index([full]), { elements: ['Patient.id'], of: varied }],
        [index([full]), { elements: ['id'], types: ['Patient'], of: varied }],
      ],
    },
    'elements-mandatory': {
      satisfied: [[index([lean]), { of }]],
      violated: [[index([bare]), { of }]],
      undecided: [
        [index([row('Patient/a')]), { of: index([row('Patient/a')]) }],
        [index([]), { of }],
      ],
    },
    subsetted: {
      satisfied: [[index([tagged]), { of }]],
      violated: [[index([lean]), { of }]],
      undecided: [[of, { of }]],
    },
  }
  expect(gaps(elementChecks, table)).toEqual([])
})
