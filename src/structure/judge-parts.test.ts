import { expect, test } from 'vitest'
import { judgeLine } from './judge-line.ts'
import { judgeParts } from './judge-parts.ts'

const part = (path: string, text: string, unknown?: string) => ({
  path: path === '' ? [] : path.split('.'),
  text,
  value: JSON.parse(text) as unknown,
  ...(unknown === undefined ? {} : { unknown }),
})

test.each([
  ['name', '{"family":"x"}', '{"resourceType":"Patient","id":"a","name":{"family":"x"}}'],
  ['gender', '"MALE"', '{"resourceType":"Patient","id":"a","gender":"MALE"}'],
  ['name.given', '[1,"b"]', '{"resourceType":"Patient","id":"a","name":[{"given":[1,"b"]}]}'],
  [
    'contact.gender',
    '""',
    '{"resourceType":"Patient","id":"a","contact":[{"name":{"text":"x"},"gender":""}]}',
  ],
  [
    'extension',
    '[{"url":"http://a"}]',
    '{"resourceType":"Patient","id":"a","extension":[{"url":"http://a"}]}',
  ],
])('the value of %s shows what is wrong with the resource', (path, text, line) => {
  const problems = judgeLine(line, JSON.parse(line))
  expect(problems.length).toBeGreaterThan(0)
  expect(judgeParts('Patient', [part(path, text)])).toEqual(problems)
})

test('unknown names are reported with the place where they are', () => {
  const parts = [part('', '1', 'nick'), part('name', '{"a":[]}', 'nock')]
  expect(judgeParts('Patient', parts)?.map((it) => it.path)).toEqual(['Patient', 'Patient.name'])
})

test.each([
  ['what is about the resource as a whole', [part('meta.lastUpdated', '"x"')]],
  ['a name that occurs twice', [part('name', '[{"text":"a","text":"b"}]')]],
  ['two names that may be one', [part('', '1', 'nick'), part('', '2', 'nick')]],
  ['a reference to what is contained', [part('managingOrganization', '{"reference":"#o"}')]],
  ['null where an extension may stand beside it', [part('gender', 'null')]],
  ['what an invariant of the object around it asks for', [part('contact.name', '{}')]],
  ['a path that there is not', [part('nick.name', '1')]],
])('%s is not judged from a part', (_, parts) => {
  expect(judgeParts('Patient', parts)).toBeUndefined()
})
