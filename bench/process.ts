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
