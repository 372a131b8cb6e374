import { parentPort } from 'node:worker_threads'
import { faultById } from '../reference/faults/registry.ts'
import { runFaulty } from './fault-runs.ts'
import { honestProviders, judgeHonest } from './provider-runs.ts'

/** One run of the kill matrix: an honest provider by name, or a fault by id. */
export type MatrixTask = { readonly honest: string } | { readonly fault: string }

/** Performs tasks as they are posted; each answer is posted back. */
async function performTask(task: MatrixTask): Promise<unknown> {
  if ('fault' in task) return runFaulty(faultById(task.fault))
  const provider = honestProviders.find((it) => it.name === task.honest)
  if (!provider) throw new RangeError(`There is no honest provider ${task.honest}.`)
  return judgeHonest(provider)
}

parentPort?.on('message', ({ task, at }: { task: MatrixTask; at: number }) => {
  performTask(task).then(
    (answer) => parentPort?.postMessage({ at, answer }),
    (error: unknown) =>
      parentPort?.postMessage({ at, failed: error instanceof Error ? error.message : 'unknown' }),
  )
})
