import { parentPort } from 'node:worker_threads'
import { linesChecks } from '../checks/lines/registry.ts'
import type { FileKind } from '../model/http/exchange.ts'
import type { LineCounts } from './line-counts.ts'
import { UnreadableFileError } from './byte-source.ts'
import type { LineSlice } from './slice.ts'
import { type JudgeSpec, type SliceResult, judgeLocally } from './local-judge.ts'

/** An order as it is posted: checks by their names. */
export type PostedJudgeSpec = Omit<JudgeSpec, 'checks'> & {
  readonly checks: readonly { readonly name: string; readonly params: unknown; readonly kind: FileKind }[]
}

/** What a worker is told. */
export type SliceMessage =
  | { readonly open: number; readonly order: PostedJudgeSpec }
  | { readonly close: number }
  | { readonly slice: LineSlice; readonly of: number; readonly at: number }

/** What a worker answers to a slice. */
export type SliceReply = {
  readonly at: number
  /** What the bytes of the slice lay in. */
  readonly room?: Uint8Array
} & (
  | { readonly result: SliceResult }
  | { readonly failed: true; readonly unreadable?: string }
  /** It goes on. */
  | { readonly counted: LineCounts }
)

const byName = new Map(linesChecks.map((it) => [it.name, it]))
const orders = new Map<number, JudgeSpec>()

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
  if ('open' in task) orders.set(task.open, judgeSpecOf(task.order))
  else if ('close' in task) orders.delete(task.close)
  else {
    const order = orders.get(task.of)
    if (!order) return
    const { slice, at } = task
    const room = 'held' in slice.bytes ? { room: slice.bytes.held } : {}
    const answer = (it: SliceReply, arrays: readonly Uint8Array[] = []) =>
      parentPort?.postMessage(it, buffersOf([...arrays, ...(it.room ? [it.room] : [])]))
    judgeLocally(order, slice, (counted) => answer({ at, counted })).then(
      // Each segment has a buffer of its own.
      (result) =>
        answer(
          { at, result, ...room },
          (result.rows?.segments ?? []).map(({ bytes }) => bytes),
        ),
      // What went wrong may quote a line: the main thread only learns that it did.
      (error: unknown) => {
        const why = error instanceof UnreadableFileError ? { unreadable: error.message } : {}
        answer({ at, failed: true, ...why, ...room })
      },
    )
  }
})
