import { describe, expect, test } from 'vitest'
import { type Target, defaultLimits } from '../model/target.ts'
import { openSession } from './session.ts'
import type { HandshakeRequest, Transport, WireRequest } from './transport/message.ts'

function open(fhirUrl: string) {
  const requests: WireRequest[] = []
  const handshakes: HandshakeRequest[] = []
  const send = async (request: WireRequest) => {
    requests.push(request)
    return { networkError: 'refused', problem: 'connection refused' } as const
  }
  const transport: Transport = Object.assign(send, {
    handshake: async (it: HandshakeRequest) => {
      handshakes.push(it)
      return {
        handshake: { offers: it.offers },
        failure: { networkError: 'tls', problem: 'refused' },
      } as const
    },
  })
  const target: Target = {
    ...{ name: 'test', fhirUrl, ig: '2.0.0', levels: ['system'], supports: [], tokenOrigins: [] },
    authorization: { kind: 'bearer', token: 'secret-token' },
    headers: [{ name: 'X-Key', value: 'secret-key', isSecret: true, atTokenEndpoint: true }],
    limits: defaultLimits,
  }
  const clock = { now: () => 0, wall: () => 0, sleep: async () => undefined }
  return { session: openSession({ target, transport, clock }), requests, handshakes }
}

describe('the handshakes of a session', () => {
  test('are three with each host, whichever probes ask for them', async () => {
    const { session, handshakes } = open('https://ehr.example.org/fhir')
    const base = await session.performConnection({ to: 'base' })
    const again = await session.performConnection({
      to: [
        'https://ehr.example.org/files/1',
        'https://ehr.example.org/files/2',
        'https://files.example.org/3',
      ],
    })
    expect(handshakes.map(({ url, offers }) => `${offers} ${url}`)).toEqual([
      'TLS 1.0 and 1.1 https://ehr.example.org/',
      'TLS 1.2 https://ehr.example.org/',
      'TLS 1.3 https://ehr.example.org/',
      'TLS 1.0 and 1.1 https://files.example.org/',
      'TLS 1.2 https://files.example.org/',
      'TLS 1.3 https://files.example.org/',
    ])
    expect(base).toMatchObject({
      probe: 'connection',
      exchanges: [{ number: 1 }, { number: 2 }, { number: 3 }],
    })
    expect(again.probe === 'connection' && again.exchanges.map((it) => it.number)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('are not made where the server is tested over HTTP on this machine or in a private network', async () => {
    for (const base of ['http://127.0.0.1:4000/fhir', 'http://10.1.2.3/fhir', 'http://hapi:8080/fhir']) {
      const { session, handshakes, requests } = open(base)
      expect(await session.performConnection({ to: 'base', plain: true })).toMatchObject({
        exchanges: [],
        withoutTls: { kind: 'stated' },
      })
      expect([handshakes, requests]).toEqual([[], []])
    }
  })

  test('are not made at a URL without TLS', async () => {
    const { session, handshakes } = open('https://ehr.example.org/fhir')
    expect(await session.performConnection({ to: ['http://files.example.org/f'] })).toMatchObject({
      exchanges: [{ networkError: 'tls' }],
    })
    expect(handshakes).toEqual([])
  })

  test('a public server without TLS is shown as such', async () => {
    const { session } = open('http://ehr.example.org/fhir')
    expect(await session.performConnection({ to: 'base' })).toMatchObject({
      exchanges: [{ request: { url: 'http://ehr.example.org/' }, networkError: 'tls' }],
    })
  })

  test('the request over plain HTTP carries no credentials', async () => {
    const { session, requests } = open('https://ehr.example.org/fhir')
    expect(await session.performConnection({ to: 'base', plain: true })).toMatchObject({
      plain: { request: { url: 'http://ehr.example.org/fhir/metadata' }, networkError: 'refused' },
    })
    expect(requests).toHaveLength(1)
    expect(JSON.stringify(requests)).not.toContain('secret')
  })
})
