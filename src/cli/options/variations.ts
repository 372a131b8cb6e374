import { didYouMean } from '../../model/spelling.ts'
import type { Variation } from '../../reference/variations/definition.ts'
import { variations } from '../../reference/variations/registry.ts'
import type { Args } from '../command.ts'
import type { Io } from '../terminal/io.ts'

/** The variations that `--variation` names; an unknown one is a problem, with the nearest name. */
export function variationsFrom(args: Args, problems: string[]): readonly Variation[] {
  const ids = variations.map((it) => it.id)
  const asked = args.texts('variation').flatMap((it) => it.split(','))
  for (const id of asked)
    if (!ids.includes(id))
      problems.push(
        `unknown variation \`${id}\`${didYouMean(id, ids) || '; `bulkcheck serve --list-variations` lists all variations'}`,
      )
  return variations.filter((it) => asked.includes(it.id))
}

/** Problems of variations that show only at a FHIR base without a port. */
export function portProblems(
  chosen: readonly Variation[],
  at: { readonly port: number; readonly scheme: 'http' | 'https'; readonly baseUrl: string | undefined },
): readonly string[] {
  const port = at.scheme === 'https' ? 443 : 80
  const isDefault = at.baseUrl === undefined ? at.port === port : new URL(at.baseUrl).port === ''
  return chosen
    .filter((it) => it.atDefaultPort && !isDefault)
    .map(
      ({ id }) =>
        `the variation \`${id}\` shows only at a URL without a port: add --port ${port}, or --base-url with such a URL`,
    )
}

/** Prints every variation with what it does. */
export function listVariations(io: Io): number {
  const width = Math.max(...variations.map((it) => it.id.length))
  for (const { id, states } of variations) io.out(`${id.padEnd(width)}  ${states}\n`)
  return 0
}
