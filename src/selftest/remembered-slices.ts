import { createHash } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import { openJudgeEnvironment } from '../output/judge-environment.ts'
import type { JudgeSpec, SliceResult } from '../output/local-judge.ts'
import type { LineSlice } from '../output/slice.ts'
import type { WorkerPool } from '../output/worker-pool.ts'

/** As many slices as several runs have: each run has about 400, and most are those of the run before. */
const mostRemembered = 4_000

/** What judging found, by what was judged; serialized, since results are added to. The one that was used last stands last. */
const remembered = new Map<string, Buffer>()
const specTexts = new WeakMap<JudgeSpec, string>()

/** Opens what judging works with, where this thread judges the same bytes of the same file by the same spec only once. */
export function openRememberingEnvironment(threads: number): ReturnType<typeof openJudgeEnvironment> {
  const environment = openJudgeEnvironment(threads)
  const { workers } = environment
  const judge: WorkerPool['judge'] = async (spec, slice, large, onProgress) => {
    const name = nameOf(spec, slice)
    const known = name === undefined ? undefined : remembered.get(name)
    if (known) {
      remember(name as string, known)
      return deserialize(known) as SliceResult
    }
    const result = await workers.judge(spec, slice, large, onProgress)
    if (name !== undefined) remember(name, serialize(result))
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

/** All that the result depends on; `undefined` where that is not known without reading. */
function nameOf(spec: JudgeSpec, { file, firstLine, bytes }: LineSlice): string | undefined {
  if (!('held' in bytes) || spec.halt || spec.packages?.length) return undefined
  return createHash('sha256')
    .update(specText(spec))
    .update(JSON.stringify([file, firstLine]))
    .update('\n')
    .update(bytes.held)
    .digest('base64')
}

function specText(spec: JudgeSpec): string {
  const known = specTexts.get(spec)
  if (known !== undefined) return known
  const checks = spec.checks.map(({ check, params, kind }) => [check.name, params, kind])
  const text = serialize({ ...spec, checks }).toString('base64')
  specTexts.set(spec, text)
  return text
}
