import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { ConfigurationResult, FaultResult, KillMatrix } from '../model/kill-matrix.ts'
import type { SupportedRelease } from '../model/requirement.ts'
import type { Fault } from '../reference/faults/definition.ts'
import { faults as allFaults, faultById } from '../reference/faults/registry.ts'
import { splitTestId } from '../model/plan.ts'
import { assertKnownRequirements, mainReleaseOf, releasesOf } from './fault-catalogue.ts'
import { honestProviders, loadBundledSuites } from './provider-runs.ts'
import type { MatrixTask } from './kill-matrix-worker.ts'

/** Runs that share a thread: while one waits for a signature another goes on. */
const tasksPerThread = 3

/** A run leaves much garbage and keeps little: with the default of V8, a tenth of the time goes into collecting it. */
const youngGenerationMb = 128

/** What a kill matrix is made of. */
interface MatrixOptions {
  /** Ids; default: all. */
  readonly faults?: readonly string[]
  /** One release, in which each fault that has an effect there is tried. `all`: every fault in every release in which it has one. Default: each fault in one release. */
  readonly ig?: SupportedRelease | 'all'
  readonly notify?: (progress: string) => void
}

/** Finds which test notices which fault, and whether tests fail against honest providers. Works in threads, with the built code only. */
export async function killMatrix(options: MatrixOptions = {}): Promise<KillMatrix> {
  const { ig } = options
  assertKnownRequirements(loadBundledSuites().requirements)
  const providers = honestProviders.filter(({ release }) => !ig || ig === 'all' || release === ig)
  const tasks: readonly MatrixTask[] = [
    ...providers.map(({ name }) => ({ honest: name })),
    ...(options.faults ?? allFaults.map((it) => it.id)).flatMap((id) => runsOf(faultById(id), ig)),
  ]
  const answers = await performAll(tasks, (task, done) =>
    options.notify?.(`${done}/${tasks.length} ${'fault' in task ? task.fault : task.honest}`),
  )
  const configurations = answers.slice(0, providers.length) as Awaited<
    ReturnType<typeof import('./provider-runs.ts').judgeHonest>
  >[]
  const faults = answers.slice(providers.length) as FaultResult[]
  // A test is one row of a suite, and each fault is tried at one level. It is killed in each release in which it can pass.
  const placeOf = (test: string, release: SupportedRelease) =>
    ig === 'all' ? `${splitTestId(test).row} in ${release}` : splitTestId(test).row
  const tests = configurations.flatMap(({ passed }, at) =>
    passed.map((it) => placeOf(it, providers[at]?.release ?? '2.0.0')),
  )
  const touched = new Set(faults.flatMap(({ tests, release }) => tests.map((it) => placeOf(it, release))))
  const nameOf = ({ id, release }: FaultResult) => (ig === 'all' ? `${id} in ${release}` : id)
  return {
    tests: [...new Set(tests)],
    faults,
    configurations: configurations.map((it): ConfigurationResult => it.result),
    survivors: faults.filter((it) => !it.killed).map(nameOf),
    untouched: options.faults ? [] : [...new Set(tests)].filter((it) => !touched.has(it)),
    collateral: faults.filter((it) => it.collateral.length > 0).map(nameOf),
    stale: [
      ...configurations.filter(({ result }) => result.stale.length > 0).map(({ result }) => result.name),
      ...faults.filter((it) => it.stale.length > 0).map(nameOf),
    ],
  }
}

/** The runs of a fault: all tests judge it in one release; in the others of `all`, those of the requirements that it breaks. */
function runsOf(fault: Fault, ig: MatrixOptions['ig']): readonly MatrixTask[] {
  const { requirements } = loadBundledSuites()
  const main = mainReleaseOf(fault, requirements)
  const releases = releasesOf(fault, requirements)
  if (ig === undefined) return [{ fault: fault.id, release: main }]
  if (ig !== 'all') return releases.includes(ig) ? [{ fault: fault.id, release: ig }] : []
  return releases.map((release) => ({ fault: fault.id, release, isNarrow: release !== main }))
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
