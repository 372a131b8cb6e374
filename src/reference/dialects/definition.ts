import type { Conduct } from '../conduct/conduct.ts'
import type { ProviderConfiguration, Release } from '../conduct/configurations.ts'

/** How one named system behaves: its settings, and its own decision where it decides otherwise than the honest provider. */
export interface Dialect {
  /** As `--dialect` and `--preset` name it. */
  readonly id: string
  /** The system and the version that was seen or read. */
  readonly system: string
  /** The release that the system claims. */
  readonly release: Release
  readonly configuration: Partial<ProviderConfiguration>
  /** False: the system is open. */
  readonly authorization?: boolean
  readonly conduct: Partial<Conduct>
}
