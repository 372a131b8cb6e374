import type { Picker } from '../../checks/check.ts'
import type { ProbeKind } from '../../model/parts.ts'
import type { ProbeKey } from '../../model/plan.ts'
import type { ExportProbe, RequestProbe, Suite, TokenProbe } from '../../model/suite.ts'
import { baselineAt, type ExportLevel, exportLevels, type Target } from '../../model/target.ts'
import { exportDeviates, probeKey, withoutDefaults, requestDeviates, tokenDeviates } from './probe-keys.ts'
import { type NamedProbe, probesOf } from '../named-probes.ts'
import { probeReferencesIn, renameProbes } from '../probe-references.ts'

type Spec = Readonly<Record<string, unknown>>

/** A probe that could be performed, before the plan decides whether and how far. */
export interface ProbeDraft {
  readonly key: ProbeKey
  readonly kind: ProbeKind
  /** References name keys. */
  readonly spec: Spec
  /** What suites call it; the first is shown. None for a control that no test reads. */
  readonly names: { readonly suite: string; readonly name: string }[]
  /** What it takes values from, its control among them; performed before. */
  readonly after: Set<ProbeKey>
  readonly control?: ProbeKey
  /** Of an export: the request that it is performed for alone, and whether while it runs. */
  readonly dedicatedTo?: { readonly request: ProbeKey; readonly running: boolean }
  /** Of a request: the export during which it is performed. */
  readonly during?: ProbeKey
}

/** All drafts by key: whatever suites call them, equal probes are one. */
export type ProbeDrafts = Map<ProbeKey, ProbeDraft>

/** The keys of the probes of a suite at one level, by name; what is asked for is drafted. */
export function probeKeysAt(
  suite: Suite,
  level: ExportLevel | undefined,
  { drafts, picks, target }: Pick<DraftContext, 'drafts' | 'picks' | 'target'>,
): (name: string) => ProbeKey {
  const probes = new Map(probesOf(suite).map((it) => [it.name, it]))
  const keys = new Map<string, ProbeKey>()
  const keyed = (name: string): ProbeKey => {
    const known = keys.get(name)
    if (known !== undefined) return known
    const probe = probes.get(name)
    if (!probe) throw new Error(`no probe ${name} in suite ${suite.suite}`)
    const draft = draftProbe(probe, { level, drafts, picks, target, keyed })
    draft.names.push({ suite: suite.suite, name })
    keys.set(name, draft.key)
    return draft.key
  }
  return keyed
}

interface DraftContext {
  readonly level: ExportLevel | undefined
  readonly drafts: ProbeDrafts
  readonly picks: readonly Picker[]
  readonly target: Pick<Target, 'baseline' | 'ig'>
  readonly keyed: (name: string) => ProbeKey
}

function draftProbe(probe: NamedProbe, setting: DraftContext): ProbeDraft {
  const { level, drafts, picks, target, keyed } = setting
  const spec = withoutDefaults(probe.kind, renameProbes(probe.spec, keyed) as Spec, target.ig)
  switch (probe.kind) {
    case 'token': {
      const { replays, jtiOf } = spec as TokenProbe
      const twins = {
        ...(replays ? { replays: keyed(replays) } : {}),
        ...(jtiOf ? { jtiOf: keyed(jtiOf) } : {}),
      }
      return draftToken({ ...spec, ...twins }, drafts)
    }
    case 'export':
      return draftExport(wholeIfNarrowed({ ...(level ? { level } : {}), ...spec }, target), drafts)
    case 'connection':
      return addDraft(drafts, {
        key: probeKey('connection', spec),
        kind: 'connection',
        spec,
        after: sourcesOf(spec),
      })
    case 'request':
      return draftRequest(spec, drafts, picks)
  }
}

function addDraft(
  drafts: ProbeDrafts,
  it: Omit<ProbeDraft, 'names' | 'after'> & { readonly after: readonly ProbeKey[] },
): ProbeDraft {
  const known = drafts.get(it.key)
  if (known) return known
  const draft: ProbeDraft = { ...it, names: [], after: new Set(it.after) }
  drafts.set(it.key, draft)
  return draft
}

function sourcesOf(spec: Spec): readonly ProbeKey[] {
  return probeReferencesIn(spec).map((it) => it.from)
}

function draftToken(spec: Spec, drafts: ProbeDrafts): ProbeDraft {
  const { replays, jtiOf, client } = spec as TokenProbe
  const correct = client ? { client } : {}
  const plain = () => (tokenDeviates(spec) ? draftToken(correct, drafts).key : undefined)
  const control = client ? plain() : (replays ?? jtiOf ?? plain())
  return addDraft(drafts, {
    key: probeKey('token', spec),
    kind: 'token',
    spec,
    after: [...sourcesOf(spec), ...[replays, jtiOf, control].filter((it) => it !== undefined)],
    ...(control ? { control } : {}),
  })
}

/** Where nothing narrows exports, one that is to be whole is like the others. */
function wholeIfNarrowed({ whole, ...spec }: Spec, target: Pick<Target, 'baseline'>): Spec {
  const { level } = spec as { readonly level: ExportLevel }
  return whole && Object.keys(baselineAt(target, level)).length > 0 ? { ...spec, whole } : spec
}

function draftExport(spec: Spec, drafts: ProbeDrafts): ProbeDraft {
  const { level } = spec as ExportProbe
  const control = exportDeviates(spec) ? draftExport({ level }, drafts).key : undefined
  return addDraft(drafts, {
    key: probeKey('export', spec),
    kind: 'export',
    spec,
    after: [...sourcesOf(spec), ...(control ? [control] : [])],
    ...(control ? { control } : {}),
  })
}

function draftRequest(spec: Spec, drafts: ProbeDrafts, picks: readonly Picker[]): ProbeDraft {
  const key = probeKey('request', spec)
  const known = drafts.get(key)
  if (known) return known
  const request = spec as RequestProbe
  const shared = sourcesOf(spec).find((it) => drafts.get(it)?.kind === 'export')
  const running = request.when === 'running'
  // A deleted export cannot be destroyed once more.
  const destroys = request.delete !== undefined && request.when !== 'deleted'
  const own =
    shared !== undefined && (running || destroys)
      ? dedicatedExport(shared, { request: key, running }, drafts)
      : undefined
  const mine = own ? (renameProbes(spec, (from) => (from === shared ? own.key : from)) as Spec) : spec
  const correct = unalteredSpec(mine, picks)
  const control = request.late
    ? plainExportOf(shared, drafts)
    : requestDeviates(request) || correct !== mine
      ? controlOf(correct, own?.key ?? shared, drafts)
      : undefined
  const draft = addDraft(drafts, {
    key,
    kind: 'request',
    spec: mine,
    after: [...sourcesOf(mine), ...(control ? [control] : [])],
    ...(control ? { control } : {}),
    ...(own && running ? { during: own.key } : {}),
  })
  // The job of the plain export is deleted first, so that the server has accepted a delete request before it refuses one.
  if (own && control && destroys)
    own.after.add(draftExport({ level: (own.spec as ExportProbe).level }, drafts).key)
  // It is performed by its export, so what it needs comes before that export.
  if (own && running)
    for (const it of draft.after) if (drafts.get(it)?.during !== own.key && it !== own.key) own.after.add(it)
  return draft
}

/** The plain export at the level of an export: once more, it shows whether a refusal at the end of a run is about the request. */
function plainExportOf(exported: ProbeKey | undefined, drafts: ProbeDrafts): ProbeKey | undefined {
  const spec = exported === undefined ? undefined : (drafts.get(exported)?.spec as ExportProbe | undefined)
  return spec && draftExport({ level: spec.level }, drafts).key
}

/** An export for one request only, because the request changes it. */
function dedicatedExport(
  shared: ProbeKey,
  servant: { request: ProbeKey; running: boolean },
  drafts: ProbeDrafts,
): ProbeDraft {
  const base = drafts.get(shared)
  if (!base) throw new Error(`no draft ${shared}`)
  const { names: _, ...rest } = base
  const own = addDraft(drafts, {
    ...rest,
    key: `${shared} for ${servant.request}`,
    after: [...base.after],
    dedicatedTo: servant,
  })
  if (own.names.length === 0) own.names.push(...base.names.slice(0, 1))
  return own
}

/** The same request to what is there, if it is sent to what is probably not; otherwise the very spec. */
function unalteredSpec(spec: Spec, picks: readonly Picker[]): Spec {
  const alterations = Object.entries(spec).flatMap(([name, value]) => {
    const { pick } = (typeof value === 'object' ? (value ?? {}) : {}) as { pick?: string }
    const alters = picks.find((it) => it.name === pick)?.alters
    return alters === undefined ? [] : [[name, { ...(value as object), pick: alters }] as const]
  })
  return alterations.length === 0 ? spec : { ...spec, ...Object.fromEntries(alterations) }
}

/** The same request with the harness's own token; where that would destroy something or fail by intention, the export itself. */
function controlOf(spec: Spec, exported: ProbeKey | undefined, drafts: ProbeDrafts): ProbeKey | undefined {
  const { authorization: _, ...rest } = spec as RequestProbe
  const own = rest.writes ? { ...rest, authorization: 'writer' as const } : rest
  if (own.delete !== undefined || own.when === 'deleted') return exported
  return addDraft(drafts, {
    key: probeKey('request', own),
    kind: 'request',
    spec: own,
    after: sourcesOf(own),
    ...(own.when === 'running' && exported !== undefined ? { during: exported } : {}),
  }).key
}

/** Position of the level at which a probe takes place among all levels; -1 if it has none. */
export function levelRank(key: ProbeKey, drafts: ProbeDrafts): number {
  const draft = drafts.get(key)
  if (!draft) return -1
  if (draft.kind === 'export') return exportLevels.indexOf((draft.spec as { level: ExportLevel }).level)
  return Math.max(-1, ...[...draft.after].map((it) => levelRank(it, drafts)))
}
