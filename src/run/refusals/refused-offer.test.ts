import { expect, it } from 'vitest'
import { exchange } from '../../checks/fixtures/evidence.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { PlannedProbe } from '../../model/plan.ts'
import type { ExportProbe } from '../../model/suite.ts'
import type { ClaimedFeature, ExportLevel } from '../../model/target.ts'
import { fixtureTarget } from '../../suite/fixtures/target.ts'
import { refusedOffer } from './refused-offer.ts'

type Kickoff = readonly [spec: ExportProbe & { readonly level: ExportLevel }, status: number]

const sent = ({ level, method = 'GET' }: Kickoff[0]) => ({
  ...{ level, method, url: '', parameters: [], headers: [] },
})

const brought = ([spec, status]: Kickoff): Evidence => {
  const kickoff = exchange({ number: 7, status })
  return status === 202
    ? {
        probe: 'export',
        sent: sent(spec),
        export: { state: 'in-progress', kickoff, statusUrl: '', polls: [] },
      }
    : { probe: 'export', sent: sent(spec), export: { state: 'refused', kickoff } }
}

/** What the first of some kick-off requests leaves open. */
function offerOf(kickoffs: readonly Kickoff[], supports: readonly ClaimedFeature[] = ['_typeFilter']) {
  const named = kickoffs.map((it, at) => [String(at), it] as const)
  const planned = named.map(
    ([key, [spec]]): PlannedProbe => ({
      ...{ key, label: key, after: [], kind: 'export', spec, during: [] },
      intent: { upTo: 'kickoff', again: false, polling: 'polite' },
    }),
  )
  return refusedOffer('0', {
    target: { ...fixtureTarget, supports },
    probes: new Map(planned.map((it) => [it.key, it])),
    evidence: new Map(named.map(([key, it]) => [key, brought(it)])),
  })
}

const level = 'group'
const typed = { level, parameters: { _type: ['Patient'] } } as const
const filtered = { level, parameters: { _type: ['Patient'], _typeFilter: ['Patient?x=y'] } } as const

it('names the feature that is claimed, or required, and of which no request was accepted', () => {
  const reason = { kind: 'offer-refused', level, by: 'claim', outcome: { exchange: 7, status: 400 } }
  expect(offerOf([[filtered, 400]])).toEqual({ ...reason, feature: '_typeFilter' })
  const both = ['_type', '_typeFilter'] as const
  expect(
    offerOf(
      [
        [filtered, 400],
        [typed, 400],
      ],
      both,
    ),
  ).toEqual({ ...reason, feature: '_type' })
  expect(
    offerOf(
      [
        [filtered, 400],
        [typed, 202],
      ],
      both,
    ),
  ).toEqual({ ...reason, feature: '_typeFilter' })
  expect(offerOf([[{ ...typed, method: 'POST' }, 405]], ['_type', 'POST'])).toMatchObject({ feature: 'POST' })
  const changed = { level, parameters: { ...filtered.parameters, _since: '2020-01-01T00:00:00Z' } } as const
  expect(
    offerOf(
      [
        [changed, 400],
        [filtered, 400],
        [typed, 202],
      ],
      ['_type', '_since', '_typeFilter'],
    ),
  ).toMatchObject({ feature: '_typeFilter' })
  const since = { level, parameters: { _since: '2020-01-01T00:00:00Z' } } as const
  expect(offerOf([[since, 400]], [])).toMatchObject({ feature: '_since', by: 'release' })
  const lenient = { ...filtered, headers: { Prefer: 'respond-async, handling=lenient' } }
  // What another level accepts, or the same one under lenient handling, says nothing.
  expect(
    offerOf([
      [filtered, 400],
      [lenient, 202],
    ]),
  ).toBeDefined()
  expect(
    offerOf([
      [filtered, 400],
      [{ ...filtered, level: 'system' }, 202],
    ]),
  ).toBeDefined()
})

it('is silent where only a value was refused, nothing was claimed, or the refusal is about something else', () => {
  expect(
    offerOf([
      [filtered, 400],
      [{ ...filtered, method: 'POST' }, 202],
    ]),
  ).toBeUndefined()
  expect(offerOf([[filtered, 202]])).toBeUndefined()
  expect(offerOf([[filtered, 400]], [])).toBeUndefined()
  for (const status of [401, 429, 502, 503])
    expect(offerOf([[filtered, status]]), String(status)).toBeUndefined()
})
