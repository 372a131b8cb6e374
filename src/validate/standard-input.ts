/** Replaces `-` on a command line, which the parser would drop. */
export const standardInput = '/dev/stdin'
