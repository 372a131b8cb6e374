import type { Level } from './requirement.ts'

/** What became of one deliberate fault of the reference provider. */
export interface FaultResult {
  readonly id: string
  /** Id of the requirement that it breaks. */
  readonly breaks: string
  readonly level: Level
  /** Ids of the requirements with a failing test. */
  readonly failing: readonly string[]
  /** Ids of the failing tests. */
  readonly tests: readonly string[]
  /** Ids of the requirements that it is known to drag along. */
  readonly also: readonly string[]
  /** Whether a test of the requirement that it breaks failed. */
  readonly killed: boolean
  /** Ids of failing requirements that it neither breaks nor drags along. */
  readonly collateral: readonly string[]
  /** Ids of requirements that it is known to drag along, but of which no test failed. */
  readonly stale: readonly string[]
}

/** What became of one honest configuration of the reference provider, in tests. */
export interface ConfigurationResult {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly inconclusive: number
  readonly notApplicable: number
  /** Ids of tests that should not have come out as they did: inconclusive, or failed where nothing is lacking. */
  readonly accused: readonly string[]
  /** Ids of requirements of its release that it is known to lack, but of which no test failed. */
  readonly stale: readonly string[]
}

/** Requirements by faults: which test notices which deliberate violation. */
export interface KillMatrix {
  /** Ids of the tests that were run. */
  readonly tests: readonly string[]
  readonly faults: readonly FaultResult[]
  readonly configurations: readonly ConfigurationResult[]
  /** Ids of faults that no test of their requirement noticed. */
  readonly survivors: readonly string[]
  /** Ids of tests that no fault fails. */
  readonly untouched: readonly string[]
  /** Ids of faults that fail tests of requirements which they do not break. */
  readonly collateral: readonly string[]
  /** Ids of faults and names of configurations that list a requirement of which no test failed. */
  readonly stale: readonly string[]
}
