import type { Requirement } from '../../model/requirement.ts'
import { evidencePart, missingPartReason, partNames } from '../../model/parts.ts'
import type { Claim, ExportProbe, Suite, Test } from '../../model/suite.ts'
import type { ValuePath, YamlSource } from '../yaml-source.ts'
import { type LintContext, correctedName, lintPick, lintReference } from './context.ts'
import { lintProbes } from './probes.ts'
import { lintTestsThatCannotFail, type PlacedClaim } from './tests-that-cannot-fail.ts'
import { type NamedProbe, probesOf } from '../named-probes.ts'
import type { SuiteProblem } from '../problem.ts'
import { probeReferencesIn } from '../probe-references.ts'
import { didYouMean } from '../../model/spelling.ts'
import type { Vocabulary } from '../vocabulary.ts'

/** What is wrong with a suite although it fits its schema: unknown names, parts that a check cannot judge, probes that no test uses. */
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
      report(probe.path, 'key', `the probe \`${probe.name}\` already exists under \`${other.path[0]}\``)
    else probes.set(probe.name, probe)
  }
  const reading: LintContext = { suite, source, probes, report, ...known }
  const read = lintTests(reading)
  lintProbes(reading, read)
  return problems
}

/** The names of the probes that tests use; also reports what is wrong with the tests. */
function lintTests(reading: LintContext): ReadonlySet<string> {
  const { suite, requirements, report } = reading
  const read = new Set<string>()
  for (const [id, test] of Object.entries(suite.tests)) {
    const path = ['tests', id]
    const requirement = requirements.get(test.requirement)
    // The schema reports a test without a requirement.
    if (!requirement && typeof test.requirement === 'string')
      report(
        [...path, 'requirement'],
        'value',
        `unknown requirement \`${test.requirement}\`${didYouMean(test.requirement, requirements.keys())}`,
      )
    else if (requirement?.untested)
      report(
        [...path, 'requirement'],
        'value',
        `\`${test.requirement}\` is marked \`untested\`: "${requirement.untested}"`,
      )
    for (const [at, level] of (test.levels ?? []).entries())
      if (!suite.levels?.includes(level))
        report([...path, 'levels', at], 'value', `\`${level}\` is not among the \`levels\` of the suite`)
    for (const [at, feature] of (test.unless ?? []).entries())
      if ([...(suite.requires ?? []), ...(test.requires ?? [])].includes(feature))
        report(
          [...path, 'unless', at],
          'value',
          `\`requires\` lists \`${feature}\` too, so this test never applies`,
        )
    const conditions = conditionsOf(test, path)
    for (const it of [{ claim: test, path }, ...conditions]) lintClaim(it.claim, it.path, reading, read)
    lintTestsThatCannotFail({ claim: test, path }, conditions, reading)
  }
  return read
}

function conditionsOf({ given }: Test, path: ValuePath): readonly PlacedClaim[] {
  if (!Array.isArray(given)) return given ? [{ claim: given as Claim, path: [...path, 'given'] }] : []
  return given.flatMap((claim: Claim | undefined, at) =>
    claim ? [{ claim, path: [...path, 'given', at] }] : [],
  )
}

function lintClaim(claim: Claim, path: ValuePath, reading: LintContext, read: Set<string>): void {
  const { probes, report } = reading
  const [name = '', part = ''] = claim.on.split('.')
  const probe = probes.get(name)
  read.add(correctedName(name, reading))
  if (probe) lintSubject(probe, { claim, part, path }, reading)
  else report([...path, 'on'], 'value', `unknown probe \`${name}\`${didYouMean(name, probes.keys())}`)
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
  const parts = partNames(probe.kind)
  const { part } = it
  const known = evidencePart(part)
  if (!known?.of.includes(probe.kind)) {
    const near = didYouMean(part, parts)
    report(
      [...it.path, 'on'],
      'value',
      `${probe.kind} \`${probe.name}\` has no part \`${part}\`${near === '' ? '; its' : `${near} Its`} parts are ${parts.join(', ')}`,
    )
    return
  }
  const missing =
    probe.kind === 'export' ? missingPartReason(known, (probe.spec as ExportProbe).delete) : undefined
  if (missing)
    report([...it.path, 'on'], 'value', `export \`${probe.name}\` has no \`${part}\`, because ${missing}`)
  for (const name of Object.keys(it.claim.expect)) {
    const check = vocabulary.checks.find((one) => one.name === name)
    if (!check || check.reads === known.reads) continue
    report(
      [...it.path, 'expect', name],
      'key',
      `\`${name}\` judges ${subjectWords[check.reads]}, but \`${it.claim.on}\` ${partWords[known.reads]}`,
    )
  }
}

const partWords = { exchange: 'has exchanges', lines: 'has lines', index: 'is a resource index' } as const
const subjectWords = { exchange: 'exchanges', lines: 'lines', index: 'a resource index' } as const
