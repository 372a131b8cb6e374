import { expect, test } from 'vitest'
import { exchange } from '../../checks/fixtures/evidence.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { PlannedProbe } from '../../model/plan.ts'
import type { ExportProbe } from '../../model/suite.ts'
import type { ExportLevel } from '../../model/target.ts'
import { refusedKickoffs } from './refused-kickoffs.ts'

const planned = (key: string, spec: ExportProbe & { level: ExportLevel }): PlannedProbe => ({
  ...{ key, label: key, after: [], kind: 'export', spec, during: [] },
  intent: { upTo: 'kickoff', again: false, polling: 'polite' },
  ...(Object.keys(spec).length > 1 ? { control: 'plain' } : {}),
})

const refused = (number: number, status: number, method: 'GET' | 'POST' = 'GET'): Evidence => ({
  probe: 'export',
  sent: { level: 'system', method, url: '', parameters: [], headers: [] },
  export: { state: 'refused', kickoff: exchange({ number, status }) },
})

const parameters = { _type: 'x' }
const cases: readonly (readonly [PlannedProbe, Evidence])[] = [
  [planned('plain', { level: 'system' }), refused(1, 500)],
  [planned('typed', { level: 'system', parameters }), refused(2, 400)],
  [planned('crashed', { level: 'system', headers: { Accept: null } }), refused(3, 500)],
  [planned('stopped', { level: 'system', parameters: { _since: 'x' } }), refused(4, 503)],
  [planned('anonymous', { level: 'system', authorization: 'none' }), refused(5, 400)],
  [planned('elsewhere', { level: 'group', parameters }), refused(6, 400)],
  [planned('posted', { level: 'system', method: 'POST' }), refused(7, 405, 'POST')],
  [planned('posted-type', { level: 'system', method: 'POST', parameters }), refused(8, 400, 'POST')],
  [planned('synchronous', { level: 'system', parameters: { _type: 'y' } }), refused(9, 200)],
]

test('refused kick-off requests are those of the level that deviate, with own credentials, refused by the server itself', () => {
  const input = {
    probes: new Map(cases.map(([probe]) => [probe.key, probe])),
    evidence: new Map(cases.map(([probe, brought]) => [probe.key, brought])),
  }
  expect(refusedKickoffs('plain', input).map((it) => it.number)).toEqual([2, 3, 8])
  expect(refusedKickoffs('elsewhere', input).map((it) => it.number)).toEqual([6])
  expect(refusedKickoffs('unknown', input)).toEqual([])
})
