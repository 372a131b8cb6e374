import { allowed, skipped } from './allowed.ts'
import { circles } from './circles.ts'
import { type Finding, rules } from './finding.ts'
import { groupBy } from './group.ts'
import { longFunctions } from './functions.ts'
import { layers, packages } from './layers.ts'
import { names } from './names.ts'
import { sift, skip } from './sift.ts'
import { fullFolders, longFiles } from './sizes.ts'
import { readSources } from './source.ts'
import { everyoneImports, homes, mayImport } from './table.ts'
import { unused } from './unused.ts'

/** Checks the source tree below a root against all house rules, and returns what the list does not allow. */
export function inspect(root: string): readonly Finding[] {
  const everything = skip(readSources(root, ['src', 'bench', 'house']), skipped)
  const src = everything.filter((it) => it.path.startsWith('src/'))
  const findings = [
    ...circles(everything),
    ...layers(everything, { mayImport, everyoneImports }),
    ...packages(everything, homes),
    ...unused(root),
    ...names(src),
    ...longFiles(src),
    ...fullFolders(src),
    ...longFunctions(src),
  ]
  return sift(findings, allowed)
}

/** Findings as text, under the rules that they break. */
export function textOf(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'No house rule is broken.'
  const sections = [...groupBy(findings, (it) => rules[it.rule])].map(([rule, all]) =>
    [`${rule}: ${all.length}`, ...all.map((it) => `  ${lineOf(it)}`)].join('\n'),
  )
  const advice = 'If something must stay, add it to house/allowed.ts with the reason.'
  return [...sections, advice].join('\n\n')
}

/** A finding as a line: where it is, what is wrong, what to do. */
export function lineOf({ where, says, todo }: Finding): string {
  return `${where}  ${says} ${todo}`
}
