import type { Requirement } from '../../model/requirement.ts'
import {
  type Claim,
  type ExportProbe,
  type Suite,
  exportParts,
  requestParts,
  tokenParts,
} from '../../model/suite.ts'
import type { ValuePath, YamlSource } from '../yaml-source.ts'
import { type LintContext, correctedName, lintPick, lintReference } from './context.ts'
import { lintProbes } from './probes.ts'
import { type NamedProbe, type ProbeKind, probesOf } from '../named-probes.ts'
import type { SuiteProblem } from '../problem.ts'
import { probeReferencesIn } from '../probe-references.ts'
import { didYouMean } from '../../model/spelling.ts'
import type { Vocabulary } from '../vocabulary.ts'

/** What is wrong with a suite that its schema cannot see: names that do not exist, subjects that a check cannot judge, probes that nobody reads. */
export function lintNames(
  suite: Suite,
  source: YamlSource,
  known: { readonly vocabulary: Vocabulary; readonly requirements: ReadonlyMap<string, Requirement> },
): readonly SuiteProblem[] {
  const problems: SuiteProblem[] = []
  const report = (path: ValuePath, of: 'key' | 'value', message: string) => {
    problems.push(source.problem(path, of, message))
  }
  const probes = new Map<string, NamedProbe>()
  for (const probe of probesOf(suite)) {
    const other = probes.get(probe.name)
    if (other)
      report(probe.path, 'key', `there already is a probe \`${probe.name}\` under \`${other.path[0]}\``)
    else probes.set(probe.name, probe)
  }
  const reading: LintContext = { suite, source, probes, report, ...known }
  const read = lintTests(reading)
  lintProbes(reading, read)
  return problems
}

/** The names that tests read; reports on the way what is wrong with the tests. */
function lintTests(reading: LintContext): ReadonlySet<string> {
  const { suite, requirements, report } = reading
  const read = new Set<string>()
  for (const [id, test] of Object.entries(suite.tests)) {
    const path = ['tests', id]
    const requirement = requirements.get(test.requirement)
    // The schema has already said so where there is none at all.
    if (!requirement && typeof test.requirement === 'string')
      report(
        [...path, 'requirement'],
        'value',
        `there is no requirement \`${test.requirement}\`${didYouMean(test.requirement, requirements.keys())}`,
      )
    else if (requirement?.untested)
      report(
        [...path, 'requirement'],
        'value',
        `\`${test.requirement}\` is marked \`untested\`: ${requirement.untested}`,
      )
    for (const [at, level] of (test.levels ?? []).entries())
      if (!suite.levels?.includes(level))
        report(
          [...path, 'levels', at],
          'value',
          `the suite is not asked at level \`${level}\`; its \`levels\` say where it is`,
        )
    for (const [at, feature] of (test.unless ?? []).entries())
      if ([...(suite.requires ?? []), ...(test.requires ?? [])].includes(feature))
        report(
          [...path, 'unless', at],
          'value',
          `\`${feature}\` is required as well, so this test never applies`,
        )
    lintClaim(test, path, reading, read)
    if (Array.isArray(test.given))
      for (const [at, it] of test.given.entries()) {
        if (it) lintClaim(it, [...path, 'given', at], reading, read)
      }
    else if (test.given) lintClaim(test.given as Claim, [...path, 'given'], reading, read)
  }
  return read
}

function lintClaim(claim: Claim, path: ValuePath, reading: LintContext, read: Set<string>): void {
  const { probes, report } = reading
  const [name = '', part = ''] = claim.on.split('.')
  const probe = probes.get(name)
  read.add(correctedName(name, reading))
  if (probe) lintSubject(probe, { claim, part, path }, reading)
  else report([...path, 'on'], 'value', `there is no probe \`${name}\`${didYouMean(name, probes.keys())}`)
  for (const reference of probeReferencesIn(claim.expect)) {
    const at = [...path, 'expect', ...reference.path]
    const other = lintReference(reference.from, [...at, 'from'], reading)
    read.add(correctedName(reference.from, reading))
    if (!other) continue
    if (reference.pick === undefined && other.kind === 'token')
      report([...at, 'from'], 'value', `\`${other.name}\` is a token request; only exports can be compared`)
    else lintPick(other, reference.pick, [...at, 'pick'], reading)
  }
}

function lintSubject(
  probe: NamedProbe,
  it: { claim: Claim; part: string; path: ValuePath },
  { vocabulary, report }: LintContext,
): void {
  const parts = partsOf(probe.kind)
  const { part } = it
  if (!parts.includes(part)) {
    const near = didYouMean(part, parts)
    report(
      [...it.path, 'on'],
      'value',
      `${probe.kind} \`${probe.name}\` has no \`${part}\`; it has ${parts.join(', ')}${near}`,
    )
    return
  }
  const missing = probe.kind === 'export' ? missingPartReason(probe.spec, part) : undefined
  if (missing)
    report([...it.path, 'on'], 'value', `export \`${probe.name}\` has no \`${part}\`, because ${missing}`)
  const subject = subjectKind(part)
  for (const name of Object.keys(it.claim.expect)) {
    const check = vocabulary.checks.find((one) => one.name === name)
    const judged = check && (check.reads === 'exchanges' ? 'exchange' : check.reads)
    if (!judged || judged === subject) continue
    report(
      [...it.path, 'expect', name],
      'key',
      `\`${name}\` judges ${subjectWords[judged]}, but \`${it.claim.on}\` is ${subject}`,
    )
  }
}

const subjectWords = { exchange: 'exchanges', lines: 'lines', index: 'an index' } as const

/** What a part is made of. */
function subjectKind(part: string): 'exchange' | 'lines' | 'index' {
  if (part === 'index') return 'index'
  return part === 'resources' || part === 'outcomes' || part === 'deleted' ? 'lines' : 'exchange'
}

function partsOf(kind: ProbeKind): readonly string[] {
  return { request: requestParts, token: tokenParts, export: exportParts }[kind]
}

function missingPartReason(spec: ExportProbe, part: string): string | undefined {
  if (part === 'second-deletion' && spec.delete !== 'twice')
    return 'it is not deleted twice; say `delete: twice`'
  if (/deletion$/.test(part) && !spec.delete) return 'it is not deleted; say `delete`'
  const ended = spec.delete === 'running' || spec.delete === 'twice'
  if (
    ended &&
    [
      'completion',
      'completion-again',
      'failure',
      'files',
      'resources',
      'outcomes',
      'deleted',
      'index',
    ].includes(part)
  )
    return 'it is deleted while it runs'
  return undefined
}
