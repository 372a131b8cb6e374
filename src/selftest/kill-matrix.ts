import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { ConfigurationResult, FaultResult, KillMatrix } from '../model/kill-matrix.ts'
import { faults as allFaults, faultById } from '../reference/faults/registry.ts'
import { splitTestId } from '../model/plan.ts'
import { assertKnownRequirements } from './fault-catalogue.ts'
import { honestProviders, loadBundledSuites } from './provider-runs.ts'
import type { MatrixTask } from './kill-matrix-worker.ts'

/** Runs that share a thread: while one waits for a signature another goes on. */
const tasksPerThread = 3

/** A run leaves much garbage and keeps little: with the default of V8, a tenth of the time goes into collecting it. */
const youngGenerationMb = 128

/** Finds which test notices which fault, and whether tests fail against honest providers. Works in threads, with the built code only. */
export async function killMatrix(
  options: { readonly faults?: readonly string[]; readonly notify?: (progress: string) => void } = {},
): Promise<KillMatrix> {
  assertKnownRequirements(loadBundledSuites().requirements)
  const chosen = (options.faults ?? allFaults.map((it) => it.id)).map((id) => faultById(id).id)
  const honest = honestProviders.map(({ name }): MatrixTask => ({ honest: name }))
  const tasks = [...honest, ...chosen.map((fault): MatrixTask => ({ fault }))]
  const answers = await performAll(tasks, (task, done) =>
    options.notify?.(`${done}/${tasks.length} ${'fault' in task ? task.fault : task.honest}`),
  )
  const configurations = answers.slice(0, honest.length) as Awaited<
    ReturnType<typeof import('./provider-runs.ts').judgeHonest>
  >[]
  const faults = answers.slice(honest.length) as FaultResult[]
  // A test is one row of a suite, and each fault is tried at one level.
  const tests = [...new Set(configurations.flatMap((it) => it.passed).map((it) => splitTestId(it).row))]
  const touched = new Set(faults.flatMap((it) => it.tests).map((it) => splitTestId(it).row))
  return {
    tests,
    faults,
    configurations: configurations.map((it): ConfigurationResult => it.result),
    survivors: faults.filter((it) => !it.killed).map((it) => it.id),
    untouched: options.faults ? [] : tests.filter((it) => !touched.has(it)),
    collateral: faults.filter((it) => it.collateral.length > 0).map((it) => it.id),
    stale: [
      ...configurations.filter(({ result }) => result.stale.length > 0).map(({ result }) => result.name),
      ...faults.filter((it) => it.stale.length > 0).map((it) => it.id),
    ],
  }
}

/** The answers to tasks, in their order. Rejects if one fails. */
function performAll(
  tasks: readonly MatrixTask[],
  notify: (task: MatrixTask, done: number) => void,
): Promise<readonly unknown[]> {
  const threads = Math.max(1, Math.min(availableParallelism(), Math.ceil(tasks.length / tasksPerThread)))
  const workers = Array.from(
    { length: threads },
    () =>
      new Worker(new URL('./kill-matrix-worker.js', import.meta.url), {
        resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
      }),
  )
  const answers: unknown[] = []
  let next = 0
  let done = 0
  const finished = new Promise<readonly unknown[]>((resolve, reject) => {
    if (tasks.length === 0) resolve(answers)
    for (const worker of workers) {
      const give = () => {
        const task = tasks[next]
        if (task) worker.postMessage({ task, at: next })
        next += 1
      }
      worker.on('error', () => reject(new Error('a thread of the kill matrix ended early')))
      worker.on('message', ({ at, answer, failed }: { at: number; answer?: unknown; failed?: string }) => {
        if (failed !== undefined) return reject(new Error(failed))
        answers[at] = answer
        done += 1
        notify(tasks[at] as MatrixTask, done)
        if (done === tasks.length) resolve(answers)
        else give()
      })
      for (let started = 0; started < tasksPerThread; started += 1) give()
    }
  })
  return finished.finally(() => Promise.all(workers.map((it) => it.terminate())))
}
