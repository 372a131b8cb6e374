import { parentPort } from 'node:worker_threads'
import { linesChecks } from '../checks/lines/registry.ts'
import type { FileKind } from '../model/http/exchange.ts'
import type { LineCounts } from './lines/line-counts.ts'
import { UnreadableFileError } from './byte-source.ts'
import type { LineSlice } from './slice.ts'
import { type JudgeSpec, type SliceResult, judgeLocally } from './local-judge.ts'

/** A spec as it is posted: checks by their names. */
export type PostedJudgeSpec = Omit<JudgeSpec, 'checks'> & {
  readonly checks: readonly { readonly name: string; readonly params: unknown; readonly kind: FileKind }[]
}

/** A message to a worker: a spec with its number, the number of a spec that is no longer used, or a slice to judge by a spec. */
export type SliceMessage =
  | { readonly open: number; readonly spec: PostedJudgeSpec }
  | { readonly close: number }
  | { readonly slice: LineSlice; readonly of: number; readonly at: number }

/** What a worker answers to a slice. */
export type SliceReply = {
  readonly at: number
  /** The buffer of the slice, to be used again. */
  readonly held?: Uint8Array
} & (
  | { readonly result: SliceResult }
  | { readonly failed: true; readonly unreadable?: string }
  /** Progress within the slice. */
  | { readonly counted: LineCounts }
)

const byName = new Map(linesChecks.map((it) => [it.name, it]))
const specs = new Map<number, JudgeSpec>()

function judgeSpecOf(posted: PostedJudgeSpec): JudgeSpec {
  return {
    ...posted,
    checks: posted.checks.flatMap(({ name, params, kind }) => {
      const check = byName.get(name)
      return check ? [{ check, params, kind }] : []
    }),
  }
}

const buffersOf = (arrays: readonly Uint8Array[]) =>
  arrays.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []))

parentPort?.on('message', (task: SliceMessage) => {
  if ('open' in task) specs.set(task.open, judgeSpecOf(task.spec))
  else if ('close' in task) specs.delete(task.close)
  else {
    const spec = specs.get(task.of)
    if (!spec) return
    const { slice, at } = task
    const held = 'held' in slice.bytes ? { held: slice.bytes.held } : {}
    const reply = (it: SliceReply, arrays: readonly Uint8Array[] = []) =>
      parentPort?.postMessage(it, buffersOf([...arrays, ...(it.held ? [it.held] : [])]))
    judgeLocally(spec, slice, (counted) => reply({ at, counted })).then(
      // Each segment has a buffer of its own.
      (result) =>
        reply(
          { at, result, ...held },
          (result.rows?.segments ?? []).map(({ bytes }) => bytes),
        ),
      // The error may quote a line, so the main thread learns only that there was one.
      (error: unknown) => {
        const why = error instanceof UnreadableFileError ? { unreadable: error.message } : {}
        reply({ at, failed: true, ...why, ...held })
      },
    )
  }
})
