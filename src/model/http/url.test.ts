import { expect, test } from 'vitest'
import { isAbsoluteUrl, parseHttpUrl, webUrl } from './url.ts'

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

test.each<[unknown, boolean]>([
  ['https://h/x?y#z', true],
  ['HTTP://h', true],
  ['https:h', false],
  ['https:///h', false],
  ['https://h/a b', false],
  ['https://h\\@elsewhere/', false],
  ['https:\\\\h/', false],
  ['https://h/\u0000', false],
  ['https://h\n/', false],
  [' https://h/', false],
  ['ftp://h/', false],
  ['/x', false],
  [7, false],
])('%j as an absolute URL: %s', (value, is) => {
  expect(isAbsoluteUrl(value)).toBe(is)
})

test.each([
  ['https://user@h/', 'https://user@h/'],
  ['http:h', 'http://h/'],
  ['file:///h', undefined],
  ['h', undefined],
])('%s is the URL %s', (text, url) => {
  expect(parseHttpUrl(text)?.href).toBe(url)
})
