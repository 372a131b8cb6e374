/** The JSON on a line, as an object to be spread: empty if the line is not JSON. A byte order mark at the beginning of a file is skipped. */
export function parseJsonLine({ text, number }: { readonly text: string; readonly number: number }): {
  readonly json?: unknown
} {
  // Nothing reads the stack of the error, and making it takes longer than parsing.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return { json: JSON.parse(number === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text) }
  } catch {
    // The message of the error would quote the line.
    return {}
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
