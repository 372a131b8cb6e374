import type { Picker } from '../../checks/check.ts'
import { type ExportDepth, type ExportIntent, exportDepths } from '../../model/export/export.ts'
import { evidencePart } from '../../model/parts.ts'
import type { PlannedClaim, PlannedProbe, PlannedTest, ProbeKey } from '../../model/plan.ts'
import type { ConnectionProbe, ExportProbe, RequestProbe, TokenProbe } from '../../model/suite.ts'
import { type ExportLevel, exportLevels } from '../../model/target.ts'
import { latenessOf } from './lateness.ts'
import { type ProbeDraft, type ProbeDrafts, levelRank } from './probe-drafts.ts'
import { probeReferencesIn } from '../probe-references.ts'

/** What is read of a probe. */
export interface ProbeUse {
  upTo: ExportDepth
  again: boolean
  spooled: boolean
}

/** The probes that some tests read, level by level, with what those need, each after what it needs. */
export function plannedProbes(
  tests: readonly PlannedTest[],
  drafts: ProbeDrafts,
  picks: readonly Picker[],
  levels: readonly ExportLevel[] = exportLevels,
): readonly PlannedProbe[] {
  const claims = tests.flatMap((it) => [it.claim, ...it.given])
  const order = inOrder(probesReadBy(claims), drafts, levels)
  const readings = usesOf(claims, order, picks)
  const labels = labelsOf(order, drafts)
  return order.map((draft) => plannedProbe(draft, readings.get(draft.key) ?? noUse(), { labels, order }))
}

/** The probes that claims name, those in their expectations included. */
export function probesReadBy(claims: readonly PlannedClaim[]): readonly ProbeKey[] {
  return claims.flatMap((it) => [it.probe, ...probeReferencesIn(it.expect).map(({ from }) => from)])
}

function noUse(): ProbeUse {
  return { upTo: 'kickoff', again: false, spooled: false }
}

function plannedProbe(
  draft: ProbeDraft,
  reading: ProbeUse,
  { labels, order }: { labels: ReadonlyMap<ProbeKey, string>; order: readonly ProbeDraft[] },
): PlannedProbe {
  const { key, control, during } = draft
  const common = {
    key,
    label: labels.get(key) ?? key,
    after: [...draft.after],
    ...(control ? { control } : {}),
  }
  switch (draft.kind) {
    case 'token':
      return { ...common, kind: 'token', spec: draft.spec as TokenProbe }
    case 'connection':
      return { ...common, kind: 'connection', spec: draft.spec as unknown as ConnectionProbe }
    case 'request':
      return {
        ...common,
        kind: 'request',
        spec: draft.spec as RequestProbe,
        spooled: reading.spooled,
        ...(during ? { during } : {}),
      }
    case 'export': {
      const spec = draft.spec as unknown as ExportProbe & { level: ExportLevel }
      const intent: ExportIntent = {
        upTo: spec.delete === 'complete' ? deeper(reading.upTo, 'completion') : reading.upTo,
        again: reading.again,
        polling: spec.polling ?? 'polite',
        ...(spec.delete ? { delete: spec.delete } : {}),
      }
      return {
        ...common,
        kind: 'export',
        spec,
        intent,
        during: order.filter((it) => it.during === key).map((it) => it.key),
      }
    }
  }
}

/** The deeper of two depths. */
export function deeper(a: ExportDepth, b: ExportDepth): ExportDepth {
  return exportDepths.indexOf(a) > exportDepths.indexOf(b) ? a : b
}

/** How far each probe is taken by what is read of it. */
export function usesOf(
  claims: readonly PlannedClaim[],
  order: readonly (Pick<ProbeDraft, 'key' | 'kind'> & { readonly spec: object })[],
  picks: readonly Picker[],
): ReadonlyMap<ProbeKey, ProbeUse> {
  const readings = new Map<ProbeKey, ProbeUse>(order.map((it) => [it.key, noUse()]))
  const raise = (key: ProbeKey, upTo: ExportDepth, more: { again?: boolean; spooled?: boolean } = {}) => {
    const reading = readings.get(key)
    if (!reading) return
    reading.upTo = deeper(reading.upTo, upTo)
    reading.again ||= more.again ?? false
    reading.spooled ||= more.spooled ?? false
  }
  const refer = (value: unknown) => {
    for (const { from, pick } of probeReferencesIn(value)) {
      const needs = pick === undefined ? 'files' : (picks.find((it) => it.name === pick)?.needs ?? 'files')
      raise(from, needs, { spooled: needs === 'files' })
    }
  }
  for (const { probe, part, expect } of claims) {
    const read = evidencePart(part)
    raise(probe, read?.upTo ?? 'kickoff', {
      again: read?.ending === 'asked-again',
      spooled: read !== undefined && read.reads !== 'exchange',
    })
    refer(expect)
  }
  for (const { spec, kind } of order) {
    refer(spec)
    const { when } = spec as RequestProbe
    // Where nothing is said the export is complete when the request is sent, even if no value is taken from its completion.
    if (kind === 'request' && !when) for (const { from } of probeReferencesIn(spec)) raise(from, 'completion')
  }
  return readings
}

/** Probes that use an expired token come late, those that are late by themselves last; otherwise level by level and as they are read. Each comes after what it needs. */
function inOrder(
  roots: readonly ProbeKey[],
  drafts: ProbeDrafts,
  levels: readonly ExportLevel[],
): readonly ProbeDraft[] {
  const unique = [...new Set(roots)]
  const ranked = unique.flatMap((key) => {
    const draft = drafts.get(key)
    if (!draft) return []
    const lateness = latenessOf(draft, (it) => draftsNear(it, drafts))
    const level = exportLevels[levelRank(key, drafts)]
    return [{ key, lateness, rank: level ? levels.indexOf(level) : -1 }]
  })
  ranked.sort((a, b) => a.lateness - b.lateness || a.rank - b.rank)
  const placed = new Map<ProbeKey, ProbeDraft>()
  const place = (key: ProbeKey): void => {
    const draft = drafts.get(key)
    if (!draft || placed.has(key)) return
    for (const other of draft.after) place(other)
    placed.set(key, draft)
  }
  for (const { key } of ranked) place(key)
  return [...placed.values()]
}

/** What a draft needs, and the request that its export is made for. */
function draftsNear({ after, dedicatedTo }: ProbeDraft, drafts: ProbeDrafts): readonly ProbeDraft[] {
  return [...after, ...(dedicatedTo?.running ? [dedicatedTo.request] : [])].flatMap(
    (key) => drafts.get(key) ?? [],
  )
}

function labelsOf(order: readonly ProbeDraft[], drafts: ProbeDrafts): ReadonlyMap<ProbeKey, string> {
  const short = order.map((it) => labelOf(it, drafts, false))
  return new Map(
    order.map((it, at) => {
      const label = short[at] ?? it.key
      return [it.key, short.filter((other) => other === label).length > 1 ? labelOf(it, drafts, true) : label]
    }),
  )
}

function labelOf(draft: ProbeDraft, drafts: ProbeDrafts, qualified: boolean): string {
  const [named] = draft.names
  if (!named && draft.kind === 'request') {
    const deviating = [...drafts.values()].find((it) => it.control === draft.key)
    if (deviating) {
      const { authorization } = deviating.spec as RequestProbe
      const correct = authorization === undefined ? 'with the real URL' : 'with correct credentials'
      return `${labelOf(deviating, drafts, qualified)} ${correct}`
    }
  }
  const name = named && `${draft.kind} ${qualified ? `${named.suite}/` : ''}${named.name}`
  const level = exportLevels[levelRank(draft.key, drafts)]
  const label = `${name ?? nameless[draft.kind]}${level ? `@${level}` : ''}`
  const servant = draft.dedicatedTo && drafts.get(draft.dedicatedTo.request)?.names[0]
  return servant ? `${label} for request ${servant.name}` : label
}

const nameless = {
  export: 'the plain export',
  token: 'the correct token request',
  connection: 'a connection',
  request: 'a request',
} as const
