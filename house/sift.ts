import { type AllowList, type Finding, type Rule, rules } from './finding.ts'
import type { Source } from './source.ts'

/** What remains of findings without those that the list allows, with entries of the list that nothing needs or that give no reason. */
export function sift(findings: readonly Finding[], allowed: AllowList): readonly Finding[] {
  const remaining = findings.filter(({ rule, key }) => !Object.hasOwn(allowed[rule], key))
  const idle = (Object.keys(rules) as Rule[]).flatMap((rule) =>
    Object.entries(allowed[rule]).flatMap(([key, reason]): Finding[] => {
      const entry = { rule, key, where: `house/allowed.ts, ${rule}` }
      if (!findings.some((it) => it.rule === rule && it.key === key))
        return [{ ...entry, says: `'${key}' no longer occurs.`, todo: 'Take it off the list.' }]
      return reason.trim()
        ? []
        : [{ ...entry, says: `'${key}' gives no reason.`, todo: 'Say why it is allowed.' }]
    }),
  )
  return [...remaining, ...idle]
}

/** What remains of sources without folders that are skipped; a skipped folder that holds none fails. */
export function skip(
  sources: readonly Source[],
  skipped: Readonly<Record<string, string>>,
): readonly Source[] {
  const isIn = (folder: string) => (it: Source) => it.path.startsWith(`${folder}/`)
  for (const folder of Object.keys(skipped))
    if (!sources.some(isIn(folder))) throw new Error(`house/allowed.ts skips ${folder}, which holds no files`)
  return sources.filter((it) => !Object.keys(skipped).some((folder) => isIn(folder)(it)))
}
