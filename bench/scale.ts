import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ProcessCost,
  type ServedProvider,
  cliPath,
  timeDownload,
  serve,
  serveHostile,
  timeProcess,
  measureProcess,
} from './child-process.ts'
import { type FigureRow, type MeasureResult, median } from './figures.ts'

const export_ = 'export {"level":"system"}'

const server = (url: string) => ['--url', url, '--auth', 'none', '--level', 'system']

/** Ids of the tests that read the plain system export and nothing else. */
function tests(url: string): readonly string[] {
  const listed = execFileSync(process.execPath, [cliPath, 'list', '--json', ...server(url)], {
    cwd: tmpdir(),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const { tests } = JSON.parse(listed) as {
    readonly tests: readonly {
      readonly id: string
      readonly reads: readonly string[]
      readonly notApplicable?: string
    }[]
  }
  return tests
    .filter((it) => it.notApplicable === undefined && it.reads.length === 1 && it.reads[0] === export_)
    .map(({ id }) => id)
}

/** Calls `perform` with the arguments of a run of these tests. */
async function withTarget<T>(
  { url }: ServedProvider,
  perform: (args: readonly string[]) => Promise<T>,
  select: (url: string) => readonly string[] = tests,
) {
  const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-bench-'))
  try {
    const only = select(url)
    // The provider is on this machine: the first status request need not wait a second.
    const config = join(folder, 'harness.config.json')
    writeFileSync(config, '{"target":{"limits":{"pollFloor":0}}}')
    const options = ['--config', config, '--output', folder, '--quiet']
    return { took: await perform(['run', ...only, ...server(url), ...options]), tests: only.length }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Peak memory of a run on an export of so many gigabytes, which another process generates while it is downloaded. */
export async function measureMemory(gigabytes: number): Promise<MeasureResult> {
  const provider = await serve(gigabytes)
  try {
    const { took, tests } = await withTarget(provider, measureProcess)
    return {
      rows: [
        {
          name: `peak memory of run, export of ${gigabytes} GB`,
          value: took.peak / 1e6,
          unit: 'MB',
          target: { is: 'at most', value: 400 },
          from: `all threads together, ${tests} tests, ${Math.round(took.ms / 1000)} s`,
        },
      ],
    }
  } finally {
    await provider.stop()
  }
}

/** Compares a run over loopback with a client that only downloads the export, and with `validate` on its files; whole processes. */
export async function measureOverlap(gigabytes: number, rounds: number): Promise<MeasureResult> {
  const provider = await serve(gigabytes)
  const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-bench-'))
  try {
    const downloads: number[] = []
    const judged: number[] = []
    const runs: number[] = []
    await timeDownload(provider.url, folder)
    for (let round = 0; round < rounds; round += 1) {
      downloads.push(await timeDownload(provider.url))
      runs.push((await withTarget(provider, timeProcess)).took)
      judged.push(await timeProcess(['validate', folder, '--quiet']))
    }
    const [download, judge, run] = [median(downloads), median(judged), median(runs)]
    return {
      rows: [
        {
          name: 'run over loopback vs. the slower of download and validate',
          value: run / Math.max(download, judge),
          unit: '×',
          target: { is: 'at most', value: 1.25 },
          from: `run ${Math.round(run)} ms, download ${Math.round(download)} ms, validate ${Math.round(judge)} ms`,
        },
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await provider.stop()
  }
}

// What the hostile server leaves out breaks some requirements, and leaves others open.
const anyVerdict = [1, 3]
const everyTest = () => []

/** Peak memory against a server that sends much: manifests and discovery without files, and exports of many small files. */
export async function measureBounds(entries: number): Promise<MeasureResult> {
  const cost = async (scenario: string, number: number, select?: typeof everyTest) => {
    const provider = await serveHostile(scenario, number)
    try {
      return (await withTarget(provider, (args) => measureProcess(args, anyVerdict), select)).took
    } finally {
      await provider.stop()
    }
  }
  const memory = (name: string, { peak, ms }: ProcessCost, value: number): FigureRow => ({
    name: `peak memory of run, ${name}`,
    value: peak / 1e6,
    unit: 'MB',
    target: { is: 'at most', value },
    from: `all threads together, ${Math.round(ms / 1000)} s`,
  })
  const manifests = await cost('manifest', 700_000, everyTest)
  const discovery = await cost('discovery', 10, everyTest)
  const few = await cost('files', entries / 10)
  const many = await cost('files', entries)
  const speed = (number: number, { ms }: ProcessCost) => (1000 * number) / ms
  return {
    rows: [
      memory('60 MB of manifest at each completion', manifests, 256),
      memory('30 MB of SMART configuration and of CapabilityStatement', discovery, 256),
      memory(`export of ${entries} files`, many, 400),
      {
        name: `files per second, ${entries} files vs. ${entries / 10}`,
        value: speed(entries, many) / speed(entries / 10, few),
        unit: '×',
        target: { is: 'at least', value: 0.5 },
        from: `${Math.round(speed(entries, many))} vs. ${Math.round(speed(entries / 10, few))} files/s`,
      },
    ],
  }
}
