import { expect, test } from 'vitest'
import { openKeySetHost } from '../key-set-host.ts'
import { listenForKeySetRequests } from './key-set-listener.ts'

test('a JWK Set is served over a socket, and nothing where it is unreachable', async () => {
  const host = openKeySetHost(() => 7)
  const listening = await listenForKeySetRequests(host, { port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${listening.port}/jwks.json`
  try {
    await expect(fetch(url)).rejects.toThrow()
    host.answerWith({ status: 200, headers: [['Cache-Control', 'max-age=9']], body: '{"keys":[]}' })
    const response = await fetch(url, { headers: { Accept: 'application/json' } })
    expect([response.headers.get('cache-control'), await response.json()]).toEqual([
      'max-age=9',
      { keys: [] },
    ])
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(405)
    const taken = host.takeRequests()
    expect(taken.map(({ request }) => request.method)).toEqual(['GET', 'GET', 'POST'])
    expect(taken[1]?.request).toMatchObject({
      url: '/jwks.json',
      headers: expect.arrayContaining([[expect.stringMatching(/^accept$/i), 'application/json']]),
    })
    expect(host.takeRequests()).toEqual([])
  } finally {
    await listening.close()
  }
})
