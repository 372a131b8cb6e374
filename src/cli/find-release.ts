import { checks, picks } from '../checks/registry.ts'
import { defaultRelease } from '../config/defaults.ts'
import { proxyFrom } from '../config/proxy.ts'
import type { Settings } from '../config/settings.ts'
import { parseJsonObject } from '../model/json.ts'
import type { RunResult } from '../model/result.ts'
import { httpTransport } from '../probe/transport/http.ts'
import { type LikelyRelease, likelyRelease } from '../run/features/likely-release.ts'
import { run } from '../run/run.ts'
import { loadBundled } from '../suite/bundled.ts'
import { plan } from '../suite/planning/plan.ts'
import { harnessName } from './report-output.ts'
import { systemClock } from './system-clock.ts'
import type { Io } from './terminal/io.ts'
import { interruption } from './terminal/interruption.ts'

/** The test that reads the CapabilityStatement, and nothing else. */
const statementTest = 'capability/json'

/** Finds the likely release of a server: a run of the one test that reads its CapabilityStatement. */
export async function findRelease({ target, tls }: Settings, io: Io): Promise<LikelyRelease> {
  const level = target.levels[0] ?? 'system'
  const only = plan(await loadBundled({ checks, picks }), target, { only: [`${statementTest}@${level}`] })
  const transport = httpTransport({ ...tls, proxy: proxyFrom(io.env) })
  const interrupted = interruption(io)
  const result = await run({
    ...{ plan: only, target, transport, clock: systemClock, signal: interrupted.signal },
    ...{ suites: { sha256: '' }, failOn: 'SHALL', knownFailing: [], warnings: [], harness: harnessName() },
  }).finally(async () => {
    interrupted.end()
    await transport.close()
  })
  return likelyRelease(statementIn(result), defaultRelease)
}

function statementIn({ exchanges }: RunResult) {
  const statements = exchanges.flatMap(({ response }) => {
    const body = response?.status === 200 ? parseJsonObject(response.body) : undefined
    return body?.resourceType === 'CapabilityStatement' ? [body] : []
  })
  return statements.at(-1)
}
