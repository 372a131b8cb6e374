/** A key of 96 bits as a string of six UTF-16 units: short, quick to make, and never shown. */
export function keyText(words: Uint32Array, at: number): string {
  const a = words[at] ?? 0
  const b = words[at + 1] ?? 0
  const c = words[at + 2] ?? 0
  return String.fromCharCode(a & 0xffff, a >>> 16, b & 0xffff, b >>> 16, c & 0xffff, c >>> 16)
}

/** Writes the three words of a key to `words`. */
export function keyWords(key: string, words: Uint32Array, at: number): void {
  for (let i = 0; i < 3; i += 1)
    words[at + i] = (key.charCodeAt(2 * i) | (key.charCodeAt(2 * i + 1) << 16)) >>> 0
}
