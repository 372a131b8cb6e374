import { expect, test } from 'vitest'
import type { Exchange } from '../model/http/exchange.ts'
import type { FindingLocation } from '../model/judgement.ts'
import { exchangeSummary, partText } from './location.ts'

test.each<[FindingLocation['part'], string | undefined]>([
  [undefined, undefined],
  [{ header: 'Expires' }, 'header Expires'],
  [{ pointer: '/output/0' }, '/output/0'],
  [{ pointer: '' }, 'body'],
  [{ line: 3 }, 'line 3'],
])('%j is named %s', (part, name) => {
  expect(partText({ exchange: 1, ...(part ? { part } : {}) })).toBe(name)
})

const request = { method: 'GET', url: 'https://h/', headers: [] }
const plain: Exchange = { number: 1, request, startedAt: '2026-03-04T09:14:00Z', durationMs: 1 }

test('an exchange in short says what came of it', () => {
  expect(exchangeSummary(plain)).toBe('GET https://h/: no response')
  expect(exchangeSummary({ ...plain, networkError: 'tls' })).toBe('GET https://h/: no response (tls)')
  expect(exchangeSummary({ ...plain, networkError: 'forbidden', stop: { kind: 'downgrade' } })).toBe(
    'GET https://h/: not sent',
  )
  expect(
    exchangeSummary({ ...plain, response: { status: 404, headers: [], framing: 'length', bytes: 0 } }),
  ).toBe('GET https://h/ → 404')
})
