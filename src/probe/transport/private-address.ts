import { BlockList, isIP } from 'node:net'

const privateAddresses = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  privateAddresses.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 128],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  // NAT64 of a local network (RFC 8215).
  ['64:ff9b:1::', 48],
  // Teredo contains an obfuscated IPv4 address; no FHIR server uses it.
  ['2001::', 32],
] as const)
  privateAddresses.addSubnet(net, bits, 'ipv6')

/** Whether the host of a URL, as `new URL` normalizes it, is this machine or an address of a private network. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  const family = isIP(host)
  if (family === 4) return privateAddresses.check(host, 'ipv4')
  if (family === 0) return false
  const embedded = embeddedIPv4(host)
  return (
    privateAddresses.check(host, 'ipv6') ||
    (embedded !== undefined && privateAddresses.check(embedded, 'ipv4'))
  )
}

/** Whether an IP address, in any notation, is this machine or of a private network. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '')
  const url = isIP(plain) === 6 ? `http://[${plain}]/` : `http://${plain}/`
  return !URL.canParse(url) || isPrivateHost(new URL(url).hostname)
}

/** The IPv4 address inside an IPv4-mapped, -translated or -compatible, NAT64 or 6to4 address. */
function embeddedIPv4(host: string): string | undefined {
  const [left = '', right] = host.split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right ? right.split(':') : []
  const gap = right === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0')
  const words = [...head, ...gap, ...tail].map((it) => Number.parseInt(it, 16))
  const at = words[0] === 0x2002 ? 1 : isPrefixed(words) ? 6 : -1
  const [high, low] = [words[at], words[at + 1]]
  if (high === undefined || low === undefined) return undefined
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function isPrefixed(words: readonly number[]): boolean {
  if (words[0] === 0x64 && words[1] === 0xff9b) return true
  const [a, b] = [words[4], words[5]]
  const isKnown = (a === 0 && (b === 0 || b === 0xffff)) || (a === 0xffff && b === 0)
  return isKnown && words.slice(0, 4).every((it) => it === 0)
}
