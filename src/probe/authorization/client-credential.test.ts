import { expect, test } from 'vitest'
import type { BackendServices } from '../../model/target.ts'
import { credentialOf } from './client-credential.ts'

const url = 'https://auth.example.com/token'
const by: BackendServices = { kind: 'backend-services', clientId: 'c', scope: 's', key: {} }

/** A token for an audience, whatever its signature. */
const assertionFor = (aud: unknown) => `e30.${Buffer.from(JSON.stringify({ aud })).toString('base64url')}.x`

test.each<[string, unknown, Partial<BackendServices>, string | undefined]>([
  ['the URL that it goes to', url, {}, undefined],
  ['a list with that URL alone', [url], {}, undefined],
  ['somebody who cannot exist', 'https://elsewhere.example/token', {}, undefined],
  ['that URL and somebody else', [url, 'https://auth.example.org/token'], {}, 'assertion'],
  ['another URL of the same host', `${url}/`, {}, 'assertion'],
  ['nobody', undefined, {}, 'assertion'],
  ['an empty list', [], {}, 'assertion'],
  ['somebody who is configured', 'https://a.example/token', { aud: 'https://a.example/token' }, 'assertion'],
  ['somebody in a claim', 'https://a.example/', { claims: { aud: 'https://a.example/' } }, 'assertion'],
  ['that URL, which is configured', url, { aud: url }, undefined],
])('an assertion for %s', (_, aud, more, credential) => {
  expect(credentialOf({ ...by, ...more }, { target: {}, assertion: assertionFor(aud), url })).toBe(credential)
})

test('what is no assertion has no audience', () => {
  const sent = { target: {}, url }
  expect(credentialOf(by, { ...sent, assertion: 'x' })).toBe('assertion')
  expect(credentialOf(by, { ...sent, assertion: undefined })).toBeUndefined()
})
