import { createPublicKey, type KeyObject } from 'node:crypto'
import type { Evidence } from '../../model/evidence.ts'
import { stated } from '../../model/reason.ts'
import type { HostedKeySet, TokenProbe } from '../../model/suite.ts'
import type { BackendServices } from '../../model/target.ts'
import type { HostedKeySets, KeySetAnswer, KeySetHost } from '../key-set-host.ts'
import type { Recorder } from '../recording/recorder.ts'
import { type SigningKey, freshKey, signingKeys } from './client-assertion.ts'
import { type TokenRequests, randomText } from './token-request.ts'

/** The keys that a client signs with, hosted. */
export function openHostedKeySets(
  host: KeySetHost,
  keysOf: () => Promise<readonly SigningKey[]>,
): HostedKeySets {
  const restore = async () => host.answerWith(answerOf((await keysOf()).map(publicJwk), undefined))
  let turn: Promise<unknown> = restore()
  return {
    host,
    cachedUntil: 0,
    ready: async () => void (await turn),
    alone(work) {
      const mine = turn.then(work)
      turn = mine.catch(() => undefined).then(restore)
      return mine
    },
  }
}

interface HostedProbe {
  readonly spec: TokenProbe
  readonly by: BackendServices
  readonly recorder: Recorder
  /** Makes a token request. */
  readonly perform: (spec: TokenProbe, signer?: SigningKey) => Promise<Evidence>
}

/** Performs a token request while the hosted JWK Set is as the probe says. */
export async function performHosted(
  requests: TokenRequests,
  { spec, by, recorder, perform }: HostedProbe,
): Promise<Evidence> {
  const { keySets, clock } = requests
  if (!keySets || !by.keySet?.isHosted)
    return { probe: 'none', reason: stated('bulkcheck does not host the JWK Set of the client') }
  const { host } = keySets
  const { url } = by.keySet
  const { keySet = {}, primed, algorithm, ...plain } = spec
  return keySets.alone(async () => {
    const own = await signingKeys(by.key)
    const changesKeys = keySet.keys !== undefined && keySet.keys !== 'own'
    const left = keySets.cachedUntil - clock.now()
    if (changesKeys && left > 0) await clock.sleep(left + cacheToleranceMs)
    if (primed) {
      host.answerWith(answerOf(own.map(publicJwk), primed.maxAge))
      keySets.cachedUntil = clock.now() + primed.maxAge * 1000
      const first = await perform({})
      if (first.probe !== 'token' || first.exchanges.at(-1)?.response?.status !== 200) return first
      if (primed.waits !== undefined) await clock.sleep(primed.waits * 1000)
    }
    const { answer, signer } = hostedAs(keySet, own, { algorithm, kid: randomText(requests) })
    host.answerWith(answer)
    host.takeRequests()
    const evidence = await perform(plain, signer)
    const keySetRequests = host
      .takeRequests()
      .map(({ request, answer, at }) => recorder.recordReceived({ ...request, url }, answer, at))
    return evidence.probe === 'token' ? { ...evidence, keySetRequests } : evidence
  })
}

const cacheToleranceMs = 1_000

function hostedAs(
  { keys = 'own', maxAge }: HostedKeySet,
  own: readonly SigningKey[],
  { algorithm, kid }: { readonly algorithm: SigningKey['algorithm'] | undefined; readonly kid: string },
): { readonly answer: KeySetAnswer; readonly signer?: SigningKey } {
  const [signs] = own
  const publicKeys = own.map(publicJwk)
  switch (keys) {
    case 'own':
      return { answer: answerOf(publicKeys, maxAge) }
    case 'fresh': {
      const signer = newKey(algorithm ?? signs?.algorithm ?? 'ES384', kid)
      return { answer: answerOf([...publicKeys, publicJwk(signer)], maxAge), signer }
    }
    case 'same-kid': {
      const twin = newKey(signs?.algorithm ?? 'ES384', signs?.kid ?? '')
      // The other key comes first: a server that takes the first one must notice.
      return { answer: answerOf([publicJwk(twin), ...publicKeys], maxAge) }
    }
    case 'replaced':
      return { answer: answerOf([publicJwk(newKey(signs?.algorithm ?? 'ES384', kid))], maxAge) }
    case 'unreachable':
      return { answer: 'unreachable' }
  }
}

const made = new Map<string, KeyObject>()

/** RSA keys take long to make: one of each algorithm serves a process, under another kid each time. */
function newKey(algorithm: SigningKey['algorithm'], kid: string): SigningKey {
  const key = made.get(algorithm) ?? freshKey(algorithm)
  made.set(algorithm, key)
  return { key, algorithm, kid }
}

function publicJwk({ key, algorithm, kid }: SigningKey): object {
  return { ...createPublicKey(key).export({ format: 'jwk' }), alg: algorithm, use: 'sig', kid }
}

function answerOf(keys: readonly object[], maxAge: number | undefined): KeySetAnswer {
  return {
    status: 200,
    headers: [
      ['Content-Type', 'application/json'],
      ['Cache-Control', maxAge === undefined ? 'no-store' : `max-age=${maxAge}`],
    ],
    body: JSON.stringify({ keys }),
  }
}
