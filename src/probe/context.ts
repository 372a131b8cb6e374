import type { Clock } from '../model/clock.ts'
import type { Exchange } from '../model/http/exchange.ts'
import type { Target } from '../model/target.ts'
import type { AccessTokens } from './authorization/access-tokens.ts'
import type { ProbeEvent } from './events.ts'
import type { JobRegistry } from './export/job-registry.ts'
import type { HttpClient } from './http-client.ts'
import type { Recorder } from './recording/recorder.ts'
import type { Resending } from './resending.ts'
import type { Transport } from './transport/message.ts'
import type { Spool } from './transport/spool.ts'

/** What a session provides to requests and exports. */
export interface ProbeContext {
  readonly target: Target
  readonly client: HttpClient
  readonly resending: Resending
  readonly tokens: AccessTokens
  readonly jobs: JobRegistry
  readonly clock: Clock
  /** For what is not an HTTP request like the others. */
  readonly transport: Transport
  readonly recorder: Recorder
  /** The TLS handshakes of the session by origin: each host has them once, whichever probes ask for them. */
  readonly handshakes: Map<string, Promise<readonly Exchange[]>>
  readonly signal?: AbortSignal
  readonly notify: (event: ProbeEvent) => void
  /** `copy`: the bytes are needed where files are kept, and nowhere else. */
  readonly newSpool: (copy?: boolean) => Spool
  /** Takes over the bytes of a downloaded file. */
  readonly keepFile: (exchange: number, spool: Spool) => void
  /** Whether they remain after the run. */
  readonly keepsFiles: boolean
  /** The number that the next exchange will have. */
  readonly nextExchange: () => number
  /** Waits where the server puts a kick-off off; see `PageOptions`. */
  readonly whenPutOff?: () => Promise<boolean>
}
