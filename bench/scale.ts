import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Served, cli, serve, timed, whole } from './child.ts'
import { execFileSync } from 'node:child_process'
import type { IncomingMessage } from 'node:http'
import { type Measured, median } from './row.ts'

const export_ = 'export {"level":"system"}'

const server = (url: string) => ['--url', url, '--auth', 'none', '--level', 'system']

/** Ids of every test on one plain export, and on nothing else that would be exported. */
function tests(url: string): readonly string[] {
  const listed = execFileSync(process.execPath, [cli, 'list', '--json', ...server(url)], {
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

async function ran({ url }: Served) {
  const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-bench-'))
  try {
    const only = tests(url)
    // A server in the next room is asked for its status at once, not a second after the kick-off.
    const config = join(folder, 'harness.config.json')
    writeFileSync(config, '{"target":{"limits":{"pollFloor":0}}}')
    const options = ['--config', config, '--output', folder, '--quiet']
    const run = await whole(['run', ...only, ...server(url), ...options])
    return { ...run, tests: only.length }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Memory of a run on an export of so many gigabytes, which another process makes as it is read. */
export async function memory(gigabytes: number): Promise<Measured> {
  const provider = await serve(gigabytes)
  try {
    const { peak, ms, tests } = await ran(provider)
    return {
      rows: [
        {
          name: `memory of a run on ${gigabytes} GB`,
          value: peak / 1e6,
          unit: 'MB',
          target: { is: 'at most', value: 400 },
          from: `all threads at their highest, ${tests} tests, ${Math.round(ms / 1000)} s`,
        },
      ],
    }
  } finally {
    await provider.stop()
  }
}

/** A run over loopback against downloading alone and judging alone. */
export async function overlap(gigabytes: number, rounds: number): Promise<Measured> {
  const provider = await serve(gigabytes)
  const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-bench-'))
  try {
    const urls = await exported(provider.url)
    const downloads: number[] = []
    const judged: number[] = []
    const runs: number[] = []
    await downloaded(urls, folder)
    for (let round = 0; round < rounds; round += 1) {
      const begun = performance.now()
      await downloaded(urls)
      downloads.push(performance.now() - begun)
      runs.push((await ran(provider)).ms)
      judged.push(await timed(['validate', folder, '--quiet']))
    }
    const [download, judge, run] = [median(downloads), median(judged), median(runs)]
    return {
      rows: [
        {
          name: 'run over loopback, to the slower of downloading and judging',
          value: run / Math.max(download, judge),
          unit: '×',
          target: { is: 'at most', value: 1.25 },
          from: `${Math.round(run)} ms; downloading ${Math.round(download)} ms, judging ${Math.round(judge)} ms`,
        },
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await provider.stop()
  }
}

async function exported(url: string): Promise<readonly string[]> {
  const kickoff = await fetch(`${url}/$export`, {
    headers: { Accept: 'application/fhir+json', Prefer: 'respond-async' },
  })
  const status = await fetch(kickoff.headers.get('content-location') ?? '')
  const { output } = (await status.json()) as { readonly output: readonly { readonly url: string }[] }
  return output.map((it) => it.url)
}

/** Downloads one file after the other, to a folder if there is one. */
async function downloaded(urls: readonly string[], folder?: string): Promise<void> {
  for (const url of urls) {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, resolve).on('error', reject)
    })
    const name = new URL(url).pathname.split('/').at(-1) ?? ''
    if (folder === undefined) for await (const _ of response);
    else await pipeline(response, createWriteStream(join(folder, name)))
  }
}
