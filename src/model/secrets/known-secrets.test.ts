import { describe, expect, test } from 'vitest'
import { openKnownSecrets } from './known-secrets.ts'

const odd = 'a"b/c+d e=<Canary\'7>&Sécret9Value'
const plain = 'Zx81-Canary_Token.4711~Value'

const encodings: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (it) => it],
  ['in capitals', (it) => it.toUpperCase()],
  ['in a URL', encodeURIComponent],
  ['in a URL twice', (it) => encodeURIComponent(encodeURIComponent(it))],
  ['in a form', (it) => new URLSearchParams({ it }).toString().slice(3)],
  ['in JSON', (it) => JSON.stringify(it).slice(1, -1)],
  ['in JSON with slashes escaped', (it) => JSON.stringify(it).slice(1, -1).replaceAll('/', '\\/')],
  ['in JSON within JSON', (it) => JSON.stringify(JSON.stringify(it).slice(1, -1)).slice(1, -1)],
  ['in hex', (it) => Buffer.from(it).toString('hex')],
  [
    'in HTML',
    (it) =>
      it
        .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
        .replace('&#38;', '&amp;')
        .replace('&#60;', '&lt;')
        .replace('&#62;', '&gt;')
        .replace('&#34;', '&quot;'),
  ],
  ...[0, 1, 2].flatMap((offset) =>
    (['base64', 'base64url'] as const).map((name): [string, (text: string) => string] => [
      `in ${name} after ${offset} bytes`,
      (it) =>
        Buffer.from(`${'x'.repeat(offset)}${it}`)
          .toString(name)
          .slice(offset === 0 ? 0 : offset + 1, -4),
    ]),
  ),
  ['cut after 12 characters', (it) => it.slice(0, 12)],
  ['its last 12 characters', (it) => it.slice(-12)],
  ['12 characters from its middle', (it) => it.slice(9, 21)],
]

describe.each([odd, plain])('the secret %s', (secret) => {
  const secrets = openKnownSecrets()
  secrets.add(secret)

  test.each(encodings)('is hidden %s', (_, encode) => {
    const code = encode(secret)
    const hidden = secrets.hide(`The value [${code}] is hidden`)
    expect(hidden).toHaveLength(`The value [${code}] is hidden`.length)
    expect(hidden).toMatch(/^The value \[.*\] is hidden$/)
    expect(hidden).not.toContain(code.slice(0, 12))
    expect(hidden.slice(11, -11).replace(/x/g, '')).not.toMatch(/[A-Za-wyz0-9]{4}/)
  })

  test('is hidden at the beginning, at the end and twice in a row', () => {
    expect(secrets.hide(secret)).not.toContain('Canary')
    expect(secrets.hide(`${secret}${secret}`)).not.toMatch(/Canary|Value/)
  })
})

test('a part of fewer than 12 characters says too little', () => {
  const secrets = openKnownSecrets()
  secrets.add(plain)
  expect(secrets.hide(plain.slice(0, 11))).toBe(plain.slice(0, 11))
})

test('words that a secret contains are words', () => {
  const secrets = openKnownSecrets()
  secrets.add('client-secret-of-tests')
  secrets.add('secret')
  secrets.add('password')
  secrets.add('reference-gateway-key-1')
  expect(secrets.hide('{"kind":"client-secret","secret":1}')).toBe('{"kind":"client-secret","secret":1}')
  expect(secrets.hide('X-Gateway-Key: reference-gateway-key-1')).toBe(
    'X-Gateway-Key: xxxxxxxxx-xxxxxxx-xxx-x',
  )
  expect(secrets.hide('is client-secret-of-tests right?')).toBe('is xxxxxx-xxxxxx-xx-xxxxx right?')
  expect(secrets.hide('the password, a password1')).toBe('the xxxxxxxx, a password1')
})

test('a short secret is hidden as a whole', () => {
  const secrets = openKnownSecrets()
  secrets.add('hunter2')
  expect(secrets.hide('hunter2, Hunter27, hunter')).toBe('xxxxxxx, xxxxxxx7, hunter')
  expect(secrets.hide(Buffer.from('me:hunter2').toString('base64'))).not.toContain('aHVudGVy')
})

test('a concealed patient is hidden as a whole, and a short id only where it names a patient', () => {
  const secrets = openKnownSecrets()
  for (const it of ['Patient/12', 'abcdef-1', 'example']) secrets.conceal(it)
  expect(secrets.hide('/Patient/12?x=12')).toBe('/Patient/xx?x=12')
  expect(secrets.hide('/files/abcdef-1.ndjson of xabcdef-1')).toBe('/files/xxxxxx-x.ndjson of xabcdef-1')
  expect(secrets.hide('https://fhir.example/Patient%2Fexample')).toBe(
    'https://fhir.example/Patient%2Fxxxxxxx',
  )
})

test('JSON remains JSON', () => {
  const secrets = openKnownSecrets()
  for (const it of ['123456789012', 'n"\\ew\nline\tand\u0001more', 'Zebra4711Zebra', odd]) secrets.add(it)
  const value = {
    number: 123456789012,
    list: [123456789012, 1],
    text: 'No. 123456789012',
    lines: 'n"\\ew\nline\tand\u0001more',
    after: '\nZebra4711Zebra\n',
    [odd]: [odd],
  }
  for (const indent of [0, 1, 2]) {
    const hidden = secrets.hide(JSON.stringify(value, null, indent))
    expect(JSON.parse(hidden)).toMatchObject({
      number: 123456789012,
      list: [123456789012, 1],
      text: 'No. xxxxxxxxxxxx',
    })
    expect(hidden).not.toMatch(/Canary|Zebra|ew\\nline/)
  }
})

test('nothing is hidden of other texts', () => {
  const secrets = openKnownSecrets()
  for (let it = 0; it < 300; it += 1) secrets.add(`${it}-${'0123456789abcdef'.repeat(20)}-${it}`)
  const text = JSON.stringify({
    title: 'The server refuses an assertion that it has seen before',
    at: Date(),
  })
  expect(secrets.hide(text)).toBe(text)
  expect(openKnownSecrets().hide(text)).toBe(text)
})
