import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultLimits, type Target } from '../../model/target.ts'
import { openAddressGuard } from './address-guard.ts'
import { httpTransport } from './http.ts'

const target: Target = {
  name: 'test',
  fhirUrl: 'https://ehr.example.org/fhir',
  ig: '2.0.0',
  authorization: { kind: 'none' },
  levels: ['system'],
  supports: [],
  tokenOrigins: [],
  limits: defaultLimits,
}

/** Resolves names as a table says; a name with several lists has each of them once, and the last for good. */
function resolver(table: Readonly<Record<string, readonly (readonly string[])[]>>) {
  const asked = new Map<string, number>()
  return async (host: string) => {
    const lists = table[host]
    if (!lists) throw Object.assign(new Error(host), { code: 'ENOTFOUND' })
    const times = asked.get(host) ?? 0
    asked.set(host, times + 1)
    const addresses = lists[Math.min(times, lists.length - 1)] ?? []
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
}

const publicBase = { 'ehr.example.org': [['8.8.8.8']] }

/** The addresses that are admitted, or `private`. */
async function admitted(
  url: string,
  table: Readonly<Record<string, readonly (readonly string[])[]>>,
  more: Partial<Target> = {},
): Promise<readonly string[] | 'private'> {
  try {
    const guard = openAddressGuard({ ...target, ...more }, resolver(table))
    return (await guard.admit(new URL(url))).map((it) => it.address)
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_PRIVATE_ADDRESS' })
    return 'private'
  }
}

describe('a public base does not lead', () => {
  test.each([
    'https://127.0.0.1/x',
    'https://2130706433/x',
    'https://0x7f.1/x',
    'https://①②⑦.⓪.⓪.①/x',
    'https://[::1]/x',
    'https://[::ffff:169.254.169.254]/x',
    'https://[64:ff9b::a9fe:a9fe]/x',
    'https://[2002:c0a8:101::1]/x',
    'https://[fd12:3456::1]/x',
    'https://100.64.0.1/x',
  ])('to the literal %s', async (url) => {
    expect(await admitted(url, publicBase)).toBe('private')
    expect(await admitted(url, publicBase, { allowedOrigins: [new URL(url).origin] })).toHaveLength(1)
  })

  test.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', '::ffff:10.0.0.1', 'fe80::1'])(
    'to a name with the address %s',
    async (address) => {
      const names = { ...publicBase, 'files.example.com': [[address]] }
      expect(await admitted('https://files.example.com/x', names)).toBe('private')
    },
  )

  test('by a name of which one address is public', async () => {
    const names = { ...publicBase, 'files.example.com': [['10.0.0.1', '8.8.4.4']] }
    expect(await admitted('https://files.example.com/x', names)).toEqual(['8.8.4.4'])
  })

  test('by its own name, once that leads elsewhere', async () => {
    const names = { 'ehr.example.org': [['8.8.8.8'], ['127.0.0.1']] }
    expect(await admitted('https://ehr.example.org/x', names)).toBe('private')
  })

  test('at any later time, wherever its name leads then', async () => {
    const names = { 'ehr.example.org': [['8.8.8.8'], ['8.8.8.8'], ['127.0.0.1']] }
    const guard = openAddressGuard(target, resolver(names))
    await Promise.all([guard.admit(new URL(target.fhirUrl)), guard.admit(new URL('https://8.8.4.4/x'))])
    await expect(guard.admit(new URL('https://10.0.0.1/x'))).rejects.toMatchObject({
      code: 'ERR_PRIVATE_ADDRESS',
    })
  })

  test('by a name that is only partly private', async () => {
    const names = { 'ehr.example.org': [['8.8.8.8', '10.0.0.1']] }
    expect(await admitted('https://10.0.0.2/x', names)).toBe('private')
  })

  test('although its name cannot be resolved', async () => {
    expect(await admitted('https://10.0.0.2/x', {})).toBe('private')
  })
})

test.each(['tokenOrigins', 'allowedOrigins'])('%s may be private', async (setting) => {
  const names = { ...publicBase, 'files.example.com': [['10.0.0.1']] }
  const more = { [setting]: ['https://files.example.com'] }
  expect(await admitted('https://files.example.com/x', names, more)).toEqual(['10.0.0.1'])
  expect(await admitted('https://files.example.com:8443/x', names, more)).toBe('private')
})

test('a configured token endpoint may be private', async () => {
  const tokenUrl = 'https://10.0.0.1/token'
  const authorization = {
    kind: 'client-secret',
    clientId: 'c',
    secret: 's',
    scope: 's',
    method: 'post',
    tokenUrl,
  } as const
  expect(await admitted(tokenUrl, publicBase, { authorization })).toEqual(['10.0.0.1'])
})

test('a private base may lead to private addresses', async () => {
  expect(await admitted('https://10.0.0.1/x', { 'ehr.example.org': [['192.168.1.1']] })).toEqual(['10.0.0.1'])
})

test('a proxy resolves names, so only literal addresses are refused', () => {
  const guard = openAddressGuard(target)
  expect(guard.admitsByName(new URL('https://10.0.0.1/x'))).toBe(false)
  expect(guard.admitsByName(new URL('https://files.example.com/x'))).toBe(true)
})

describe('on a socket', () => {
  let server: Server
  let port: number
  let seen: number

  beforeEach(async () => {
    seen = 0
    server = createServer((_request, response) => response.end('x')).listen(0, '127.0.0.1')
    server.on('connection', () => {
      seen += 1
    })
    await new Promise((resolve) => server.once('listening', resolve))
    port = (server.address() as { port: number }).port
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  const fetchFrom = async (host: string, more: Partial<Target>, keepAlive: boolean) => {
    const names = { ...publicBase, 'files.example.com': [['127.0.0.1']], 'lab.example.org': [['127.0.0.1']] }
    const transport = httpTransport({ guard: openAddressGuard({ ...target, ...more }, resolver(names)) })
    const request = { method: 'GET', headers: [], timeoutMs: 5_000, maxBytes: 100, keepAlive }
    const response = await transport({ ...request, url: `http://${host}:${port}/x` })
    await transport.close()
    return response
  }

  test.each(['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', 'files.example.com'])(
    'no connection is made to %s',
    async (host) => {
      for (const keepAlive of [false, true]) {
        const response = await fetchFrom(host, {}, keepAlive)
        const { origin } = new URL(`http://${host}:${port}`)
        const stop = { kind: 'private-address', origin }
        expect(response).toEqual({ networkError: 'forbidden', stop })
      }
      expect(seen).toBe(0)
    },
  )

  test('a proxy is not asked to connect to a private address', async () => {
    const transport = httpTransport({
      guard: openAddressGuard(target),
      proxy: () => `http://127.0.0.1:${port}`,
    })
    const request = { method: 'GET', headers: [], timeoutMs: 5_000, maxBytes: 100 }
    const response = await transport({ ...request, url: 'https://10.0.0.1/x' })
    await transport.close()
    expect(response).toMatchObject({ stop: { kind: 'private-address', origin: 'https://10.0.0.1' } })
    expect(seen).toBe(0)
  })

  test.each([false, true])('a connection is made where it may be, keep-alive %s', async (keepAlive) => {
    const fhirUrl = 'http://lab.example.org/fhir'
    expect(await fetchFrom('files.example.com', { fhirUrl }, keepAlive)).toMatchObject({ status: 200 })
    const allowedOrigins = [`http://127.0.0.1:${port}`]
    expect(await fetchFrom('127.0.0.1', { allowedOrigins }, keepAlive)).toMatchObject({ status: 200 })
    expect(seen).toBe(2)
  })
})
