import type { Notes } from '../config/credentials.ts'
import { defined, type Wishes } from '../config/wishes.ts'
import type { SupportedRelease } from '../model/requirement.ts'
import { type ClaimedFeature, type ExportLevel, claims as features } from '../model/target.ts'
import { listen } from '../reference/http.ts'
import { createProvider, type Provider } from '../reference/provider.ts'

/** A provider under test in this process. */
export interface Embedded {
  readonly wishes: Wishes
  close(): Promise<void>
}

/** How an embedded provider is to be. */
export interface EmbeddedOptions {
  readonly ig: SupportedRelease
  readonly authorization: boolean
}

/** Starts the reference provider on a free port of the loopback interface, with tokens so short that their expiry can be awaited. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const provider = await providerOf(options)
  const listening = await listen(provider, { port: 0 })
  return {
    wishes: wishesFor(provider, options, new URL('/fhir', listening.url).href),
    close: () => listening.close(),
  }
}

/** What would be told of an embedded provider that is not started. */
export async function embeddedClaims(options: EmbeddedOptions): Promise<Wishes> {
  return wishesFor(await providerOf(options), options, 'http://127.0.0.1/fhir')
}

function providerOf({ ig, authorization }: EmbeddedOptions): Promise<Provider> {
  return createProvider({ release: ig, authorization, configuration: { tokenLifetime: 3 } })
}

function wishesFor(provider: Provider, { ig, authorization }: EmbeddedOptions, url: string): Wishes {
  const { own, other } = provider.clients
  const signing = (client: typeof own) => ({
    auth: 'backend-services' as const,
    clientId: client.clientId,
    scope: client.scope,
    key: { text: JSON.stringify(client.jwks), from: 'the key of the reference provider' },
  })
  const { levels, groupId, supports } = provider.claims
  return defined({
    url,
    name: 'Reference provider',
    ig,
    levels: levels as readonly ExportLevel[],
    groupId,
    supports: features.filter((it): it is ClaimedFeature => (supports as readonly string[]).includes(it)),
    limits: { pollFloorMs: 0, tokenWaitMs: 10_000, tokenGraceMs: 500, deletionGraceMs: 2_000 },
    client: authorization ? signing(own) : { auth: 'none' as const },
    otherClient: authorization ? signing(other) : undefined,
  })
}

/** Nothing noted yet. */
export function noNotes(): Notes & { problems: string[]; warnings: string[] } {
  return { problems: [], warnings: [] }
}
