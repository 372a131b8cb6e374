import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type PeerName, type Validator, peers } from './peers.ts'
import type { CatchCount, MeasureResult } from './figures.ts'

/** A valid resource that was broken in one place. */
interface Mutant {
  readonly rule: string
  readonly type: string
  readonly text: string
}

const dist = (path: string) => new URL(`../../dist/${path}`, import.meta.url).href

async function ours(): Promise<Validator> {
  const { judgeLine } = (await import(dist('structure/judge-line.js'))) as {
    judgeLine(text: string, json: unknown): readonly unknown[]
  }
  return (line) => judgeLine(line, JSON.parse(line)).length === 0
}

/** Counts the mutants that each validator catches, by rule, and the HL7 examples that it rejects. */
export async function measureMutants(): Promise<MeasureResult> {
  const { structureMutants } = (await import(
    new URL('../../dist-tools/selftest/fixtures/mutants/generate.js', import.meta.url).href
  )) as { structureMutants(): Iterable<Mutant> }
  const { adviceRules, structureRules } = (await import(dist('model/fhir/resource-problem.js'))) as {
    readonly structureRules: Readonly<Record<string, string>>
    readonly adviceRules: Readonly<Record<string, string>>
  }
  const validators: readonly (readonly [string, Validator])[] = [
    ['bulkcheck', await ours()],
    ...(await Promise.all(
      (Object.keys(peers) as PeerName[]).map(async (name) => [name, await peers[name]()] as const),
    )),
  ]
  const all = [...structureMutants()]
  const classes = new Map<string, Mutant[]>()
  for (const it of all) {
    const name = it.rule in structureRules || it.rule in adviceRules ? it.rule : 'invariants'
    classes.set(name, [...(classes.get(name) ?? []), it])
  }
  const caught = [...classes].map(
    ([rule, of]): CatchCount => ({
      rule,
      mutants: of.length,
      by: Object.fromEntries(
        validators.map(([name, valid]) => [name, of.filter(({ text }) => !valid(text)).length]),
      ),
    }),
  )
  const total = sumOf('all', caught)
  const examples = examplesOf(new Set(all.map(({ type }) => type)))
  const rejected: CatchCount = {
    rule: 'HL7 examples rejected',
    mutants: examples.length,
    by: Object.fromEntries(
      validators.map(([name, valid]) => [name, examples.filter((text) => !valid(text)).length]),
    ),
  }
  return {
    rows: [
      {
        name: `mutants caught, of ${total.mutants}`,
        value: (100 * (total.by.bulkcheck ?? 0)) / total.mutants,
        unit: '%',
        target: { is: 'at least', value: 100 },
        from: `${new Set(all.map(({ type }) => type)).size} types; ${validators
          .slice(1)
          .map(([name]) => `${name} ${Math.round((100 * (total.by[name] ?? 0)) / total.mutants)} %`)
          .join(', ')}`,
      },
    ],
    text: markdown([...caught, total, rejected]),
    catchCounts: [...caught, total, rejected],
  }
}

function sumOf(rule: string, caught: readonly CatchCount[]): CatchCount {
  const by: Record<string, number> = {}
  for (const it of caught)
    for (const [name, count] of Object.entries(it.by)) by[name] = (by[name] ?? 0) + count
  return { rule, mutants: caught.reduce((sum, it) => sum + it.mutants, 0), by }
}

/** HL7's R4 examples of some types, each as a line. */
function examplesOf(types: ReadonlySet<string>): readonly string[] {
  const folder = dirname(createRequire(import.meta.url).resolve('hl7.fhir.r4.examples/package.json'))
  return readdirSync(folder)
    .filter((it) => it.endsWith('.json') && types.has(it.split('-', 1)[0] ?? ''))
    .map((it) => JSON.stringify(JSON.parse(readFileSync(join(folder, it), 'utf8'))))
}

function markdown(caught: readonly CatchCount[]): string {
  const names = Object.keys(caught[0]?.by ?? {})
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [
    row(['rule', 'mutants', ...names]),
    `|---|${'--:|'.repeat(names.length + 1)}`,
    ...caught.map((it) => row([it.rule, it.mutants, ...names.map((name) => it.by[name] ?? 0)])),
  ].join('\n')
}
