import { expect, test } from 'vitest'
import { exchange } from '../fixtures/evidence.ts'
import { jsonChecks } from './json-body.ts'
import { judgeRow } from '../fixtures/judgement-table.ts'
import { json } from '../fixtures/rows/json-body.ts'

test('a finding of a JSON Schema names the member by JSON pointer', () => {
  const [check] = jsonChecks
  const schema = {
    properties: {
      token: { type: 'object', required: ['expires_in'], properties: { kind: { enum: ['a'] } } },
    },
  }
  const it = check && judgeRow(check, [json({ token: { kind: 'b' } }), schema])
  if (it?.is !== 'violated') throw new Error('not violated')
  expect(it.findings).toEqual([
    {
      message: '`/token` of the body has no `expires_in`.',
      expected: 'a member `expires_in`',
      actual: 'absent',
      where: { exchange: 1, part: { pointer: '/token/expires_in' } },
      times: 1,
    },
    {
      message: '`/token/kind` of the body does not have the expected value.',
      expected: 'a',
      actual: '"b"',
      where: { exchange: 1, part: { pointer: '/token/kind' } },
      times: 1,
    },
  ])
})

test('of a keyword with branches only the keyword itself is reported', () => {
  const [check] = jsonChecks
  const it =
    check &&
    judgeRow(check, [json({ a: [1] }), { properties: { a: { contains: { type: 'string', const: 'x' } } } }])
  expect(it?.is === 'violated' && it.findings.length).toBe(1)
})

test.each([
  [{ pattern: '^a$', description: 'the letter a' }, 'the letter a'],
  [{ pattern: '^a$' }, 'a string in another form'],
  [{ format: 'absolute-url' }, 'an absolute http or https URL'],
  [{ type: 'array' }, 'an array'],
  [{ minLength: 2 }, 'at least 2 characters'],
  [{ not: { const: 'b' } }, 'not b'],
  [{ anyOf: [{ const: 'a' }, { required: ['a'], type: 'object' }] }, 'a or an object with `a`'],
])('a finding says in words what %j expects', (schema, expected) => {
  const [check] = jsonChecks
  const it = check && judgeRow(check, [json({ a: 'b' }), { properties: { a: schema } }])
  expect(it?.is === 'violated' && it.findings[0]?.expected).toBe(expected)
})

test('a body that claims to be JSON and is not is described as that', () => {
  const [check] = jsonChecks
  const cut = exchange({ text: '{"a": 1', headers: [['Content-Type', 'application/json']] })
  const it = check && judgeRow(check, [cut, true])
  expect(it?.is === 'violated' ? it.findings[0]?.actual : it).toBe(
    '7 bytes of application/json that are not JSON',
  )
})
