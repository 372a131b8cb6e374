/**
 * Hashes the UTF-8 bytes of `Type/id` to 96 bits that stand for the resource, in the manner of Bob Jenkins' lookup3: each block of 12 bytes changes
 * three words of state reversibly. It is fast in JavaScript and in WebAssembly, where the prover computes the same hash.
 */
export function hashKey(bytes: Uint8Array, out: Uint32Array, at = 0): void {
  const length = bytes.length
  let a = (0xdeadbeef + length) | 0
  let b = a
  let c = a
  let i = 0
  for (; i < length; i += 12) {
    a = (a + word(bytes, i)) | 0
    b = (b + word(bytes, i + 4)) | 0
    c = (c + word(bytes, i + 8)) | 0
    a = (a - c) ^ rotate(c, 4)
    c = (c + b) | 0
    b = (b - a) ^ rotate(a, 6)
    a = (a + c) | 0
    c = (c - b) ^ rotate(b, 8)
    b = (b + a) | 0
    a = (a - c) ^ rotate(c, 16)
    c = (c + b) | 0
    b = (b - a) ^ rotate(a, 19)
    a = (a + c) | 0
    c = (c - b) ^ rotate(b, 4)
    b = (b + a) | 0
  }
  c = (c ^ b) - rotate(b, 14)
  a = (a ^ c) - rotate(c, 11)
  b = (b ^ a) - rotate(a, 25)
  c = (c ^ b) - rotate(b, 16)
  a = (a ^ c) - rotate(c, 4)
  b = (b ^ a) - rotate(a, 14)
  c = (c ^ b) - rotate(b, 24)
  out[at] = a
  out[at + 1] = b
  out[at + 2] = c
}

/**
 * Hashes a line to 64 bits that distinguish the contents of lines with the same key. Blocks of four 32-bit words (little endian, the last one padded
 * with zeros) go in turn to four sets of four lanes, so SIMD can compute all lanes at once. Compare it only between lines with equal keys.
 */
export function hashLine(bytes: Uint8Array, out: Uint32Array, at = 0): void {
  const lanes = Array.from({ length: 16 }, (_, lane) => lane + 1)
  for (let i = 0; i < bytes.length; i += 4)
    lanes[(i >>> 2) & 15] = mix(lanes[(i >>> 2) & 15] ?? 0, word(bytes, i))
  // Pads the last block with zeros.
  for (let i = (bytes.length + 3) & ~3; (i & 15) > 0; i += 4)
    lanes[(i >>> 2) & 15] = mix(lanes[(i >>> 2) & 15] ?? 0, 0)
  const joined = (lane: number) =>
    mix(mix(lanes[lane] ?? 0, lanes[lane + 4] ?? 0), mix(lanes[lane + 8] ?? 0, lanes[lane + 12] ?? 0))
  out[at] = finalMix((joined(0) ^ rotate(joined(2), 16)) + bytes.length)
  out[at + 1] = finalMix((joined(1) ^ rotate(joined(3), 16)) + bytes.length)
}

function mix(h: number, w: number): number {
  const x = Math.imul(h ^ w, 0x9e3779b1)
  return x ^ (x >>> 15)
}

function finalMix(h: number): number {
  let x = h | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16)
}

function word(bytes: Uint8Array, i: number): number {
  return (
    (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24)
  )
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by))
}
