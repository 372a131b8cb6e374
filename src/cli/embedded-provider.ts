import { withoutUndefined, type PartialSettings } from '../config/partial-settings.ts'
import type { SupportedRelease } from '../model/requirement.ts'
import { type ClaimedFeature, type ExportLevel, claimableFeatures as features } from '../model/target.ts'
import { listen } from '../reference/http-listener.ts'
import { createProvider, type Provider } from '../reference/provider.ts'

/** A provider in this process that is tested. */
export interface EmbeddedProvider {
  readonly partialSettings: PartialSettings
  close(): Promise<void>
}

/** Options of an embedded provider. */
export interface EmbeddedProviderOptions {
  readonly ig: SupportedRelease
  readonly authorization: boolean
}

/** Starts the reference provider on a free port of the loopback interface, with access tokens that expire soon enough to wait for. */
export async function startEmbeddedProvider(options: EmbeddedProviderOptions): Promise<EmbeddedProvider> {
  const provider = await providerOf(options)
  const listening = await listen(provider, { port: 0 })
  return {
    partialSettings: partialSettingsFor(provider, options, new URL('/fhir', listening.url).href),
    close: () => listening.close(),
  }
}

/** The settings for an embedded provider without starting it. */
export async function embeddedProviderSettings(options: EmbeddedProviderOptions): Promise<PartialSettings> {
  return partialSettingsFor(await providerOf(options), options, 'http://127.0.0.1/fhir')
}

function providerOf({ ig, authorization }: EmbeddedProviderOptions): Promise<Provider> {
  return createProvider({ release: ig, authorization, configuration: { tokenLifetime: 3 } })
}

function partialSettingsFor(
  provider: Provider,
  { ig, authorization }: EmbeddedProviderOptions,
  url: string,
): PartialSettings {
  const { own, other } = provider.clients
  const signing = (client: typeof own) => ({
    auth: 'backend-services' as const,
    clientId: client.clientId,
    scope: client.scope,
    key: { text: JSON.stringify(client.jwks), from: 'the key of the reference provider' },
  })
  const { levels, groupId, emptyGroupId, supports, groupWrites } = provider.description
  return withoutUndefined({
    url,
    name: 'Reference provider',
    ig,
    levels: levels as readonly ExportLevel[],
    groupId,
    emptyGroupId,
    supports: features.filter((it): it is ClaimedFeature => (supports as readonly string[]).includes(it)),
    allowWrites: groupWrites ? true : undefined,
    limits: { pollFloorMs: 0, tokenWaitMs: 10_000, tokenGraceMs: 500, deletionGraceMs: 2_000 },
    client: authorization ? signing(own) : { auth: 'none' as const },
    otherClient: authorization ? signing(other) : undefined,
  })
}
