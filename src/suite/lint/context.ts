import type { Requirement } from '../../model/requirement.ts'
import { didYouMean, didYouMeanOrList, nearestName } from '../../model/spelling.ts'
import type { Suite } from '../../model/suite.ts'
import type { NamedProbe } from '../named-probes.ts'
import type { Vocabulary } from '../vocabulary.ts'
import type { ValuePath, YamlSource } from '../yaml-source.ts'

/** A suite and everything that its names are looked up in. */
export interface LintContext {
  readonly suite: Suite
  readonly source: YamlSource
  readonly probes: ReadonlyMap<string, NamedProbe>
  readonly vocabulary: Vocabulary
  readonly requirements: ReadonlyMap<string, Requirement>
  readonly report: (path: ValuePath, of: 'key' | 'value', message: string) => void
}

/** A probe, or the one whose name was probably misspelled: it must not be reported as unused too. */
export function correctedName(name: string, { probes }: LintContext): string {
  return probes.has(name) ? name : (nearestName(name, probes.keys()) ?? name)
}

/** The probe that a reference names; reports an unknown name. */
export function lintReference(
  from: string,
  path: ValuePath,
  { probes, report }: LintContext,
): NamedProbe | undefined {
  const probe = probes.get(from)
  if (!probe) report(path, 'value', `unknown probe \`${from}\`${didYouMean(from, probes.keys())}`)
  return probe
}

/** Reports an unknown pick, and one that a probe of this kind does not offer. */
export function lintPick(
  probe: NamedProbe,
  pick: string | undefined,
  path: ValuePath,
  { vocabulary, report }: LintContext,
): void {
  if (pick === undefined) return
  const picker = vocabulary.picks.find((it) => it.name === pick)
  const names = vocabulary.picks.map((it) => it.name)
  if (!picker) {
    report(path, 'value', `unknown pick \`${pick}\`${didYouMeanOrList(pick, names)}`)
  } else if (picker.needs === 'files' && probe.kind === 'token')
    report(path, 'value', `\`${pick}\` is taken from output files, but \`${probe.name}\` is a token request`)
}
