/** The row of a suite that a test comes from, and its export level: `type/filters@patient` is `type/filters` at `patient`. */
export function splitTestId(id: string): { readonly row: string; readonly level?: string } {
  const at = id.lastIndexOf('@')
  return at === -1 ? { row: id } : { row: id.slice(0, at), level: id.slice(at + 1) }
}
