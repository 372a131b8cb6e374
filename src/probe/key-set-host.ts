import type { HeaderList } from '../model/http/exchange.ts'

/** What requests for the JWK Set of the harness are answered with; `unreachable`: not at all. */
export type KeySetAnswer =
  | { readonly status: number; readonly headers: HeaderList; readonly body: string }
  | 'unreachable'

/** A request for the JWK Set. */
export interface KeySetRequest {
  readonly method: string
  readonly url: string
  readonly headers: HeaderList
}

/** A request for the JWK Set, when it came, and its answer. */
interface ReceivedRequest {
  readonly request: KeySetRequest
  readonly at: number
  readonly answer: KeySetAnswer
}

/** Hosts the JWK Set of the harness, which tests change. */
export interface KeySetHost {
  /** What requests are answered with from now on. */
  answerWith(answer: KeySetAnswer): void
  /** The requests since this was called last. */
  takeRequests(): readonly ReceivedRequest[]
  /** The answer to a request, which is noted. */
  respond(request: KeySetRequest): KeySetAnswer
}

/** The JWK Set that the harness hosts. Whoever changes it does so alone; other token requests wait. */
export interface HostedKeySets {
  readonly host: KeySetHost
  /** Resolves when the set has the registered keys. */
  ready(): Promise<void>
  /** Runs work that changes the set, and restores it. */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** When the last set that may be cached is no longer valid, in milliseconds since 1970. */
  cachedUntil: number
}

/** A host that answers whoever calls it; before there is anything to answer with, it is unreachable. */
export function openKeySetHost(now: () => number): KeySetHost {
  let current: KeySetAnswer = 'unreachable'
  let received: ReceivedRequest[] = []
  return {
    answerWith(answer) {
      current = answer
    },
    takeRequests() {
      const taken = received
      received = []
      return taken
    },
    respond(request) {
      const answer =
        request.method === 'GET' || request.method === 'HEAD' || current === 'unreachable'
          ? current
          : notAllowed
      received.push({ request, at: now(), answer })
      return answer
    },
  }
}

const notAllowed: KeySetAnswer = { status: 405, headers: [['Allow', 'GET']], body: '' }
