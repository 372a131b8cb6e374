/** The same text with every letter and digit replaced by `x`: type, emptiness and length remain. */
export function mask(text: string): string {
  return text.replace(/[\p{L}\p{N}\p{M}]/gu, (it) => 'x'.repeat(it.length))
}
