import { expect, test } from 'vitest'
import { authorizesItself, splitUserInfo } from './url-credentials.ts'

test.each<[string, 'certain' | 'likely' | undefined]>([
  ['https://h/1?X-Amz-Algorithm=AWS4&X-Amz-Signature=a', 'certain'],
  ['https://h/1?x-goog-signature=a', 'certain'],
  ['https://h/1?AWSAccessKeyId=a&Expires=1&Signature=b', 'certain'],
  ['https://h/1?sv=2020&sp=r&sig=a%2B', 'certain'],
  ['https://user:password@h/1', 'certain'],
  ['https://user@h/1', 'certain'],
  ['https://h/1?sig=a', 'likely'],
  ['https://h/1?access_token=a', 'likely'],
  ['https://h/1?expires=1&sv=2', undefined],
  ['https://h/sig=a?design=a#sig=a', undefined],
])('%s carries an authorization of its own: %s', (url, is) => {
  expect(authorizesItself(new URL(url))).toBe(is)
})

test('a user name and a password become HTTP Basic', () => {
  expect(splitUserInfo('https://a%20b:c%3A%25@h/1?x')).toEqual({
    url: 'https://h/1?x',
    authorization: `Basic ${Buffer.from('a b:c:%').toString('base64')}`,
    secret: 'a b:c:%',
  })
  expect(splitUserInfo('https://h/1')).toBeUndefined()
})
