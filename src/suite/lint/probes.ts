import type { RequestProbe, TokenProbe } from '../../model/suite.ts'
import type { NamedProbe } from '../named-probes.ts'
import { type LintContext, lintPick, lintReference, correctedName } from './context.ts'
import { type ProbeReference, probeReferencesIn } from '../probe-references.ts'

/** Reports what is wrong with the probes of a suite; `read` are those that tests use. */
export function lintProbes(reading: LintContext, readByTests: ReadonlySet<string>): void {
  const { suite, probes, report } = reading
  for (const probe of probes.values()) {
    if (probe.kind === 'export') {
      if (!suite.levels && !probe.spec.level)
        report(
          probe.path,
          'key',
          `export \`${probe.name}\` has no \`level\`, and the suite has no \`levels\``,
        )
      if (probe.spec.group !== undefined && probe.spec.level !== undefined && probe.spec.level !== 'group')
        report(
          [...probe.path, 'group'],
          'key',
          `export \`${probe.name}\` names a group, but its level is \`${String(probe.spec.level)}\``,
        )
    }
    for (const reference of probeReferencesIn(probe.spec)) lintReferenceOf(probe, reference, reading)
    if (probe.kind === 'token') lintTokenReferences(probe, reading)
    if (probe.kind === 'request') lintWhen(probe, reading)
  }
  lintCycles(reading)
  const read = new Set<string>()
  const follow = (name: string): void => {
    if (read.has(name)) return
    read.add(name)
    const probe = probes.get(name)
    if (probe) for (const other of needsOf(probe)) follow(correctedName(other, reading))
  }
  for (const name of readByTests) follow(name)
  for (const probe of probes.values())
    if (!read.has(probe.name)) report(probe.path, 'key', `no test uses ${probe.kind} \`${probe.name}\``)
}

/** Names of the probes that a probe takes something from. */
function needsOf(probe: NamedProbe): readonly string[] {
  const { replays, jtiOf } = probe.kind === 'token' ? (probe.spec as TokenProbe) : {}
  return [
    ...probeReferencesIn(probe.spec).map((it) => it.from),
    ...[replays, jtiOf].filter((it) => typeof it === 'string'),
  ]
}

function lintReferenceOf(probe: NamedProbe, reference: ProbeReference, reading: LintContext): void {
  const path = [...probe.path, ...reference.path]
  // The schema reports a reference to a whole export where it does not allow one.
  const other = lintReference(reference.from, [...path, 'from'], reading)
  if (reference.pick === undefined)
    reading.report(
      path,
      'key',
      `this reference needs a \`pick\`: a probe takes a single value from \`${reference.from}\``,
    )
  else if (other) lintPick(other, reference.pick, [...path, 'pick'], reading)
}

function lintTokenReferences(probe: NamedProbe, reading: LintContext): void {
  const { probes, report } = reading
  const { replays, jtiOf } = probe.spec as TokenProbe
  for (const [key, name] of Object.entries({ replays, jtiOf })) {
    if (typeof name !== 'string') continue
    const path = [...probe.path, key]
    const other = probes.has(name) ? probes.get(name) : lintReference(name, path, reading)
    if (other && other.kind !== 'token')
      report(path, 'value', `\`${key}\` must name a token request, but \`${name}\` is ${article(other.kind)}`)
  }
}

function article(kind: NamedProbe['kind']): string {
  return articles[kind]
}

const articles = {
  export: 'an export',
  token: 'a token request',
  connection: 'a connection',
  request: 'a request',
} as const

function lintWhen(probe: NamedProbe, { probes, vocabulary, report }: LintContext): void {
  const { when } = probe.spec as RequestProbe
  if (!when) return
  const path = [...probe.path, 'when']
  const references = probeReferencesIn(probe.spec).filter((it) => probes.get(it.from)?.kind === 'export')
  const known = probeReferencesIn(probe.spec).every((it) => probes.has(it.from))
  if (references.length === 0) {
    if (known)
      report(
        path,
        'key',
        `\`when\` needs an export: add a reference such as \`{ from: plain, pick: statusUrl }\` to request \`${probe.name}\``,
      )
    return
  }
  for (const { from, pick } of references) {
    const spec = probes.get(from)?.spec
    if (when === 'deleted' && !spec?.delete)
      report(
        path,
        'value',
        `request \`${probe.name}\` waits until \`${from}\` is deleted, but \`${from}\` has no \`delete\``,
      )
    const needs = vocabulary.picks.find((it) => it.name === pick)?.needs ?? 'kickoff'
    if (when === 'running' && needs !== 'kickoff')
      report(
        path,
        'value',
        `the request is sent while \`${from}\` is running, but \`${pick}\` is known only after ${needs === 'files' ? 'its files' : 'completion'}`,
      )
  }
}

function lintCycles({ probes, report }: LintContext): void {
  const done = new Set<string>()
  const visit = (name: string, trail: readonly string[]): void => {
    const at = trail.indexOf(name)
    if (at >= 0) {
      const circle = [...trail.slice(at), name].map((it) => `\`${it}\``)
      report(probes.get(name)?.path ?? [], 'key', `these probes wait for each other: ${circle.join(' → ')}`)
      return
    }
    const probe = probes.get(name)
    if (!probe || done.has(name)) return
    for (const other of new Set(needsOf(probe))) visit(other, [...trail, name])
    done.add(name)
  }
  for (const name of probes.keys()) visit(name, [])
}
