import { expect, test } from 'vitest'
import {
  dayOf,
  KnownFailingError,
  knownFailingOf,
  parseKnownFailing,
  unmatchedPatterns,
} from './known-failing.ts'

const today = '2026-11-29'
const file = `# Known failures of staging.

# They will mend it
# in March.
kick-off/accepted@group
manifest/request   # all of them
status/*  until=2026-11-29 owner="Jane Doe"
# Another cause.
refusals/*\towner=ops  until=2026-11-28

deletion/*
`

test('an entry a line, with its reason from its own comment or from the lines above', () => {
  expect(parseKnownFailing(file, today)).toEqual([
    { pattern: 'kick-off/accepted@group', reason: 'They will mend it in March.' },
    { pattern: 'manifest/request', reason: 'all of them' },
    {
      pattern: 'status/*',
      reason: 'They will mend it in March.',
      owner: 'Jane Doe',
      until: '2026-11-29',
    },
    {
      pattern: 'refusals/*',
      reason: 'Another cause.',
      owner: 'ops',
      until: '2026-11-28',
      expired: true,
    },
    { pattern: 'deletion/*' },
  ])
})

test('a file with a byte order mark and lines of Windows', () => {
  expect(parseKnownFailing('\uFEFFa/b\r\nc/d # why\r\n', today)).toEqual([
    { pattern: 'a/b' },
    { pattern: 'c/d', reason: 'why' },
  ])
})

test.each([
  ['kick-off/accepted@group', { knownFailing: true, listed: { reason: 'They will mend it in March.' } }],
  ['kick-off/accepted@patient', { knownFailing: false }],
  ['deletion/accepted@system', { knownFailing: true }],
  ['my-deletion/accepted', { knownFailing: false }],
  [
    'refusals/gone@system',
    {
      knownFailing: false,
      listed: { reason: 'Another cause.', owner: 'ops', until: '2026-11-28', expired: true },
    },
  ],
])('what the file says of %s', (id, known) => {
  expect(knownFailingOf(id, parseKnownFailing(file, today))).toEqual(known)
})

test('an entry that has not expired goes before one that has', () => {
  const entries = parseKnownFailing('a/* until=2020-01-01\na/b until=2030-01-01', today)
  expect(knownFailingOf('a/b', entries)).toEqual({ knownFailing: true, listed: { until: '2030-01-01' } })
  expect(knownFailingOf('a/c', entries).knownFailing).toBe(false)
})

test.each([
  ['a/b until=soon', '1: until is not a day; write it as 2026-12-31'],
  ['a/b until=2026-02-30', '1: until is not a day; write it as 2026-12-31'],
  ['\na/b owner=', '2: owner has no value'],
  ['a/b owner=x owner=y', '1: owner is given twice'],
  [
    'a/b we know',
    '1: unexpected `we`; after the pattern an entry can have owner=NAME and until=YYYY-MM-DD, and its reason after #',
  ],
  [
    'a/b owner=Jane Doe',
    '1: unexpected `Doe`; after the pattern an entry can have owner=NAME and until=YYYY-MM-DD, and its reason after #',
  ],
])('%j is a mistake', (text, message) => {
  expect(() => parseKnownFailing(text, today)).toThrow(new KnownFailingError(message))
})

test('the day of an instant is that of UTC', () => {
  expect(dayOf(Date.parse('2026-11-29T23:59:59.999Z'))).toBe('2026-11-29')
})

test('a dot in a pattern is a dot', () => {
  expect(knownFailingOf('a-b', [{ pattern: 'a.b' }]).knownFailing).toBe(false)
})

test('a pattern that meets no test is named', () => {
  expect(unmatchedPatterns(['status/*', 'nothing'], ['status/expires'])).toEqual(['nothing'])
})
