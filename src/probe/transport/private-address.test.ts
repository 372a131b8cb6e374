import { describe, expect, test } from 'vitest'
import { isPrivateAddress, isPrivateHost } from './private-address.ts'

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
    '[64:ff9b:1::8.8.8.8]',
    '[::ffff:0:10.0.0.1]',
  ]
  test.each(tricks)('%s', (host) => {
    expect(isPrivateHost(new URL(`https://${host}/latest/meta-data`).hostname)).toBe(true)
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

test.each(['::ffff:10.0.0.1', 'fe80::1%eth0', '127.0.0.1', '64:ff9b::10.1.2.3', 'no address'])(
  '%s, as a resolver writes it, is private',
  (address) => expect(isPrivateAddress(address)).toBe(true),
)

test.each(['::ffff:8.8.8.8', '2606:4700::1111', '8.8.8.8'])('%s is public', (address) => {
  expect(isPrivateAddress(address)).toBe(false)
})
