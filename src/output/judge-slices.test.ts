import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { outputFile } from '../checks/fixtures/evidence.ts'
import { checks } from '../checks/registry.ts'
import type { FileKind, OutputFile } from '../model/http/exchange.ts'
import type { ResourceRow } from '../model/fhir/resource-index.ts'
import { synthesizePopulation } from '../reference/population/synthesis.ts'
import { type ExportJudge, openExportJudge } from './export-judge.ts'
import { type JudgeEnvironment, openJudgeEnvironment } from './judge-environment.ts'
import type { JudgeProgress } from './judge-progress.ts'
import type { FileCheck } from './lines/check-groups.ts'
import { openBufferPool } from './buffer-pool.ts'
import { seededRandom } from '../model/fixtures/seeded-random.ts'
import { UnreadableFileError } from './byte-source.ts'

let folder: string
const open: { close(): Promise<void> }[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'judging-test-'))
})
afterAll(async () => {
  for (const it of open) await it.close()
  rmSync(folder, { recursive: true })
})

const plain: readonly (readonly [string, unknown, FileKind])[] = [
  ['types-within', ['Patient', 'Observation'], 'output'],
  ['types-without', ['Device'], 'output'],
  ['conforms-to-profiles', 'claimed', 'output'],
  ['valid-outcomes', true, 'error'],
]
const fileChecks: readonly FileCheck[] = [
  ...checks.flatMap((check): FileCheck[] =>
    check.reads === 'lines' && (check.params as { const?: unknown }).const === true
      ? [{ check, params: true, kind: check.resources ? 'output' : 'deleted' }]
      : [],
  ),
  ...plain.flatMap(([name, params, kind]): FileCheck[] => {
    const check = checks.find((it) => it.name === name)
    return check?.reads === 'lines' ? [{ check, params, kind }] : []
  }),
]

const order = {
  checks: fileChecks,
  index: { queries: [] },
  lineBytes: 6000,
  fhirUrl: 'http://127.0.0.1/fhir',
}

/** Ways to spoil a line: each shows something else to some check. */
const spoilt: readonly ((line: string) => string | Buffer)[] = [
  () => '',
  () => '[]',
  (line) => line.slice(0, -1),
  (line) => `${line}\r`,
  (line) => line.replace('"id"', '"nickname"'),
  (line) => line.replace('{', '{"meta":{"lastUpdated":"2021-02-30T00:00:00Z"},'),
  (line) => line.replace(/\}$/, ',"language":""}'),
  (line) => `${line}${' '.repeat(4 * order.lineBytes)}`,
  (line) => Buffer.concat([Buffer.from(line), Buffer.from([0xff])]),
  (line) => line.replace('"resourceType":"', '"resourceType":"X'),
]

/** Files of all kinds with lines right and wrong, some of them without an end. */
function contents(seed: number): readonly (readonly [OutputFile, Buffer])[] {
  const random = seededRandom(seed)
  const baseUrl = order.fhirUrl
  const { resources } = synthesizePopulation({ patients: 6, seed, until: new Date('2026-03-01'), baseUrl })
  const types = ['Patient', 'Observation', 'Encounter', undefined, 'Goal']
  return types.map((type, number) => {
    const kind: FileKind = number === 3 ? 'error' : 'output'
    const mine = resources.filter((it) => it.resourceType === type || random(40) === 0)
    const lines = mine.map((it) => {
      const line = JSON.stringify(it)
      const spoil = random(6) === 0 ? spoilt[random(spoilt.length)] : undefined
      return Buffer.from(spoil ? spoil(line) : line)
    })
    const bytes = Buffer.concat(lines.flatMap((it) => [it, Buffer.from('\n')]))
    const whole = random(2) === 0 ? bytes : bytes.subarray(0, -1)
    const file = { kind, count: mine.length, exchange: 10 + number, bytes: whole.length }
    return [outputFile({ number, ...file, ...(type ? { type } : { type: 'OperationOutcome' }) }), whole]
  })
}

interface JudgeOutcome {
  readonly judgements: readonly unknown[]
  readonly rows: readonly unknown[]
  readonly counted: readonly unknown[]
}

async function outcomeOf(judging: ExportJudge): Promise<JudgeOutcome> {
  const { tallies, files, index, noIndex } = await judging.finish()
  return {
    judgements: fileChecks.map(({ check, params }, at) => [
      check.name,
      check.judgement(tallies[at] as never, params as never, {} as never),
    ]),
    rows: index ? Array.from(index.rows(), shown) : [noIndex],
    counted: files,
  }
}

// A row is read as it is asked for: beside another it says nothing by itself.
function shown(row: ResourceRow): ResourceRow {
  const { key, type, updated, patients, refersTo, unsure, digest, elements } = row
  const { subsetted, meets, file, line } = row
  return { key, type, updated, patients, refersTo, unsure, digest, elements, subsetted, meets, file, line }
}

function environment(threads: number, sliceBytes: number): JudgeEnvironment {
  const opened = openJudgeEnvironment(threads, threads % 2 === 1)
  open.push(opened)
  const judge: JudgeEnvironment['workers']['judge'] = (it, slice, _, tell) =>
    opened.workers.judge(it, slice, threads > 0, tell)
  return { ...opened, buffers: openBufferPool(sliceBytes), workers: { ...opened.workers, judge } }
}

/** In random pieces, files one after the other, as downloads come. */
async function downloaded(
  files: ReturnType<typeof contents>,
  by: JudgeEnvironment,
  seed: number,
): Promise<JudgeOutcome> {
  const random = seededRandom(seed)
  const judging = openExportJudge(order, by)
  for (const [{ retrieved: _, bytes: __, ...begun }, bytes] of files) {
    // What was cut off and is fetched again counts once.
    const broken = judging.beginFile(begun)
    broken.write(bytes.subarray(0, random(bytes.length)))
    broken.discard()
    const taking = judging.beginFile(begun)
    for (let from = 0; from < bytes.length; ) {
      const to = from + 1 + random(9000)
      taking.write(bytes.subarray(from, to))
      from = to
    }
    taking.commit({ ...begun, retrieved: true, bytes: bytes.length })
    await judging.waitForSpace()
  }
  return outcomeOf(judging)
}

test.each([1, 2, 3])(
  'files are judged alike in one piece, in any pieces, and in any number of threads (%i)',
  async (seed) => {
    const files = contents(seed)
    const whole = openExportJudge(order, environment(0, 1 << 24))
    for (const [file, bytes] of files) await whole.judgeFile(file, { held: Uint8Array.from(bytes) })
    const expected = await outcomeOf(whole)
    expect(new Set(expected.judgements.map((it) => (it as [string, { is: string }])[1].is)).size).toBe(3)
    for (const [threads, sliceBytes] of [
      [0, 1 << 24],
      [0, 3000],
      [0, 40_000],
      [1, 20_000],
      [2, 7000],
      [3, 60_000],
    ] as const)
      expect(await downloaded(files, environment(threads, sliceBytes), seed + threads)).toEqual(expected)
  },
)

/** Lines with one wrong part that must be reported as if they were parsed. */
const partlyWrong = [
  '{"resourceType":"Patient","id":"a","generalPractitioner":{"reference":"Practitioner?name=x"}}',
  '{"resourceType":"OperationOutcome","id":"b","issue":[{"severity":"error","code":"nope"}]}',
  Buffer.concat([
    Buffer.from('{"resourceType":"Patient","id":"c","nick":"'),
    Buffer.from([0xff]),
    Buffer.from('"}'),
  ]),
  `{"resourceType":"Patient","id":"d","nick":"${'x'.repeat(order.lineBytes)}"}`,
  '{"resourceType":"Goal","id":"e","subject":{"reference":"Patient/a"},"nick":1}',
  '{"resourceType":"Patient","id":"f","meta":{"lastUpdated":"2021-01-01T00:00:00Z"},"active":"yes"}',
]

// Where whole rows are wanted, such lines are parsed.
test.each([
  ['whole rows', { index: order.index }],
  ['rows of keys', { index: { queries: [], keysOnly: true } }],
  ['no rows', {}],
] as const)(
  'a line that has been proven, or all but a part, shows what it shows when it is parsed, with %s',
  async (_, index) => {
    const { index: __, ...withoutIndex } = order
    const quickly = { ...withoutIndex, ...index }
    const slowly = { ...quickly, checks: fileChecks.map((it) => ({ ...it, check: withoutProof(it.check) })) }
    // What is wrong is named where it is first: each of these lines has a file to itself.
    const wrong = partlyWrong.flatMap((line, at) =>
      (['output', 'error'] as const).map((kind) => {
        const bytes = Buffer.concat([Buffer.from(line), Buffer.from('\n')])
        const number = 20 + 2 * at + (kind === 'error' ? 1 : 0)
        const { type: ___, ...file } = outputFile({
          number,
          kind,
          exchange: 10 + number,
          bytes: bytes.length,
        })
        return [file, bytes] as const
      }),
    )
    for (const files of [contents(9), ...wrong.map((it) => [it])]) {
      const results = await Promise.all(
        [quickly, slowly].map(async (asked) => {
          const judging = openExportJudge(asked, environment(0, 1 << 24))
          for (const [file, bytes] of files) await judging.judgeFile(file, { held: Uint8Array.from(bytes) })
          return outcomeOf(judging)
        }),
      )
      expect(results[1]).toEqual(results[0])
    }
  },
)

function withoutProof({ resources: _, ...check }: FileCheck['check']): FileCheck['check'] {
  return check
}

test('files that are here are read by their path, by several threads together, and decompressed; what was added since does not count', async () => {
  // More than a thread takes at a time, and at the end of the largest something that is nowhere else.
  const nothing = Buffer.alloc(0)
  const last = Buffer.from('{"resourceType":"Basic","id":"z","code":5}\n')
  const files = contents(4).map(([file, bytes]) => {
    const long = Buffer.concat([...Array<Buffer>(40).fill(bytes), file.number === 1 ? last : nothing])
    return [{ ...file, bytes: long.length }, long] as const
  })
  const held = openExportJudge(order, environment(0, 1 << 24))
  const byPath = openExportJudge(order, { ...environment(2, 1 << 24), shareBytes: 1 << 16 })
  for (const [file, bytes] of files) {
    const path = join(folder, `${file.number}.ndjson`)
    const zipped = file.number === 0
    writeFileSync(path, zipped ? gzipSync(bytes) : Buffer.concat([bytes, last]))
    await held.judgeFile(file, { held: Uint8Array.from(bytes) })
    await byPath.judgeFile(file, zipped ? { gzip: path } : { path, to: bytes.length })
  }
  expect(await outcomeOf(byPath)).toEqual(await outcomeOf(held))
})

test.each([0, 1])(
  'what cannot be read is said to be unreadable, and nothing of it is quoted (%i threads)',
  async (threads) => {
    const judging = openExportJudge(order, environment(threads, 1 << 24))
    const path = join(folder, 'half.ndjson')
    writeFileSync(path, gzipSync('{"resourceType":"Patient","id":"canary"}\n').subarray(0, 30))
    await expect(judging.judgeFile(outputFile(), { gzip: path })).rejects.toThrow(UnreadableFileError)
    const missing = { path: join(folder, 'missing'), to: 9 }
    await expect(judging.judgeFile(outputFile(), missing)).rejects.toThrow(/^it no longer exists/)
    const large = { ...missing, to: 1 << 30 }
    await expect(judging.judgeFile(outputFile({ bytes: 1 << 30 }), large)).rejects.toThrow(
      UnreadableFileError,
    )
  },
)

test.each(['of a file', 'of a stream'])(
  'a halt leaves what was judged %s until then, and no line is cut',
  async (what) => {
    const halt = new Uint8Array(new SharedArrayBuffer(1))
    const judging = openExportJudge({ ...order, halt }, environment(0, 1 << 24))
    const name = [{ text: 'x'.repeat(5000) }]
    const bytes = Buffer.from(`${JSON.stringify({ resourceType: 'Patient', id: 'a', name })}\n`.repeat(4000))
    const path = join(folder, 'halted')
    writeFileSync(path, bytes)
    const stream = async function* () {
      yield bytes.subarray(0, bytes.length - 9)
      halt.fill(1)
    }
    // Who judges a whole file at once lets the signal be heard in the meantime.
    if (what === 'of a file') setImmediate(() => halt.fill(1))
    const file = outputFile({ number: 1, bytes: bytes.length, count: 1 })
    const source = what === 'of a file' ? { path, to: bytes.length } : { stream: stream() }
    expect(await judging.judgeFile(file, source)).toBe(false)
    expect(await judging.judgeFile(outputFile({ number: 2 }), { path, to: bytes.length })).toBe(false)
    const { files, tallies } = await judging.finish()
    expect(files.map((it) => it.number)).toEqual([1])
    const { lines = 0, resources } = files[0] ?? {}
    expect(lines).toBeGreaterThan(0)
    expect(lines).toBeLessThan(4000)
    expect(resources).toEqual({ Patient: lines })
    for (const check of ['json-lines', 'counts-match']) {
      const at = fileChecks.findIndex((it) => it.check.name === check)
      const judgement = fileChecks[at]?.check.judgement(tallies[at] as never, true as never, {} as never)
      expect(judgement?.is, check).not.toBe('violated')
    }
  },
)

test('what does not fit into memory waits in files that are gone once it is judged', async () => {
  const by = environment(0, 1 << 20)
  const waiting: (() => void)[] = []
  const judge: JudgeEnvironment['workers']['judge'] = async (it, slice) => {
    await new Promise<void>((resume) => waiting.push(resume))
    return by.workers.judge(it, slice, false)
  }
  const judging = openExportJudge(order, { ...by, workers: { ...by.workers, judge } })
  const { retrieved: _, bytes: __, ...begun } = outputFile({ type: 'Patient' })
  const taking = judging.beginFile(begun)
  const name = [{ text: 'x'.repeat(5000) }]
  const line = `${JSON.stringify({ resourceType: 'Patient', id: 'a', name })}\n`
  const part = Buffer.from(line.repeat(200))
  for (let at = 0; at < 40; at += 1) taking.write(part)
  expect(readdirSync(by.folder()).length).toBeGreaterThan(1)
  taking.commit({ ...begun, retrieved: true, bytes: 40 * part.length })
  for (const resume of waiting) resume()
  const { files } = await judging.finish()
  expect(files[0]?.resources).toEqual({ Patient: 8000 })
  expect(readdirSync(by.folder()).filter((it) => it.endsWith('.slice'))).toEqual([])
})

test('a halt is heard among lines that are longer than is judged at a time', async () => {
  const halt = new Uint8Array(new SharedArrayBuffer(1))
  const judging = openExportJudge({ ...order, lineBytes: 1 << 20, halt }, environment(0, 1 << 24))
  const line = `${JSON.stringify({ resourceType: 'Patient', id: 'a', name: [{ text: 'x'.repeat(700_000) }] })}\n`
  const bytes = Buffer.from(line.repeat(40))
  const path = join(folder, 'long')
  writeFileSync(path, bytes)
  setImmediate(() => halt.fill(1))
  expect(await judging.judgeFile(outputFile({ bytes: bytes.length }), { path, to: bytes.length })).toBe(false)
})

test.each([0, 1])(
  'progress is reported before the end of a file and never exceeds its size (%i threads)',
  async (threads) => {
    const line = `${JSON.stringify({ resourceType: 'Patient', id: 'a', name: [{ text: 'x'.repeat(5000) }] })}\n`
    const bytes = Buffer.from(line.repeat(4000))
    const path = join(folder, `progress-${threads}.gz`)
    writeFileSync(path, gzipSync(bytes, { level: 1 }))
    // Progress is reported at most ten times a second.
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000))
    const steps: JudgeProgress[] = []
    const judging = openExportJudge(
      { ...order, onProgress: (it) => steps.push(it) },
      environment(threads, 1 << 24),
    )
    await judging.judgeFile(outputFile({ bytes: bytes.length }), { gzip: path })
    clock.mockRestore()
    expect(steps.length).toBeGreaterThan(2)
    expect(steps.toSorted((a, b) => a.bytes - b.bytes)).toEqual(steps)
    expect(steps.at(-1)).toEqual({ bytes: bytes.length, resources: 4000 })
  },
)

test('threads that are closed judge nothing more', async () => {
  const closed = openJudgeEnvironment(1)
  await closed.close()
  const slice = { file: outputFile(), firstLine: 1, bytes: { held: Buffer.alloc(1) } }
  await expect(closed.workers.judge(order, slice, true)).rejects.toThrow('closed')
})
