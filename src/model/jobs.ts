/** A kick-off that may have started a job whose polling location is not known. */
interface UnlocatedJob {
  /** Number of the exchange of the kick-off. */
  readonly exchange: number
  /** The status of its response, or that none came. */
  readonly answer: number | 'no response'
}

/** The export jobs of a run. */
export interface JobCounts {
  /** Kick-offs that were answered with a polling location. */
  readonly started: number
  /** Jobs that are gone. */
  readonly deleted: number
  /** Masked polling locations of jobs that may still be there. */
  readonly perhapsLeft: readonly string[]
  /** Kick-offs that may have started further jobs; absent if there are none. */
  readonly unlocated?: readonly UnlocatedJob[]
}
