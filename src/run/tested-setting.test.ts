import { expect, test } from 'vitest'
import type { Exchange } from '../model/http/exchange.ts'
import type { Evidence } from '../model/evidence.ts'
import { type Authorization, defaultLimits } from '../model/target.ts'
import { fixtureTarget } from '../suite/fixtures/target.ts'
import { testedSettingOf } from './tested-setting.ts'

function metadata(body: unknown): readonly Evidence[] {
  const exchange: Exchange = {
    number: 1,
    request: { method: 'GET', url: 'https://fhir.example/metadata', headers: [] },
    response: { status: 200, headers: [], framing: 'length', bytes: 1, body: JSON.stringify(body) },
    startedAt: '2026-03-04T09:14:00.000Z',
    durationMs: 1,
  }
  return [{ probe: 'request', exchanges: [exchange] }]
}

const details = { packageNames: [], knownFailingFile: undefined, exchanges: [] }

test('says what was configured, and what differs from the defaults', () => {
  const target = { ...fixtureTarget, limits: { ...defaultLimits, tokenWaitMs: 0 } }
  const tested = testedSettingOf(target, [], {
    ...{ packageNames: ['a#1'], knownFailingFile: 'known.txt', exchanges: [] },
  })
  expect(tested).toMatchObject({
    groupId: 'g1',
    authorization: 'backend-services',
    packages: ['a#1'],
    knownFailing: 'known.txt',
    limits: { tokenWaitMs: 0 },
  })
  expect(Object.keys(tested.limits ?? {})).toEqual(['tokenWaitMs'])
  expect(JSON.stringify(tested)).not.toContain('clientId')
  expect(testedSettingOf(fixtureTarget, [], details)).not.toHaveProperty('limits')
})

test('names what narrowed the exports, and no patients', () => {
  const baseline = { _type: ['Patient'], patient: ['Patient/1', 'Patient/2'] }
  const tested = testedSettingOf({ ...fixtureTarget, baseline }, [], details)
  expect(tested.baseline).toEqual({ _type: ['Patient'], patients: 2 })
  expect(testedSettingOf(fixtureTarget, [], details)).not.toHaveProperty('baseline')
})

test('names a Group only where the Group level is tested', () => {
  expect(testedSettingOf({ ...fixtureTarget, levels: ['system'] }, [], details)).not.toHaveProperty('groupId')
})

test.each([
  [
    { name: 'A', version: '1' },
    { name: 'A', version: '1' },
  ],
  [{ name: 'A'.repeat(500), version: 7 }, { name: 'A'.repeat(100) }],
  [{ version: '1' }, undefined],
  ['A', undefined],
])('software %j is %j', (software, expected) => {
  const evidence = metadata({ resourceType: 'CapabilityStatement', software })
  expect(testedSettingOf(fixtureTarget, evidence, details).software).toEqual(expected)
})

test('takes no software from a resource of another type', () => {
  const evidence = metadata({ resourceType: 'Basic', software: { name: 'A' } })
  expect(testedSettingOf(fixtureTarget, evidence, details).software).toBeUndefined()
})

test('names the token endpoint that only the server named, and says how far the clock of the server is ahead', () => {
  const at = (url: string, date: string): Exchange => ({
    number: 1,
    request: { method: 'POST', url, headers: [['Content-Type', 'application/x-www-form-urlencoded']] },
    response: { status: 200, headers: [['Date', date]], framing: 'length', bytes: 1 },
    startedAt: '2026-03-04T09:14:00.000Z',
    durationMs: 1,
  })
  const elsewhere = at('https://auth.example/token', 'Wed, 04 Mar 2026 09:24:00 GMT')
  const tested = (exchange: Exchange, target = fixtureTarget) =>
    testedSettingOf(target, [], { ...details, exchanges: [exchange] })
  expect(tested(elsewhere)).toMatchObject({ clockAhead: 600, tokenEndpoint: 'https://auth.example/token' })
  const own = at(`${new URL(fixtureTarget.fhirUrl).origin}/token`, 'soon')
  expect(tested(own)).not.toHaveProperty('tokenEndpoint')
  expect(tested(own)).not.toHaveProperty('clockAhead')
  const authorization = {
    ...fixtureTarget.authorization,
    tokenUrl: 'https://auth.example/token',
  } as Authorization
  expect(tested(elsewhere, { ...fixtureTarget, authorization })).not.toHaveProperty('tokenEndpoint')
})
