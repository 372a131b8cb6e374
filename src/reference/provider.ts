import { largeExportConduct } from './conduct/large-export.ts'
import { catalogueOf, type PopulationCatalogue } from './population/catalogue.ts'
import { type RegisteredClients, type ClientKeys, registerClients } from './authorization/clients.ts'
import { type ResponseContext, conductOf, type Conduct } from './conduct/conduct.ts'
import {
  type ProviderConfiguration,
  defaultConfiguration,
  type GatewayDemands,
  type ServedLevel,
  type Release,
} from './conduct/configurations.ts'
import type { TlsVersion } from './conduct/tls.ts'
import { handleDiscovery, handleMetadata } from './discovery.ts'
import { dialectById } from './dialects/registry.ts'
import { faultById } from './faults/registry.ts'
import { handleFile } from './export/file-download.ts'
import { handleKickoff } from './export/kickoff.ts'
import { type Request, type Response, withHeader } from './http-message.ts'
import { refusal } from './operation-outcome.ts'
import { gatewayRefusal, throughTokenGateway } from './gateway.ts'
import type { Population, Resource } from './population/model.ts'
import { groupMembers } from './population/compartment.ts'
import { handleResourceRequest } from './rest.ts'
import { handleManifestPage, handleStatus } from './export/status.ts'
import { handleTokenRequest } from './authorization/token.ts'
import type { RequestContext, ProviderState } from './provider-state.ts'
import { type AcceptedHandshake, acceptedVersions, handshakeWith, plainHttpResponse } from './tls.ts'
import { turnedAway } from './overload-responses.ts'
import { decoded, matchUrl, urlFrom } from './url-layout.ts'
import { synthesizePopulation } from './population/synthesis.ts'
import { chained, deviationOf } from './variations/definition.ts'
import { variationById } from './variations/registry.ts'

/** What a client needs to know about a provider. */
interface ProviderDescription {
  readonly release: Release
  readonly levels: readonly ServedLevel[]
  /** Of a Group with some, but not all, of the patients. */
  readonly groupId: string
  /** Of a Group without members, if there is one. */
  readonly emptyGroupId?: string
  /** Optional features, in the words of a target's `supports`. */
  readonly supports: readonly string[]
  readonly authorization: boolean
  /** Clients may send access tokens to the other name of its host. */
  readonly tokensElsewhere: boolean
  /** What every client has to send in addition. */
  readonly gateway?: GatewayDemands
}

/** A Bulk Data Provider with its authorization server, in memory. */
export interface Provider {
  handle(request: Request): Promise<Response>
  /** A handshake with one of its hosts; `undefined` if it refuses all versions that the client offers. */
  handshake(host: string, offered: readonly TlsVersion[]): AcceptedHandshake | undefined
  /** Versions of TLS that it accepts; none where it has no TLS. */
  readonly tlsVersions: readonly TlsVersion[]
  /** Registered clients, with their private keys and secrets, for tests. */
  readonly clients: RegisteredClients
  readonly description: ProviderDescription
  /** The public FHIR base, where one was given. */
  readonly baseUrl?: string
  /** Number of jobs that are not deleted yet. */
  openJobs(): number
}

/** Options of a provider; absent ones have defaults. */
export interface ProviderOptions {
  /** Default 2.0.0. */
  readonly release?: Release
  /** The id of the dialect that the provider speaks. */
  readonly dialect?: string
  /** Ids of faults; they bring the configuration that they need. */
  readonly faults?: readonly string[]
  /** Ids of legal variations; they bring the configuration that they need. */
  readonly variations?: readonly string[]
  /** Default: 60 synthetic patients. */
  readonly population?: Population
  /** Exports of all patients have about so many bytes: copies of the population, made while they are read. */
  readonly exportBytes?: number
  /** The public FHIR base; default: the origin to which a request was sent, and `/fhir`. */
  readonly baseUrl?: string
  /** The clock, in ms since 1970. Default: the system's. */
  readonly now?: () => number
  /** False: an open server. */
  readonly authorization?: boolean
  readonly keys?: ClientKeys
  readonly configuration?: Partial<ProviderConfiguration>
  /** Requests the JWK Set of a client that is registered by URL; rejects if there is no response. */
  readonly fetchKeySet?: (request: Request) => Promise<Response>
  /** Further deviations, applied after those of the faults. */
  readonly conduct?: Partial<Conduct>
}

/** A provider; rejects if a fault or a variation is unknown. */
export async function createProvider(options: ProviderOptions = {}): Promise<Provider> {
  const dialect = options.dialect === undefined ? undefined : dialectById(options.dialect)
  const { release = dialect?.release ?? '2.0.0', now = Date.now, baseUrl } = options
  const faults = (options.faults ?? []).map(faultById)
  const variations = (options.variations ?? []).map(variationById)
  const authorization =
    (options.authorization ?? dialect?.authorization ?? true) &&
    variations.every((it) => it.authorization !== false)
  const configuration: ProviderConfiguration = Object.assign(
    defaultConfiguration(release),
    dialect?.configuration,
    options.configuration,
    ...[...variations, ...faults].map((it) => it.configuration),
  )
  const base = baseUrl?.replace(/\/+$/, '')
  const catalogue = catalogueOf(options.population ?? defaultPopulation(now(), base))
  const place = { base: base ?? '', start: now() }
  const conduct = conductOf([
    dialect?.conduct ?? {},
    ...variations.map((it) => deviationOf(it, place)),
    ...faults.map((fault) => fault.conduct),
    options.conduct ?? {},
  ])
  const gateway = chained(variations.flatMap((it) => it.gateway?.(place) ?? []))
  const state: ProviderState = {
    release,
    configuration,
    conduct:
      options.exportBytes === undefined
        ? conduct
        : largeExportConduct(conduct, catalogue, options.exportBytes),
    catalogue,
    clients: await registerClients(options.keys ?? {}, configuration),
    authorization,
    ...(base === undefined ? {} : { baseUrl: base }),
    now,
    fetchKeySet: options.fetchKeySet ?? rejectKeySetFetch,
    grants: new Map(),
    usedIds: new Map(),
    keySets: new Map(),
    traffic: { requests: 0, served: [] },
    jobs: [],
    deletedJobs: new Set(),
  }
  return {
    handle: async (request) => {
      // Nobody in front of a provider with TLS sees what comes over plain HTTP.
      if (configuration.tls && request.url.startsWith('http:')) return handle(state, request)
      place.base = base ?? `${new URL(request.url).origin}${configuration.urls.base}`
      return gateway(request, (it) => handle(state, it))
    },
    handshake: (host, offered) => handshakeWith(state, host, offered),
    tlsVersions: acceptedVersions(state),
    clients: state.clients,
    description: { ...describeProvider(state), tokensElsewhere: variations.some((it) => it.tokensElsewhere) },
    ...(base === undefined ? {} : { baseUrl: base }),
    openJobs: () =>
      state.jobs.filter(({ id }) => !(state.deletedJobs.has(id) && conduct.hidesDeletedJobs())).length,
  }
}

function defaultPopulation(now: number, baseUrl: string | undefined): Population {
  return synthesizePopulation({
    patients: 60,
    seed: 1,
    until: new Date(now),
    ...(baseUrl === undefined ? {} : { baseUrl }),
  })
}

function rejectKeySetFetch(): Promise<Response> {
  return Promise.reject(new Error('A client is registered by JWKS URL, but the provider has no fetchKeySet.'))
}

function describeProvider({
  release,
  configuration,
  authorization,
  catalogue,
}: ProviderState): Omit<ProviderDescription, 'tokensElsewhere'> {
  const { levels, parameters, post, throttleAfter, failing, groupAlias, gateway } = configuration
  const supports = [
    ...parameters.filter((name) => name !== 'patient' || post),
    ...(configuration.separateStatus ? ['separate-export-status'] : []),
    ...(post ? ['POST'] : []),
    ...(authorization && !gateway?.basic ? ['narrow-scopes'] : []),
    ...(throttleAfter > 0 ? ['burst-polling'] : []),
    ...(failing === false ? [] : ['failing-job']),
    ...(levels.includes('group') ? ['group-read'] : []),
  ]
  const empty = catalogue.ofType('Group').find((it) => groupMembers(it).length === 0)
  return {
    ...{ release, levels },
    ...(empty ? { emptyGroupId: empty.id } : {}),
    groupId: groupAlias ?? describedGroup(catalogue)?.id ?? '',
    ...{ supports, authorization },
    ...(gateway ? { gateway } : {}),
  }
}

/** A Group with some, but not all, of the patients. */
function describedGroup(catalogue: PopulationCatalogue): Resource | undefined {
  const patients = catalogue.ofType('Patient').length
  const groups = catalogue.ofType('Group')
  return groups.find((it) => groupMembers(it).length > 1 && groupMembers(it).length < patients) ?? groups[0]
}

function requestContext(state: ProviderState, request: Request): RequestContext {
  const url = new URL(request.url)
  const layout = state.configuration.urls
  const base = state.baseUrl ?? `${url.origin}${layout.base}`
  const root = new URL(base).pathname
  const now = state.now()
  const about: ResponseContext = {
    release: state.release,
    configuration: state.configuration,
    request,
    base,
    now,
  }
  return {
    state,
    request,
    url,
    path: url.pathname.startsWith(`${root}/`) ? url.pathname.slice(root.length) : '',
    base,
    tokenUrl: urlFrom(layout.token, { layout, base }),
    now,
    answer: (kind, response, more) => state.conduct.answer(kind, response, { ...about, ...more }),
  }
}

async function handle(state: ProviderState, request: Request): Promise<Response> {
  const notSecure = plainHttpResponse(state, request)
  if (notSecure) return notSecure
  const readOnly = request.method === 'HEAD'
  const call = requestContext(state, readOnly ? { ...request, method: 'GET' } : request)
  const response = turnedAway(state, call.now) ?? (await route(call, readOnly))
  const dated = withHeader(response, 'Date', new Date(call.now).toUTCString())
  if (!readOnly) return dated
  const { body: _, ...head } = dated
  return head
}

/** The id of the Group to which a name or the alias refers. */
function groupNamed({ configuration, catalogue }: ProviderState, name: string): string {
  return name === configuration.groupAlias ? (describedGroup(catalogue)?.id ?? name) : name
}

/** The response to a request; with `readOnly` it comes from a handler that changes nothing. */
async function route(call: RequestContext, readOnly: boolean): Promise<Response> {
  const { url, path, tokenUrl, request, answer } = call
  const stopped = gatewayRefusal(call)
  if (stopped) return stopped
  if (url.pathname === new URL(tokenUrl).pathname) {
    const passed = throughTokenGateway(call)
    return 'status' in passed ? passed : handleTokenRequest({ ...call, request: passed })
  }
  const [first, named, third, ...more] = path.slice(1).split('/').map(decoded)
  const second = first === 'Group' && named !== undefined ? groupNamed(call.state, named) : named
  const reads = request.method === 'GET'
  if (path === '/metadata' && reads) return handleMetadata(call)
  if (path === '/.well-known/smart-configuration' && reads) return handleDiscovery(call)
  const { levels, urls: layout } = call.state.configuration
  const placed = { layout, base: call.base }
  const file = matchUrl(layout.file, placed, url)
  if (file) return handleFile(call, file.job ?? '', file.name ?? '')
  if (!readOnly) {
    const status = matchUrl(layout.status, placed, url)
    if (status) return handleStatus(call, status.job ?? '')
    const manifest = reads ? matchUrl(layout.manifest, placed, url) : undefined
    if (manifest) return handleManifestPage(call, manifest.job ?? '', Number(manifest.page))
    if (first === '$export' && second === undefined && levels.includes('system'))
      return handleKickoff(call, 'system')
    if (first === 'Patient' && second === '$export' && third === undefined && levels.includes('patient'))
      return handleKickoff(call, 'patient')
    if (first === 'Group' && second && third === '$export' && more.length === 0 && levels.includes('group'))
      return handleKickoff(call, 'group', second)
  }
  if (first && third === undefined && !first.startsWith('$') && !second?.startsWith('$'))
    return handleResourceRequest(call, first, second)
  return answer(
    'rest.refused',
    refusal(404, { code: 'not-supported', diagnostics: 'There is nothing at this URL.' }),
  )
}
