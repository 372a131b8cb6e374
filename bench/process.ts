import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { timeProcess, measureProcess } from './child-process.ts'
import { oneLineFile, plainCorpus } from './corpus/cache.ts'
import { type MeasureResult, median } from './figures.ts'
import type { BenchSettings } from './throughput.ts'

/** Times a process that validates a file of one line, from its start to its end. */
export async function measureStartUp(): Promise<MeasureResult> {
  const file = oneLineFile()
  const times: number[] = []
  for (let round = 0; round < 9; round += 1) times.push(await timeProcess(['validate', file]))
  return {
    rows: [
      {
        name: 'start to result, file of one line',
        value: median(times),
        unit: 'ms',
        target: { is: 'at most', value: 300 },
        from: `whole process, ${Math.round(Math.min(...times))} to ${Math.round(Math.max(...times))} ms`,
      },
    ],
  }
}

/** Times whole processes on the corpus, from start to end. */
export async function measureWholeProcess({ megabytes, rounds }: BenchSettings): Promise<MeasureResult> {
  const folder = plainCorpus(megabytes)
  const rows: MeasureResult['rows'][number][] = []
  for (const workers of [1, 2]) {
    const runs = []
    for (let round = 0; round < rounds; round += 1)
      runs.push(await measureProcess(['validate', folder.path, '--workers', String(workers), '--quiet']))
    const ms = median(runs.map((it) => it.ms))
    rows.push({
      name: `whole process, ${workers === 1 ? 'one worker' : 'two workers'}`,
      value: folder.bytes / 1e3 / ms,
      unit: 'MB/s',
      from: `${Math.round(ms)} ms, peak memory ${Math.round(median(runs.map((it) => it.peak)) / 1e6)} MB`,
    })
  }
  return { rows }
}

const manyFiles = 100_000

/** Measures a process that validates 100,000 files of one line each. */
export async function measureManyFiles(): Promise<MeasureResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-bench-'))
  try {
    for (let i = 0; i < manyFiles; i += 1)
      writeFileSync(join(folder, `Patient.${i}.ndjson`), `{"resourceType":"Patient","id":"p${i}"}\n`)
    const { ms, peak, processorMs } = await measureProcess(['validate', folder, '--quiet'])
    const from = `${Math.round(ms)} ms, ${Math.round(peak / 1e6)} MB`
    const name = `${manyFiles.toLocaleString('en')} files of one line`
    return {
      rows: [
        {
          name: `${name}, processor time`,
          value: processorMs / 1e3,
          unit: 's',
          target: { is: 'at most', value: 15 },
          from,
        },
        {
          name: `${name}, peak memory`,
          value: peak / 1e6,
          unit: 'MB',
          target: { is: 'at most', value: 400 },
          from,
        },
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
