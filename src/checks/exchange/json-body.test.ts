import { expect, test } from 'vitest'
import { exchange, unansweredExchange } from '../fixtures/evidence.ts'
import { jsonChecks } from './json-body.ts'
import { errorResponseChecks } from './error-response.ts'
import { type JudgementTable, gaps, judgeRow } from '../fixtures/judgement-table.ts'

const json = (body: unknown, status = 200) => exchange({ body, status })
const html = (status = 400) => exchange({ status, bytes: 512, headers: [['Content-Type', 'text/html']] })
const tooLong = exchange({ bytes: 2 << 20 })

test('checks on bodies have rows for each conclusion', () => {
  const table: JudgementTable = {
    json: {
      satisfied: [
        [json({ a: '2026-01-01T00:00:00Z' }), { required: ['a'], properties: { a: { format: 'instant' } } }],
        [json(['S256']), { contains: { const: 'S256' } }],
        [json({ url: 'https://a.example/x' }), { properties: { url: { format: 'absolute-url' } } }],
      ],
      violated: [
        [json({}), { required: ['a'] }],
        [json({ a: '2026-01-01' }), { properties: { a: { format: 'instant' } } }],
        [json({ a: '2026-02-30T00:00:00Z' }), { properties: { a: { format: 'instant' } } }],
        [json({ url: '/x' }), { properties: { url: { format: 'absolute-url' } } }],
        [json(['plain']), { contains: { const: 'S256' } }],
        [html(), true],
        [exchange({}), { type: 'object' }],
      ],
      undecided: [
        [unansweredExchange(), true],
        [tooLong, true],
      ],
    },
    body: {
      satisfied: [
        [exchange({}), 'empty'],
        [json([]), 'json'],
        [json({}), 'json-object'],
      ],
      violated: [
        [json({}), 'empty'],
        [html(), 'json'],
        [json([]), 'json-object'],
        [exchange({}), 'json-object'],
        [exchange({ text: '{' }), 'json'],
      ],
      undecided: [
        [unansweredExchange(), 'json'],
        [tooLong, 'json-object'],
      ],
    },
  }
  expect(gaps(jsonChecks, table)).toEqual([])
})

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
      message: '`/token/kind` of the body has another value.',
      expected: '["a"]',
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

const issue = { severity: 'error', code: 'invalid' }
const outcome = (...issues: unknown[]) => json({ resourceType: 'OperationOutcome', issue: issues }, 400)

test('checks on outcomes have rows for each conclusion', () => {
  const table: JudgementTable = {
    'accepted-or-explained': {
      satisfied: [
        [exchange({ status: 202 }), true],
        [outcome(issue), true],
      ],
      violated: [
        [exchange({ status: 409 }), true],
        [html(), true],
      ],
      undecided: [[exchange({ status: 500 }), true]],
    },
    'operation-outcome': {
      satisfied: [
        [outcome(issue), 'required'],
        [outcome(issue), 'if-present'],
        [outcome(issue), 'valid'],
        [outcome({ ...issue, diagnostics: 'xxx' }), 'explained'],
        [outcome({ ...issue, details: { text: 'xxx' } }), 'explained'],
        [outcome({ ...issue, expression: ['_type'] }), 'explained'],
      ],
      violated: [
        [html(), 'required'],
        [exchange({ status: 400 }), 'required'],
        [json({ resourceType: 'Patient' }, 400), 'if-present'],
        [outcome(), 'valid'],
        [outcome({ severity: 'bad', code: 'invalid' }), 'valid'],
        [outcome({ severity: 'error', code: 'bad' }), 'valid'],
        [outcome(issue), 'explained'],
      ],
      undecided: [
        [html(403), 'required'],
        [exchange({ status: 202 }), 'if-present'],
        [html(), 'valid'],
        [unansweredExchange(), 'required'],
      ],
    },
    'no-error-in-success': {
      satisfied: [
        [
          json(
            { resourceType: 'OperationOutcome', issue: [{ severity: 'information', code: 'informational' }] },
            202,
          ),
          true,
        ],
        [exchange({ status: 202 }), true],
      ],
      violated: [[json({ resourceType: 'OperationOutcome', issue: [issue] }, 202), true]],
      undecided: [
        [outcome(issue), true],
        [unansweredExchange(), true],
        [tooLong, true],
      ],
    },
    'no-stack-trace': {
      satisfied: [
        [outcome({ ...issue, diagnostics: 'The type (Foo) is unknown: see docs' }), true],
        [outcome({ ...issue, diagnostics: 'xxx xxxx (xxx) xx xxxxxxx' }), true],
      ],
      violated: [
        [outcome({ ...issue, diagnostics: 'Error\n\tat org.example.Foo.bar(Foo.java:12)' }), true],
        [outcome({ ...issue, diagnostics: 'xxxxx\n\txx xxx.xxxxxxx.xxx.xxx(xxx.xxxx:xx)' }), true],
        [outcome({ ...issue, diagnostics: 'at fn (/srv/app/index.js:1:2)' }), true],
        [outcome({ ...issue, diagnostics: 'File "/srv/app/main.py", line 12' }), true],
      ],
      undecided: [
        [html(), true],
        [exchange({}), true],
      ],
    },
    'oauth-error': {
      satisfied: [
        [json({ error: 'invalid_client' }, 401), ['invalid_client']],
        [json({ error: 'invalid_scope' }, 400), true],
      ],
      violated: [
        [json({ error: 'invalid_grant' }, 400), ['invalid_client']],
        [json({ error: 'oops' }, 400), true],
        [html(), true],
        [json({ error: 'invalid_client' }, 500), true],
        [json({}, 200), true],
      ],
      undecided: [
        [json({ error: 'invalid_client' }, 429), true],
        [unansweredExchange(), true],
      ],
    },
  }
  expect(gaps(errorResponseChecks, table)).toEqual([])
})
