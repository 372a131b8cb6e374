/** What `-` on a command line is read as; as an operand `-` itself would be lost in the parser. */
export const standardInput = '/dev/stdin'
