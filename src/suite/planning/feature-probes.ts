import type { FeatureProbe, PlannedProbe, PlannedTest } from '../../model/plan.ts'
import { type ClaimedFeature, type ExportLevel, findableFeatures } from '../../model/target.ts'
import { probeReferencesIn } from '../probe-references.ts'

type PlannedExport = PlannedProbe & { readonly kind: 'export' }

/** What shows which of the features that tests wait for a server offers, among the probes of those tests. */
export function featureProbesOf(
  tests: readonly PlannedTest[],
  probes: readonly PlannedProbe[],
): readonly FeatureProbe[] {
  const awaited = new Set(
    tests.flatMap(({ awaits }) => (awaits ? [...awaits.requires, ...awaits.unless] : [])),
  )
  const exports = probes.filter(isOrdinaryExport)
  return findableFeatures.filter((it) => awaited.has(it)).flatMap((it) => probesFor(it, { exports, probes }))
}

/** Whether a probe is an export at a level, and nothing else about it is said. */
export function isPlainExport(probe: PlannedProbe, level: ExportLevel): probe is PlannedExport {
  if (probe.kind !== 'export' || probe.after.length > 0) return false
  return probe.spec.level === level && Object.keys(probe.spec).every((it) => it === 'level')
}

/** An export with the harness's own credentials and headers that no request changes. */
function isOrdinaryExport(probe: PlannedProbe): probe is PlannedExport {
  if (probe.kind !== 'export' || probe.during.length > 0 || probe.key.includes(' for ')) return false
  const { authorization, headers, polling, group, again } = probe.spec
  return [authorization, headers, polling, group, again, probe.spec.delete].every((it) => it === undefined)
}

function probesFor(
  feature: ClaimedFeature,
  {
    exports,
    probes,
  }: { readonly exports: readonly PlannedExport[]; readonly probes: readonly PlannedProbe[] },
): readonly FeatureProbe[] {
  const plainOf = (it: PlannedExport) => {
    const plain = exports.find((other) => isPlainExport(other, it.spec.level))
    return plain ? { plain: plain.key } : {}
  }
  if (feature === 'POST') {
    const posted = exports.find(({ spec }) => spec.method === 'POST' && spec.parameters === undefined)
    return posted ? [{ feature, probe: posted.key, shows: 'accepted', ...plainOf(posted) }] : []
  }
  if (feature === 'group-read') {
    const read = probes.find(
      ({ kind, spec }) =>
        kind === 'request' &&
        spec.authorization === undefined &&
        probeReferencesIn(spec.get).some(({ pick }) => pick === 'groupUrl'),
    )
    return read ? [{ feature, probe: read.key, shows: 'accepted' }] : []
  }
  if (feature === 'separate-export-status') {
    const asking = probes.find(
      (it): it is PlannedExport =>
        it.kind === 'export' &&
        it.spec.parameters === undefined &&
        /separate-export-status/.test(String((it.spec.headers as { Prefer?: unknown } | undefined)?.Prefer)),
    )
    return asking ? [{ feature, probe: asking.key, shows: 'applied', ...plainOf(asking) }] : []
  }
  // In an export of the system `patient` is to be refused. A server that offers other parameters need not offer POST.
  const having = exports
    .filter(
      ({ spec }) =>
        isAbout(spec.parameters ?? {}, feature) && !(feature === 'patient' && spec.level === 'system'),
    )
    .sort((a, b) => Number(isPosted(a)) - Number(isPosted(b)))
  const telling = having
    .filter((it) => it.intent.upTo === 'files' && plainOf(it).plain)
    .sort((a, b) => Number(isPosted(a)) - Number(isPosted(b)) || parameterCount(a) - parameterCount(b))[0]
  const literal = having.filter(({ spec }) => probeReferencesIn(spec.parameters).length === 0)
  const found = (it: PlannedExport, shows: FeatureProbe['shows']): FeatureProbe => ({
    ...{ feature, probe: it.key, shows },
    ...plainOf(it),
  })
  if (feature === 'organizeOutputBy' || feature === 'allowPartialManifests')
    return having
      .filter((it) => it.intent.upTo !== 'kickoff')
      .slice(0, 1)
      .map((it) => found(it, 'manifest'))
  if (!telling) return literal.slice(0, 2).map((it) => found(it, 'values'))
  // A suite can name only patients who do not exist, and a server that offers `patient` refuses these.
  const refusal =
    feature === 'patient' ? undefined : literal.find((it) => it.spec.level === telling.spec.level)
  return [found(telling, 'effect'), ...(refusal ? [found(refusal, 'refusal')] : [])]
}

/** Whether a feature is the one parameter of an export that matters; every filter comes with its type, and every server knows the format. */
function isAbout(parameters: Readonly<Record<string, unknown>>, feature: ClaimedFeature): boolean {
  const names = Object.keys(parameters)
  return names.includes(feature) && names.every((it) => [feature, '_type', '_outputFormat'].includes(it))
}

function isPosted({ spec }: PlannedExport): boolean {
  return spec.method === 'POST'
}

function parameterCount({ spec }: PlannedExport): number {
  return Object.keys(spec.parameters ?? {}).length
}
