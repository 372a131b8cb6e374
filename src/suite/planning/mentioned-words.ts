import type { Plan } from '../../model/plan.ts'

const longest = 80

/** Names and values that the requests and tests of a plan mention, and the parts of those that are URLs. */
export function mentionedWords({ probes, tests }: Pick<Plan, 'probes' | 'tests'>): ReadonlySet<string> {
  const words = new Set<string>()
  const add = (text: string) => {
    if (text.length > longest) return
    words.add(text)
    for (const it of text.split(/[/?&=#]/)) words.add(it)
  }
  const collect = (value: unknown): void => {
    if (typeof value === 'string') add(value)
    else if (Array.isArray(value)) for (const it of value) collect(it)
    else if (typeof value === 'object' && value !== null)
      for (const [key, it] of Object.entries(value)) {
        add(key)
        collect(it)
      }
  }
  for (const { spec } of probes) collect(spec)
  for (const { claim, given } of tests) collect([claim.expect, ...given.map((it) => it.expect)])
  return words
}
