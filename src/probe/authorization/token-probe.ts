import type { Evidence } from '../../model/evidence.ts'
import { stated } from '../../model/reason.ts'
import type { TokenProbe } from '../../model/suite.ts'
import type { Authorization, BackendServices, Target } from '../../model/target.ts'
import type { KeySetHost } from '../key-set-host.ts'
import type { Recorder } from '../recording/recorder.ts'
import { signingKeys } from './client-assertion.ts'
import { openHostedKeySets, performHosted } from './hosted-key-set.ts'
import { type TokenClient, type TokenRequests, requestToken } from './token-request.ts'

/** Makes the token request of a probe. */
export async function performTokenProbe(
  requests: TokenRequests,
  { client, late: _, ...spec }: TokenProbe,
  { key, recorder }: { readonly key: string; readonly recorder: Recorder },
): Promise<Evidence> {
  const { authorization, otherClient } = requests.target
  const by = client === 'other' ? otherClient : authorization
  if (!by || !requestsTokens(by))
    return { probe: 'none', reason: stated('the target is configured without token requests') }
  if (spec.keySet === undefined && spec.primed === undefined) return performPlain(requests, by, { spec, key })
  if (by.kind !== 'backend-services') return { probe: 'none', reason: stated('the client has no JWK Set') }
  return performHosted(requests, {
    ...{ spec, by, recorder },
    perform: (plain, signer) => {
      const { keySets: _none, ...alone } = requests
      return performPlain({ ...alone, ...(signer ? { signer } : {}) }, by, { spec: plain, key })
    },
  })
}

async function performPlain(
  requests: TokenRequests,
  by: TokenClient,
  { spec, key }: { readonly spec: TokenProbe; readonly key: string },
): Promise<Evidence> {
  const response = await requestToken(requests, by, spec, key)
  return 'reason' in response
    ? { probe: 'none', reason: response.reason }
    : { probe: 'token', exchanges: [response.exchange] }
}

/** The JWK Set of the harness's client, if it is hosted. */
export function hostedSets(
  { authorization }: Target,
  host: KeySetHost | undefined,
  renewed: ReadonlyMap<BackendServices, object>,
): Pick<TokenRequests, 'keySets'> {
  if (!host || authorization.kind !== 'backend-services' || !authorization.keySet?.isHosted) return {}
  return {
    keySets: openHostedKeySets(host, () => signingKeys(renewed.get(authorization) ?? authorization.key)),
  }
}

/** Whether a client requests its tokens. */
export function requestsTokens(it: Authorization): it is TokenClient {
  return it.kind === 'backend-services' || it.kind === 'client-secret'
}
