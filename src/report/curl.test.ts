import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { Exchange } from '../model/http/exchange.ts'
import { curlCommand, shellQuoted } from './curl.ts'
import { hostileTexts } from './fixtures/hostile.ts'

function request(change: Partial<Exchange['request']>): Exchange {
  const plain = { method: 'GET', url: 'https://fhir.example.org/r4/metadata', headers: [] }
  return { number: 1, request: { ...plain, ...change }, startedAt: '2026-03-04T09:14:00Z', durationMs: 1 }
}

test.each<[string, Partial<Exchange['request']>, string]>([
  ['a plain GET', {}, `curl -sS -i -g --url 'https://fhir.example.org/r4/metadata'`],
  [
    'a masked token',
    { headers: [['Authorization', 'Bearer xxxxx']] },
    `curl -sS -i -g -H 'Authorization: Bearer '"$TOKEN" --url 'https://fhir.example.org/r4/metadata'`,
  ],
  [
    'a token without a scheme',
    { headers: [['authorization', 'xxxxx']] },
    `curl -sS -i -g -H 'authorization: '"$TOKEN" --url 'https://fhir.example.org/r4/metadata'`,
  ],
  [
    'a token request',
    { method: 'POST', body: 'scope=a&client_assertion=xxx.xxx&x=1' },
    `curl -sS -i -g --data-raw 'scope=a&client_assertion='"$CLIENT_ASSERTION"'&x=1' --url 'https://fhir.example.org/r4/metadata'`,
  ],
  [
    'a POST without a body',
    { method: 'POST' },
    `curl -sS -i -g -X 'POST' --url 'https://fhir.example.org/r4/metadata'`,
  ],
  [
    'what curl sets itself',
    {
      headers: [
        ['Host', 'h'],
        ['Content-Length', '3'],
        ['Prefer', ''],
      ],
    },
    `curl -sS -i -g -H 'Prefer;' --url 'https://fhir.example.org/r4/metadata'`,
  ],
  ['a quote in the URL', { url: "https://h/?q=it's" }, `curl -sS -i -g --url 'https://h/?q=it'\\''s'`],
])('%s', (_, change, command) => {
  expect(curlCommand(request(change))).toBe(command)
})

test.each(['file:///etc/passwd', '-o/tmp/x', 'relative'])('no command for %s', (url) => {
  expect(curlCommand(request({ url }))).toBeUndefined()
})

test('no command that is too long to copy', () => {
  expect(curlCommand(request({ body: 'x'.repeat(5000) }))).toBeUndefined()
})

test.skipIf(process.platform === 'win32').each(hostileTexts)('a shell reads %j as one word', (payload) => {
  const word = execFileSync('sh', ['-c', `printf %s ${shellQuoted(payload)}`], { encoding: 'utf8' })
  expect(shellQuoted(word)).toBe(shellQuoted(payload))
})
