import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { tlsOffers } from '../../model/http/handshake.ts'
import { type Listener, listen } from '../../reference/http-listener.ts'
import { createProvider } from '../../reference/provider.ts'
import type { TlsVersion } from '../../reference/conduct/tls.ts'
import { privateAddressError } from './address-guard.ts'
import { tlsHandshake } from './handshake.ts'

const pem = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../fixtures/tls', `${name}.pem`), 'utf8')
const pair = (name: string) => ({ cert: pem(name), key: pem(`${name}.test-only.private`) })
const certificates = { own: pair('server'), foreign: pair('elsewhere') }

let open: Listener | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

async function serve(versions: readonly TlsVersion[], certificateName?: string): Promise<string> {
  const provider = await createProvider({
    configuration: { tls: { versions, plainHttp: 'refused' } },
    ...(certificateName === undefined ? {} : { conduct: { certificateName: () => certificateName } }),
  })
  open = await listen(provider, { port: 0, certificates })
  return open.url
}

const shake = (url: string, ca = pem('authority')) =>
  Promise.all(tlsOffers.map((offers) => tlsHandshake({ url, offers, timeoutMs: 3_000 }, { ca })))

const versionsOf = (all: Awaited<ReturnType<typeof shake>>) =>
  all.map(({ handshake, failure }) => handshake.accepted?.version ?? failure?.networkError)

describe('a TLS handshake over sockets', () => {
  test('shows which versions a server accepts, its cipher and its certificate', async () => {
    const all = await shake(await serve(['TLSv1.2', 'TLSv1.3']))
    expect(versionsOf(all)).toEqual(['tls', 'TLS 1.2', 'TLS 1.3'])
    expect(all[0]?.handshake).toEqual({ offers: 'TLS 1.0 and 1.1', alert: 'protocol version' })
    expect(all[2]?.handshake.accepted).toMatchObject({
      cipher: expect.stringMatching(/^TLS_/),
      certificate: { names: ['localhost', '127.0.0.1'], trust: 'trusted' },
    })
  })

  test.each<[TlsVersion, readonly unknown[]]>([
    ['TLSv1', ['TLS 1.0', 'tls', 'tls']],
    ['TLSv1.1', ['TLS 1.1', 'tls', 'tls']],
    ['TLSv1.2', ['tls', 'TLS 1.2', 'tls']],
    ['TLSv1.3', ['tls', 'tls', 'TLS 1.3']],
  ])('finds that only %s is accepted', async (version, expected) => {
    expect(versionsOf(await shake(await serve([version])))).toEqual(expected)
  })

  test('notices a certificate for another name, and an unknown authority', async () => {
    const url = await serve(['TLSv1.3'], 'elsewhere.example')
    const trust = async (ca: string) => (await shake(url, ca))[2]?.handshake.accepted?.certificate
    expect(await trust(pem('elsewhere'))).toMatchObject({ names: ['elsewhere.example'], trust: 'other-name' })
    expect(await trust(pem('authority'))).toMatchObject({ trust: 'unknown-authority' })
  })

  test('leads to no private address of a public server', async () => {
    const guard = {
      admit: () => Promise.reject(privateAddressError()),
      admitsByName: () => false,
    }
    const url = await serve(['TLSv1.3'])
    expect(await tlsHandshake({ url, offers: 'TLS 1.3', timeoutMs: 3_000 }, { guard })).toMatchObject({
      failure: { networkError: 'forbidden', stop: { kind: 'private-address' } },
    })
  })

  test('ends where a server is silent, closes the connection, or is not there', async () => {
    const quiet = await listening(createServer((it) => void it.on('error', () => undefined)))
    const rude = await listening(createServer((it) => it.destroy()))
    const late = await tlsHandshake({ url: quiet.url, offers: 'TLS 1.3', timeoutMs: 100 }, {})
    expect(late).toMatchObject({ handshake: { offers: 'TLS 1.3' }, failure: { networkError: 'timeout' } })
    expect(
      (await tlsHandshake({ url: rude.url, offers: 'TLS 1.3', timeoutMs: 3_000 }, {})).failure?.networkError,
    ).toBe('reset')
    await Promise.all([quiet.close(), rude.close()])
    expect(
      (await tlsHandshake({ url: rude.url, offers: 'TLS 1.3', timeoutMs: 3_000 }, {})).failure?.networkError,
    ).toBe('refused')
  })
})

async function listening(server: Server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { url: `https://127.0.0.1:${port}/`, close: async () => void server.close() }
}
