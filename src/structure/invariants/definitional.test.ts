import { expect, test } from 'vitest'
import { definitionalInvariants, testingInvariants } from './definitional.ts'
import type { JsonObject } from '../../model/json.ts'
import type { InvariantRule } from './rule.ts'

const a = { text: 'a' }

/** By invariant, with its type before it where another has one by that name: an object that holds it and one that does not. */
const pairs: Readonly<Record<string, readonly [good: JsonObject, bad: JsonObject]>> = {
  'cmd-1': [{ equivalence: 'equal' }, { equivalence: 'narrower' }],
  'cmd-2': [{ mode: 'fixed', code: 'a' }, { mode: 'fixed' }],
  'cmd-3': [{ mode: 'other-map', url: 'a' }, { mode: 'other-map' }],
  'cpb-1': [{ rest: [a] }, {}],
  'cpb-2': [{ software: a }, {}],
  'cpb-3': [
    { kind: 'instance', messaging: [{ endpoint: [a] }] },
    { kind: 'capability', messaging: [{ endpoint: [a] }] },
  ],
  'cpb-7': [
    {
      document: [
        { profile: 'a', mode: 'a' },
        { profile: 'a', mode: 'b' },
      ],
    },
    {
      document: [
        { profile: 'a', mode: 'a' },
        { profile: 'a', mode: 'a' },
      ],
    },
  ],
  'cpb-9': [{ resource: [{ type: 'a' }, { type: 'b' }] }, { resource: [{ type: 'a' }, { type: 'a' }] }],
  'cpb-12': [
    { searchParam: [{ name: 'a' }, { name: 'b' }] },
    { searchParam: [{ name: 'a' }, { name: 'a' }] },
  ],
  'cpb-14': [{ kind: 'instance', implementation: a }, { kind: 'instance' }],
  'cpb-15': [{ kind: 'capability', software: a }, { kind: 'capability' }],
  'cpb-16': [{ kind: 'requirements' }, { kind: 'requirements', software: a }],
  'csd-1': [
    { concept: [{ code: 'a', concept: [{ code: 'b' }] }] },
    { concept: [{ code: 'a', concept: [{ code: 'a' }] }] },
  ],
  'ig-1': [
    { grouping: [{ id: 'a' }], resource: [{ groupingId: 'a' }] },
    { grouping: [{ id: 'a' }], resource: [{ groupingId: 'b' }] },
  ],
  'ig-2': [
    { fhirVersion: ['a'], definition: { resource: [{ fhirVersion: ['a'] }] } },
    { fhirVersion: ['a'], definition: { resource: [{ fhirVersion: ['b'] }] } },
  ],
  'md-1': [{ max: '1' }, { max: '0' }],
  'mea-1': [
    { group: [{ stratifier: [{ code: a }] }] },
    { group: [{ stratifier: [{ code: a, component: [a] }] }] },
  ],
  'nsd-1': [
    { kind: 'root', uniqueId: [{ type: 'oid' }] },
    { kind: 'root', uniqueId: [{ type: 'uuid' }] },
  ],
  'nsd-2': [
    { uniqueId: [{ type: 'oid', preferred: true }, { type: 'oid' }] },
    {
      uniqueId: [
        { type: 'oid', preferred: true },
        { type: 'oid', preferred: true },
      ],
    },
  ],
  'opd-1': [{ type: 'a' }, { name: 'a' }],
  'opd-2': [
    { searchType: 'a', type: 'string' },
    { searchType: 'a', type: 'code' },
  ],
  'opd-3': [
    { targetProfile: ['a'], type: 'Reference' },
    { targetProfile: ['a'], type: 'code' },
  ],
  'que-1': [
    { type: 'group', item: [a] },
    { type: 'display', item: [a] },
  ],
  'que-2': [
    { item: [{ linkId: 'a', item: [{ linkId: 'b' }] }] },
    { item: [{ linkId: 'a', item: [{ linkId: 'a' }] }] },
  ],
  'que-3': [
    { type: 'group', code: [a] },
    { type: 'display', code: [a] },
  ],
  'que-4': [{ answerOption: [a] }, { answerOption: [a], answerValueSet: 'a' }],
  'que-5': [
    { type: 'choice', answerOption: [a] },
    { type: 'boolean', answerOption: [a] },
  ],
  'que-6': [
    { type: 'group', repeats: true },
    { type: 'display', repeats: true },
  ],
  'que-7': [
    { operator: 'exists', answerBoolean: true },
    { operator: 'exists', answerString: 'a' },
  ],
  'que-8': [
    { type: 'string', initial: [a] },
    { type: 'group', initial: [a] },
  ],
  'que-9': [
    { type: 'string', readOnly: true },
    { type: 'display', readOnly: true },
  ],
  'que-10': [
    { type: 'string', maxLength: 1 },
    { type: 'choice', maxLength: 1 },
  ],
  'que-11': [{ initial: [a] }, { initial: [a], answerOption: [a] }],
  'que-12': [{ enableWhen: [a] }, { enableWhen: [a, a] }],
  'que-13': [{ repeats: true, initial: [a, a] }, { initial: [a, a] }],
  'smp-1': [{ element: 'a', context: 'a' }, { element: 'a' }],
  'smp-2': [{ contextType: 'a', context: 'a' }, { context: 'a' }],
  'spd-1': [{ xpath: 'a', xpathUsage: 'a' }, { xpath: 'a' }],
  'spd-2': [
    { chain: ['a'], type: 'reference' },
    { chain: ['a'], type: 'token' },
  ],
  'tcp-1': [{ version: [{ code: 'a' }, { code: 'b' }] }, { version: [{ code: 'a' }, {}] }],
  'tcp-2': [{ software: a }, {}],
  'tcp-3': [{ kind: 'instance', implementation: a }, { kind: 'instance' }],
  'tcp-4': [{ kind: 'capability', software: a }, { kind: 'capability' }],
  'tcp-5': [{ kind: 'requirements' }, { kind: 'requirements', software: a }],
  'vsd-1': [{ system: 'a' }, {}],
  'vsd-2': [{ concept: [a], system: 'a' }, { concept: [a] }],
  'vsd-3': [{ concept: [a] }, { concept: [a], filter: [a] }],
  'vsd-6': [{ code: 'a' }, {}],
  'vsd-9': [{ abstract: true }, { display: 'a' }],
  'vsd-10': [{ code: 'a', system: 'a' }, { code: 'a' }],
  'TestReport.setup.action inv-1': [{ operation: a }, { operation: a, assert: a }],
  'inv-2': [{ assert: a }, {}],
  'tst-1': [{ operation: a }, {}],
  'tst-2': [{ operation: a }, {}],
  'tst-3': [
    { expression: 'a', path: 'a' },
    { expression: 'a', path: 'a', headerField: 'a' },
  ],
  'tst-4': [{ capability: [{ required: true }] }, { capability: [{ description: 'a' }] }],
  'tst-5': [{ path: 'a' }, { path: 'a', resource: 'a' }],
  'tst-6': [{ path: 'a' }, { path: 'a', resource: 'a' }],
  'tst-7': [{ url: 'a' }, { url: 'a', params: 'a' }],
  'tst-8': [{ type: { code: 'search' } }, {}],
  'tst-9': [{ sourceId: 'a' }, {}],
  'tst-10': [{ compareToSourceId: 'a', compareToSourcePath: 'a' }, { compareToSourceId: 'a' }],
  'tst-11': [{ compareToSourceId: 'a', compareToSourcePath: 'a' }, { compareToSourceId: 'a' }],
  'tst-12': [
    { direction: 'response', response: 'okay' },
    { direction: 'request', response: 'okay' },
  ],
  'tst-13': [{ direction: 'request' }, { direction: 'request', responseCode: '200' }],
}

const rules: Readonly<Record<string, InvariantRule>> = { ...definitionalInvariants, ...testingInvariants }

test.each(Object.entries(pairs))('%s', (name, [good, bad]) => {
  expect(rules[name]?.(good, { resource: good, root: good })).toBe(true)
  expect(rules[name]?.(bad, { resource: bad, root: bad })).toBe(false)
})

test('every invariant that has a function has a pair', () => {
  expect(Object.keys(rules).filter((it) => !(it in pairs))).toEqual([])
})
