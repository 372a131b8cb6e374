import { createHash } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import { openJudgeEnvironment } from '../output/judge-environment.ts'
import type { OutputFile } from '../model/http/exchange.ts'
import type { JudgeSpec, SliceResult } from '../output/local-judge.ts'
import type { LineSlice } from '../output/slice.ts'
import type { WorkerPool } from '../output/worker-pool.ts'

/** As many slices as several runs have: each run has about 400, and most are those of the run before. */
const mostRemembered = 4_000

/** What judging found, by what was judged; serialized, since results are added to. The one that was used last stands last. */
const remembered = new Map<string, Buffer>()
const specDigests = new WeakMap<JudgeSpec, string>()

/** Opens what judging works with, where this thread judges the same bytes of the same file by the same spec only once. */
export function openRememberingEnvironment(threads: number): ReturnType<typeof openJudgeEnvironment> {
  const environment = openJudgeEnvironment(threads)
  const { workers } = environment
  const judge: WorkerPool['judge'] = async (spec, slice, large, onProgress) => {
    const general = nameOf(spec, slice)
    if (general === undefined) return workers.judge(spec, slice, large, onProgress)
    const { exchange } = slice.file
    const special = `${general} ${exchange}`
    for (const name of [general, special]) {
      const known = remembered.get(name)
      if (!known) continue
      remember(name, known)
      return deserialize(known) as SliceResult
    }
    // Findings name the exchange; where there are none, the result is that of the same file of any other exchange.
    let namesExchange = false
    const file: OutputFile = {
      ...slice.file,
      get exchange() {
        namesExchange = true
        return exchange
      },
    }
    const result = await workers.judge(spec, { ...slice, file }, large, onProgress)
    remember(namesExchange ? special : general, serialize(result))
    return result
  }
  return { ...environment, workers: { ...workers, judge } }
}

function remember(name: string, result: Buffer): void {
  remembered.delete(name)
  remembered.set(name, result)
  const [first] = remembered.keys()
  if (remembered.size > mostRemembered && first !== undefined) remembered.delete(first)
}

/** All that the result depends on but the exchange; `undefined` where that is not known without reading. */
function nameOf(
  spec: JudgeSpec,
  { file: { exchange: _, ...file }, firstLine, bytes }: LineSlice,
): string | undefined {
  if (!('held' in bytes) || spec.halt || spec.packages?.length) return undefined
  return createHash('sha256')
    .update(specDigest(spec))
    .update(JSON.stringify([file, firstLine]))
    .update('\n')
    .update(bytes.held)
    .digest('base64')
}

function specDigest(spec: JudgeSpec): string {
  const known = specDigests.get(spec)
  if (known !== undefined) return known
  const checks = spec.checks.map(({ check, params, kind }) => [check.name, params, kind])
  const digest = createHash('sha256')
    .update(serialize({ ...spec, checks }))
    .digest('base64')
  specDigests.set(spec, digest)
  return digest
}
