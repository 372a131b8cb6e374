import type { Level } from './requirement.ts'

/** How the tests judged one deliberate fault of the reference provider. */
export interface FaultResult {
  readonly id: string
  /** Id of the requirement that it breaks. */
  readonly breaks: string
  readonly level: Level
  /** Ids of the requirements with a failing test. */
  readonly failing: readonly string[]
  /** Ids of the failing tests. */
  readonly tests: readonly string[]
  /** Ids of the requirements that it is known to break as well. */
  readonly also: readonly string[]
  /** Whether a test of the requirement that it breaks failed. */
  readonly killed: boolean
  /** Ids of failing requirements that it is not known to break. */
  readonly collateral: readonly string[]
  /** Ids in `also` without a failing test. */
  readonly stale: readonly string[]
}

/** How the tests judged one honest configuration of the reference provider; counts are numbers of tests. */
export interface ConfigurationResult {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly inconclusive: number
  readonly notApplicable: number
  /** Ids of tests that are inconclusive, or that failed although the configuration lacks nothing that they require. */
  readonly accused: readonly string[]
  /** Ids in `lacks`, of requirements of its release, without a failing test. */
  readonly stale: readonly string[]
}

/** Faults and configurations with the tests that failed for each. */
export interface KillMatrix {
  /** Ids of the tests in the run, without the export level. */
  readonly tests: readonly string[]
  readonly faults: readonly FaultResult[]
  readonly configurations: readonly ConfigurationResult[]
  /** Ids of faults for which no test of their requirement failed. */
  readonly survivors: readonly string[]
  /** Ids of tests that failed at no level for any fault. */
  readonly untouched: readonly string[]
  /** Ids of faults for which tests of other requirements failed too. */
  readonly collateral: readonly string[]
  /** Ids of faults and names of configurations that list a requirement without a failing test. */
  readonly stale: readonly string[]
}
