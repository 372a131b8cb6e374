import { createHash } from 'node:crypto'
import { checks, picks } from '../checks/registry.ts'
import type { ConfigurationResult } from '../model/kill-matrix.ts'
import type { Plan } from '../model/plan.ts'
import type { SupportedRelease } from '../model/requirement.ts'
import { appliesTo, supportedReleases } from '../model/requirement.ts'
import { type RunResult, verdictCounts } from '../model/result.ts'
import {
  type ClaimedFeature,
  defaultLimits,
  type ExportLevel,
  findableFeatures,
  type Target,
} from '../model/target.ts'
import type { GatewayDemands } from '../reference/conduct/configurations.ts'
import { honestConfigurations, type NamedConfiguration } from '../reference/conduct/honest-configurations.ts'
import { dialectById } from '../reference/dialects/registry.ts'
import { type KeySetAnswer, openKeySetHost } from '../probe/key-set-host.ts'
import { modernTls } from '../reference/conduct/tls.ts'
import type { Response } from '../reference/http-message.ts'
import type { Population } from '../reference/population/model.ts'
import { createProvider, type Provider, type ProviderOptions } from '../reference/provider.ts'
import { type Gateway, otherOrigin } from '../reference/variations/definition.ts'
import { selectionOf } from '../run/result-scope.ts'
import { run } from '../run/run.ts'
import type { RunOptions } from '../run/run-options.ts'
import { loadBundled } from '../suite/bundled.ts'
import type { LoadedSuites } from '../suite/load.ts'
import { plan } from '../suite/planning/plan.ts'
import { inProcessTransport } from './in-process-transport.ts'
import { openRememberingEnvironment } from './remembered-slices.ts'
import { rememberingSignatures } from './signatures.ts'
import { virtualClock } from './virtual-clock.ts'
import { synthesizePopulation } from '../reference/population/synthesis.ts'

/** When every run begins, in ms since 1970. */
export const runStart = Date.parse('2026-03-02T09:00:00Z')

/** The FHIR base of the provider that is run against. */
export const baseUrl = 'https://127.0.0.1:4000/fhir'

/** A dozen patients: enough for every narrowing to have something to keep and something to drop. */
export const population: Population = populationAt(baseUrl)

function populationAt(base: string): Population {
  return synthesizePopulation({
    ...{ patients: 12, seed: 7, until: new Date(runStart - 60_000) },
    baseUrl: base,
  })
}

const suites = await loadBundled({ checks, picks })

/** The bundled suites, read once. */
export function loadBundledSuites(): LoadedSuites {
  return suites
}

/** A provider to run against, the gateway in front of it, and settings beyond its claims. */
export interface ProviderSetting extends Omit<ProviderOptions, 'population' | 'now'> {
  readonly gateway?: Gateway
  /** What the target has in place of what follows from the provider, or the whole target. */
  readonly target?: Partial<Target> | ((provider: Provider) => Target)
  /** Patterns of the tests to run; default: all. */
  readonly only?: readonly string[]
  /** Paths of FHIR packages. */
  readonly packages?: readonly string[]
  /** How many exports are under way at the same time. */
  readonly concurrency?: number
  /** How long the run may take by the clock of the provider. */
  readonly maxTimeMs?: number
  /** Where the run is recorded, and its output files are left. */
  readonly record?: { readonly recording: string; readonly keep: string }
  readonly onJudged?: RunOptions['onJudged']
}

/** Runs every bundled suite against a provider in this process, on a clock that both share. */
export async function runAgainst(setting: ProviderSetting): Promise<RunResult> {
  const options = await runOptionsFor(setting)
  return rememberingSignatures(() => run(options))
}

/** What a run against a provider in this process needs; several runs with it are against the same one. */
export async function runOptionsFor(setting: ProviderSetting): Promise<RunOptions> {
  const {
    gateway,
    target: targetSettings,
    record,
    only,
    packages = [],
    concurrency = 1,
    maxTimeMs,
    onJudged,
    ...options
  } = setting
  const clock = virtualClock(runStart)
  const keySetHost = openKeySetHost(clock.now)
  const layout = options.dialect === undefined ? undefined : dialectById(options.dialect).configuration.urls
  const base = layout ? new URL(layout.base, baseUrl).href : (options.baseUrl ?? baseUrl)
  const provider = await createProvider({
    ...options,
    configuration: { tls: modernTls, ...options.configuration },
    fetchKeySet: async (request) => responseOf(keySetHost.respond(request)),
    population: base === baseUrl ? population : populationAt(base),
    ...{ baseUrl: base, now: clock.now },
  })
  const target =
    typeof targetSettings === 'function'
      ? targetSettings(provider)
      : { ...targetOf(provider, base), ...targetSettings }
  const loaded = loadBundledSuites()
  const planned = planFor(loaded, target, only)
  const selection =
    only && selectionOf(planned, planFor(loaded, target, undefined), { patterns: only, own: undefined })
  return {
    plan: planned,
    ...(selection ? { selection } : {}),
    target,
    transport: inProcessTransport(provider, gateway),
    clock,
    ...(provider.clients.own.jwksUrl === undefined ? {} : { keySetHost }),
    random: sameEachTime(),
    suites: { sha256: loaded.sha256 },
    failOn: 'MAY',
    knownFailing: [],
    warnings: [],
    harness: 'bulkcheck selftest',
    ...{ packages, concurrency },
    ...(maxTimeMs === undefined ? {} : { maxTimeMs }),
    openEnvironment: openRememberingEnvironment,
    ...(onJudged ? { onJudged } : {}),
    ...record,
  }
}

function responseOf(answer: KeySetAnswer): Response {
  if (answer === 'unreachable') throw new Error('the JWK Set is unreachable')
  return answer
}

const plans = new Map<string, Plan>()

/** The plan of a target, made once: most faults do not change what a plan depends on. */
function planFor(loaded: LoadedSuites, target: Target, only: readonly string[] | undefined): Plan {
  const name = JSON.stringify([target, only])
  const found = plans.get(name) ?? plan(loaded, target, only ? { only } : {})
  plans.set(name, found)
  return found
}

/** Bytes that look random, the same in each run: a signature of one run serves the next. */
function sameEachTime(): (bytes: number) => Uint8Array {
  let asked = 0
  return (bytes) => {
    asked += 1
    return createHash('sha512').update(String(asked)).digest().subarray(0, bytes)
  }
}

function targetOf({ description: claims, clients }: Provider, fhirUrl: string): Target {
  const { gateway } = claims
  const client = ({ clientId, scope, jwks, jwksUrl }: typeof clients.own) =>
    ({
      ...({ kind: 'backend-services', clientId, scope, key: jwks } as const),
      ...(jwksUrl === undefined ? {} : { keySet: { url: jwksUrl, isHosted: true } }),
      ...gatewayClientSettings(gateway),
    }) as const
  return {
    name: 'Reference provider',
    fhirUrl,
    ig: claims.release,
    authorization: gateway?.basic
      ? { kind: 'basic', ...gateway.basic }
      : claims.authorization
        ? client(clients.own)
        : { kind: 'none' },
    ...(claims.authorization && !gateway?.basic ? { otherClient: client(clients.other) } : {}),
    ...(gateway?.header ? { headers: [{ ...gateway.header, isSecret: true, atTokenEndpoint: true }] } : {}),
    levels: claims.levels as readonly ExportLevel[],
    groupId: claims.groupId,
    ...(claims.emptyGroupId === undefined ? {} : { emptyGroupId: claims.emptyGroupId }),
    supports: (claims.supports as readonly ClaimedFeature[]).filter((it) => !findableFeatures.includes(it)),
    findsFeatures: true,
    tokenOrigins: claims.tokensElsewhere ? [otherOrigin(fhirUrl)] : [],
    limits: { ...defaultLimits, pollFloorMs: 0, tokenGraceMs: 10_000, deletionGraceMs: 2_000 },
  }
}

function gatewayClientSettings(gateway: GatewayDemands = {}) {
  const { tokenBasic, tokenFields, aud, claims } = gateway
  return {
    ...(tokenBasic ? { tokenBasic } : {}),
    ...(aud ? { aud } : {}),
    ...(claims ? { claims } : {}),
    ...(tokenFields
      ? {
          tokenFields: Object.entries(tokenFields).map(([name, value]) => ({ name, value, isSecret: false })),
        }
      : {}),
  }
}

/** One honest provider that the suites are run against. */
export interface HonestProvider extends NamedConfiguration {
  readonly release: SupportedRelease
}

/** Releases in which every configuration is run. The others are run as far as they differ: all configurations of every release take minutes. */
const widelyRun: readonly SupportedRelease[] = ['1.0.1', '2.0.0']

/** The honest configurations of every release. */
export const honestProviders: readonly HonestProvider[] = supportedReleases.flatMap((release) =>
  honestConfigurations
    .filter(
      ({ name, releases }) =>
        releases?.includes(release) ?? (widelyRun.includes(release) || name === 'default'),
    )
    .map((it) => ({ ...it, name: `${it.name} ${release}`, release })),
)

/** Runs the suites against an honest provider. */
function runHonest({ release, configuration, authorization }: HonestProvider): Promise<RunResult> {
  return runAgainst({ release, configuration, ...(authorization === undefined ? {} : { authorization }) })
}

/** The results of an honest provider, and the ids of the tests that passed. */
export async function judgeHonest(
  provider: HonestProvider,
): Promise<{ readonly result: ConfigurationResult; readonly passed: readonly string[] }> {
  const { tests } = await runHonest(provider)
  const { pass, fail, inconclusive, error, 'not-applicable': notApplicable } = verdictCounts(tests)
  const accused = tests.filter(
    ({ verdict, requirement }) =>
      verdict.is === 'inconclusive' ||
      verdict.is === 'error' ||
      (verdict.is === 'fail' && !provider.lacks?.includes(requirement.id)),
  )
  return {
    result: {
      name: provider.name,
      passed: pass,
      failed: fail + error,
      inconclusive,
      notApplicable,
      accused: accused.map((it) => it.id),
      stale: staleLacks(provider, tests),
    },
    passed: tests.filter((it) => it.verdict.is === 'pass').map((it) => it.id),
  }
}

function staleLacks({ lacks = [], release }: HonestProvider, tests: RunResult['tests']): readonly string[] {
  const { requirements } = loadBundledSuites()
  const failing = new Set(tests.filter((it) => it.verdict.is === 'fail').map((it) => it.requirement.id))
  return lacks.filter((id) => {
    const requirement = requirements.get(id)
    return requirement !== undefined && appliesTo(requirement, release) && !failing.has(id)
  })
}
