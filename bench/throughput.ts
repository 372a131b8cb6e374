import { closeSync, openSync, readSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expectCode, runProgram } from './child-process.ts'
import {
  type CorpusFolder,
  oneLineFile,
  plainCorpus,
  sampleCorpus,
  syntheaCorpus,
  variantCorpus,
} from './corpus/cache.ts'
import type { VariantName } from './corpus/variants.ts'
import type { PeerName } from './peers.ts'
import { type MeasureResult, type RatioName, type FigureRow, median } from './figures.ts'
import type { ProcessMeasurement } from './measurement.ts'

/** Size of the corpus, number of rounds. */
export interface BenchSettings {
  readonly megabytes: number
  readonly rounds: number
  /** Folder of Synthea's sample; it need not exist. */
  readonly synthea: string
}

type Contender = () => Promise<ProcessMeasurement>

const parse =
  ({ path }: CorpusFolder, threads: number): Contender =>
  () => {
    warm(path)
    return runProgram('parse', [path, String(threads)])
  }

const readBuffer = Buffer.allocUnsafe(1 << 20)

/** Reads a folder into the page cache, so that the disk is not measured. */
function warm(path: string): void {
  for (const name of readdirSync(path)) {
    const file = openSync(join(path, name), 'r')
    while (readSync(file, readBuffer) > 0);
    closeSync(file)
  }
}

/** The command `validate`, in a process that has judged one line before. */
const validate =
  ({ path }: CorpusFolder, workers: number, right = 0): Contender =>
  async () => {
    warm(path)
    const measured = await runProgram('ours', [
      oneLineFile(),
      'validate',
      path,
      '--workers',
      String(workers),
      '--quiet',
    ])
    expectCode(right, measured.code, measured.output)
    return measured
  }

/** Medians for each contender. They take turns, so a disturbance affects all alike. */
async function medians(
  contenders: readonly Contender[],
  rounds: number,
): Promise<readonly ProcessMeasurement[]> {
  const taken = contenders.map((): ProcessMeasurement[] => [])
  for (let round = 0; round < rounds; round += 1)
    for (const [at, contender] of contenders.entries()) taken[at]?.push(await contender())
  return taken.map((it) => ({
    ms: median(it.map(({ ms }) => ms)),
    processor: median(it.map(({ processor }) => processor)),
  }))
}

const noMeasurement: ProcessMeasurement = { ms: Number.NaN, processor: Number.NaN }

async function against(
  name: string,
  folder: CorpusFolder,
  about: {
    readonly workers: number
    readonly rounds: number
    readonly least: number
    readonly right?: number
  },
): Promise<FigureRow> {
  const { workers, rounds, least, right } = about
  const [others = noMeasurement, ours = noMeasurement] = await medians(
    [parse(folder, workers), validate(folder, workers, right)],
    rounds,
  )
  return {
    name,
    value: others.ms / ours.ms,
    unit: '×',
    target: { is: 'at least', value: least },
    from: compared([folder, ours], [folder, others]),
  }
}

/** Speeds, and the ratio of processor time for the same bytes, which other work on the machine disturbs less. */
function compared(
  ours: readonly [CorpusFolder, ProcessMeasurement],
  theirs: readonly [CorpusFolder, ProcessMeasurement],
): string {
  const speed = ([{ bytes }, { ms }]: typeof ours) => Math.round(bytes / 1e3 / ms)
  const work = ([{ bytes }, { processor }]: typeof ours) => processor / bytes
  return `${speed(ours)} vs. ${speed(theirs)} MB/s; ${(work(theirs) / work(ours)).toFixed(2)} × by processor time`
}

/** Compares `validate` with reading, splitting and JSON.parse of the same lines. */
export async function compareToParse({ megabytes, rounds }: BenchSettings): Promise<MeasureResult> {
  const folder = plainCorpus(megabytes)
  const one = await against('validate, one worker, vs. JSON.parse on one thread', folder, {
    workers: 1,
    rounds,
    least: 2.5,
  })
  const two = await against('validate, two workers, vs. JSON.parse on two threads', folder, {
    workers: 2,
    rounds,
    least: 2,
  })
  return { rows: [one, two], ratios: { oneWorkerToParse: one.value, twoWorkersToParse: two.value } }
}

const variantTargets: readonly (readonly [VariantName, string, number])[] = [
  ['shuffled', 'shuffled keys', 1.5],
  ['foreign', 'non-ASCII text and \\u escapes', 1.5],
  ['tenth-invalid', '10 % of lines invalid', 1],
  ['all-invalid', 'all lines invalid', 0.45],
]

/** The same on the variants of the corpus, on one worker. */
export async function compareOnVariants({ megabytes, rounds }: BenchSettings): Promise<MeasureResult> {
  const rows: FigureRow[] = []
  for (const [name, says, least] of variantTargets)
    rows.push(
      await against(`one worker, ${says}`, variantCorpus(name, Math.ceil(megabytes / 2)), {
        workers: 1,
        rounds,
        least,
        right: name.endsWith('invalid') ? 1 : 0,
      }),
    )
  return { rows }
}

/** The same on copies of Synthea's sample; no rows if the sample is not there. */
export async function compareOnSynthea(settings: BenchSettings): Promise<MeasureResult> {
  const { megabytes, rounds } = settings
  const folder = await syntheaCorpus(settings.synthea, megabytes)
  if (!folder) return { rows: [] }
  const rows: FigureRow[] = []
  for (const workers of [1, 2])
    rows.push(
      await against(`Synthea data, ${workers === 1 ? 'one worker' : 'two workers'}`, folder, {
        workers,
        rounds,
        least: workers === 1 ? 2.5 : 2,
      }),
    )
  return { rows }
}

const others: readonly (readonly [PeerName, string, RatioName, number, number])[] = [
  ['ajv', 'ajv with the official R4 schema', 'toAjv', 4, 60],
  ['fhir', 'fhir', 'toFhir', 25, 30],
  ['medplum', '@medplum/core', 'toMedplum', 60, 20],
]

/** Compares `validate` on one worker with other validators: time for the same bytes, theirs measured on a sample of the lines. */
export async function compareToPeers({ megabytes, rounds }: BenchSettings): Promise<MeasureResult> {
  const folder = plainCorpus(megabytes)
  const rows: FigureRow[] = []
  const ratios: Partial<Record<RatioName, number>> = {}
  for (const [peer, says, key, least, most] of others) {
    const some = sampleCorpus(Math.min(most, megabytes), megabytes)
    const [ours = noMeasurement, theirs = noMeasurement] = await medians(
      [validate(folder, 1), () => runProgram('peer', [peer, some.path])],
      rounds,
    )
    const value = theirs.ms / some.bytes / (ours.ms / folder.bytes)
    ratios[key] = value
    rows.push({
      name: `validate, one worker, vs. ${says}`,
      value,
      unit: '×',
      target: { is: 'at least', value: least },
      from: compared([folder, ours], [some, theirs]),
    })
  }
  return { rows, ratios }
}
