import { closeSync, openSync, readSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expectCode, measure } from './child.ts'
import { type Folder, oneLine, plain, sample, synthea, variant } from './corpus/cache.ts'
import type { VariantName } from './corpus/variants.ts'
import type { PeerName } from './peers.ts'
import { type Measured, type RatioName, type Row, median } from './row.ts'
import type { Told } from './told.ts'

/** How much is measured, and how often. */
export interface Settings {
  readonly megabytes: number
  readonly rounds: number
  /** Folder of data of another's making, if there is one. */
  readonly synthea: string
}

type Contender = () => Promise<Told>

const parse =
  ({ path }: Folder, threads: number): Contender =>
  () => {
    warm(path)
    return measure('parse', [path, String(threads)])
  }

const room = Buffer.allocUnsafe(1 << 20)

/** Reads a folder, so that the disk is not what is measured: what lies in memory is let go sooner or later. */
function warm(path: string): void {
  for (const name of readdirSync(path)) {
    const file = openSync(join(path, name), 'r')
    while (readSync(file, room) > 0);
    closeSync(file)
  }
}

/** `validate` as it is used, in a process that has judged one line before. */
const validate =
  ({ path }: Folder, workers: number, right = 0): Contender =>
  async () => {
    warm(path)
    const told = await measure('ours', [oneLine(), 'validate', path, '--workers', String(workers), '--quiet'])
    expectCode(right, told.code, told.output)
    return told
  }

/** Medians of what each contender took, who take turns so that what disturbs one disturbs all. */
async function medians(contenders: readonly Contender[], rounds: number): Promise<readonly Told[]> {
  const taken = contenders.map((): Told[] => [])
  for (let round = 0; round < rounds; round += 1)
    for (const [at, contender] of contenders.entries()) taken[at]?.push(await contender())
  return taken.map((it) => ({
    ms: median(it.map(({ ms }) => ms)),
    processor: median(it.map(({ processor }) => processor)),
  }))
}

const nothing: Told = { ms: Number.NaN, processor: Number.NaN }

async function against(
  name: string,
  folder: Folder,
  about: {
    readonly workers: number
    readonly rounds: number
    readonly least: number
    readonly right?: number
  },
): Promise<Row> {
  const { workers, rounds, least, right } = about
  const [others = nothing, ours = nothing] = await medians(
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

/** Speeds, and processor time for as many bytes, which other work on the machine disturbs less. */
function compared(ours: readonly [Folder, Told], theirs: readonly [Folder, Told]): string {
  const speed = ([{ bytes }, { ms }]: typeof ours) => Math.round(bytes / 1e3 / ms)
  const work = ([{ bytes }, { processor }]: typeof ours) => processor / bytes
  return `${speed(ours)} against ${speed(theirs)} MB/s; ${(work(theirs) / work(ours)).toFixed(2)} × by processor time`
}

/** `validate` against reading, splitting and JSON.parse of the same lines. */
export async function toParse({ megabytes, rounds }: Settings): Promise<Measured> {
  const folder = plain(megabytes)
  const one = await against('validate, one worker, to JSON.parse on one', folder, {
    workers: 1,
    rounds,
    least: 2.5,
  })
  const two = await against('validate, two workers, to JSON.parse on two', folder, {
    workers: 2,
    rounds,
    least: 2,
  })
  return { rows: [one, two], ratios: { oneWorkerToParse: one.value, twoWorkersToParse: two.value } }
}

const harder: readonly (readonly [VariantName, string, number])[] = [
  ['shuffled', 'keys in shuffled order', 1.5],
  ['foreign', '\\u escapes and text that is not ASCII', 1.5],
  ['tenth-invalid', '10 % of lines invalid', 1],
  ['all-invalid', 'all lines invalid', 0.45],
]

/** The same on lines that are harder, on one worker. */
export async function toParseHarder({ megabytes, rounds }: Settings): Promise<Measured> {
  const rows: Row[] = []
  for (const [name, says, least] of harder)
    rows.push(
      await against(`one worker, ${says}`, variant(name, Math.ceil(megabytes / 2)), {
        workers: 1,
        rounds,
        least,
        right: name.endsWith('invalid') ? 1 : 0,
      }),
    )
  return { rows }
}

/** The same on data of another's making, repeated; nothing where they are not there. */
export async function toParseElsewhere(settings: Settings): Promise<Measured> {
  const { megabytes, rounds } = settings
  const folder = await synthea(settings.synthea, megabytes)
  if (!folder) return { rows: [] }
  const rows: Row[] = []
  for (const workers of [1, 2])
    rows.push(
      await against(`Synthea's, ${workers === 1 ? 'one worker' : 'two workers'}`, folder, {
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

/** `validate` on one worker against validators of others: time for as many bytes, theirs measured on a sample of the lines. */
export async function toPeers({ megabytes, rounds }: Settings): Promise<Measured> {
  const folder = plain(megabytes)
  const rows: Row[] = []
  const ratios: Partial<Record<RatioName, number>> = {}
  for (const [peer, says, key, least, most] of others) {
    const some = sample(Math.min(most, megabytes), megabytes)
    const [ours = nothing, theirs = nothing] = await medians(
      [validate(folder, 1), () => measure('peer', [peer, some.path])],
      rounds,
    )
    const value = theirs.ms / some.bytes / (ours.ms / folder.bytes)
    ratios[key] = value
    rows.push({
      name: `validate, one worker, to ${says}`,
      value,
      unit: '×',
      target: { is: 'at least', value: least },
      from: compared([folder, ours], [some, theirs]),
    })
  }
  return { rows, ratios }
}
