import { expect, test } from 'vitest'
import type { Exchange } from '../model/http/exchange.ts'
import type { FindingLocation } from '../model/judgement.ts'
import { everything } from './fixtures/result.ts'
import { exchangeOf, exchangeSummary, partText, webUrl } from './location.ts'

test.each([
  ['https://hl7.org/fhir/x.html#y', 'https://hl7.org/fhir/x.html#y'],
  ['HTTP://h', 'http://h/'],
  ['https://user@h/', undefined],
  ['https://:secret@h/', undefined],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  [' https://h/', undefined],
  ['//h/', undefined],
  ['https://', undefined],
])('a browser may follow %s as %s', (text, url) => {
  expect(webUrl(text)).toBe(url)
})

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
  expect(exchangeSummary(plain)).toBe('GET https://h/: no answer')
  expect(exchangeSummary({ ...plain, networkError: 'tls' })).toBe('GET https://h/: no answer (tls)')
  expect(
    exchangeSummary({ ...plain, response: { status: 404, headers: [], framing: 'length', bytes: 0 } }),
  ).toBe('GET https://h/ → 404')
})

test('an exchange is found by its number also where earlier ones are missing', () => {
  const gaps = { ...everything, exchanges: everything.exchanges.filter((it) => it.number !== 2) }
  expect(exchangeOf(gaps, 5)?.number).toBe(5)
  expect(exchangeOf(gaps, 2)).toBeUndefined()
})
