import type { SupportedRelease } from '../../model/requirement.ts'
import type { Target } from '../../model/target.ts'
import type { Conduct } from '../../reference/conduct.ts'
import type { Configuration } from '../../reference/configurations.ts'
import type { Response } from '../../reference/message.ts'
import type { Gateway } from '../in-process.ts'

/** A way in which a server differs from the reference provider and breaks no SHALL. */
export interface LegalVariation {
  /** Kebab-case. */
  readonly id: string
  /** What the server does, and which sentence or silence of the specification allows it. */
  readonly states: string
  readonly conduct?: Partial<Conduct>
  /** Group-level export alone where it names no levels. */
  readonly configuration?: Partial<Configuration>
  /** Default 2.0.0. */
  readonly release?: SupportedRelease
  /** False: an open server. */
  readonly authorization?: boolean
  /** Made anew for every run: it may remember. */
  readonly gateway?: () => Gateway
  /** What the operator of such a server sets. */
  readonly target?: Partial<Target>
  /** Requirements, none of them a SHALL, that are then failed rightly. */
  readonly noted?: readonly string[]
  /** SHALL requirements of which such a server shows nothing; why, a comment says. */
  readonly untold?: readonly string[]
  /** Words of the reason for which further SHALL requirements are inconclusive, whichever these are. */
  readonly untoldBecause?: string
}

/** A page as infrastructure in front of a server writes it. */
export function page(status: number, headers: Response['headers'] = []): Response {
  return {
    status,
    headers: [['Content-Type', 'text/html'], ...headers],
    body: '<html><body>The request was not served.</body></html>',
  }
}
