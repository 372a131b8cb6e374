import { describe, expect, test } from 'vitest'
import { type UrlContext, decideUrl, isPrivateHost } from './url-policy.ts'

const context: UrlContext = {
  fhirUrl: 'https://ehr.example.org/fhir',
  tokenOrigins: ['https://files.example.org'],
  token: 'required',
}

describe('the token goes only where it may', () => {
  test.each<[string, boolean, boolean]>([
    ['https://ehr.example.org/job/1', true, true],
    ['https://ehr.example.org:443/job/1', true, true],
    ['https://EHR.example.org/job/1', true, true],
    ['https://files.example.org/1', true, true],
    ['https://files.example.org:8443/1', false, false],
    ['https://ehr.example.org:8443/job/1', false, false],
    ['https://ehr.example.org.evil.example/job', false, false],
    ['https://evil.example/ehr.example.org', false, false],
    ['https://ehr.example.org@evil.example/job', true, false],
    ['https://user:password@ehr.example.org/job', true, false],
    ['https://user:password@127.0.0.1/job', false, false],
    ['http://user:password@ehr.example.org/job', false, false],
    ['https://storage.example.com/1?X-Amz-Signature=a', true, false],
    ['https://ehr.example.org/1?X-Amz-Signature=a', true, false],
    ['https://storage.example.com/1?sig=a', true, false],
    ['https://ehr.example.org/1?sig=a', true, true],
    ['http://ehr.example.org/job/1', false, false],
    ['file:///etc/passwd', false, false],
    ['javascript:alert(1)', false, false],
    ['data:text/plain,x', false, false],
    ['ftp://ehr.example.org/1', false, false],
    ['job/1', false, false],
    ['https://good%2eevil.com/', false, false],
  ])('%s', (url, fetch, sendToken) => {
    expect(decideUrl(url, context)).toMatchObject({ fetch, sendToken })
  })

  test('a file elsewhere is fetched without it where it need not be sent', () => {
    const elsewhere = 'https://storage.example.com/1'
    expect(decideUrl(elsewhere, { ...context, token: 'allowed' })).toMatchObject({
      fetch: true,
      sendToken: false,
    })
    expect(decideUrl(elsewhere, { ...context, token: 'never' })).toMatchObject({
      fetch: true,
      sendToken: false,
    })
    expect(decideUrl('https://ehr.example.org/1?sig=a', { ...context, token: 'allowed' })).toMatchObject({
      fetch: true,
      sendToken: false,
    })
    expect(decideUrl('https://ehr.example.org/1', { ...context, token: 'never' })).toMatchObject({
      fetch: true,
      sendToken: false,
    })
  })

  test('the reason names the setting that would allow it', () => {
    expect(decideUrl('https://storage.example.com/1', context).reason).toContain(
      '--token-origin https://storage.example.com',
    )
  })

  test('a plain target may be plain, but a hop over https does not lead back', () => {
    const plain = { ...context, fhirUrl: 'http://ehr.example.org/fhir' }
    expect(decideUrl('http://ehr.example.org/1', plain).fetch).toBe(true)
    expect(decideUrl('http://ehr.example.org/1', { ...plain, from: 'https://x.example/1' }).fetch).toBe(false)
  })
})

describe('private addresses', () => {
  const tricks = [
    'localhost',
    'LOCALHOST.',
    'a.localhost',
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '0',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '%31%32%37.0.0.1',
    '127.0.0.1.',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b::10.0.0.1]',
    '[2002:7f00:1::]',
    '[2002:c0a8:101::1]',
    '[fe80::1]',
    '[fc00::1]',
    '[fd12:3456::1]',
    '[2001:0:1::1]',
    '[ff02::1]',
  ]
  test.each(tricks)('%s', (host) => {
    const url = `https://${host}/latest/meta-data`
    expect(isPrivateHost(new URL(url).hostname)).toBe(true)
    expect(decideUrl(url, { ...context, token: 'never' }).fetch).toBe(false)
    expect(decideUrl(url, { ...context, fhirUrl: 'https://10.9.8.7/fhir', token: 'never' }).fetch).toBe(true)
  })

  test.each([
    'example.org',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '[2606:4700::1111]',
    '[64:ff9b::8.8.8.8]',
    '[2002:808:808::]',
    'fd.example.org',
  ])('%s is public', (host) => {
    expect(isPrivateHost(new URL(`https://${host}/`).hostname)).toBe(false)
  })
})
