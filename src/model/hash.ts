/**
 * 96 bits that stand for a resource, from the UTF-8 bytes of `Type/id`: hashing of Bob Jenkins' lookup3 kind, three words of state that each
 * 12 bytes change reversibly. Fast in JavaScript and in WebAssembly, where the prover computes the same.
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
 * 64 bits that tell the content of two lines with the same key apart: blocks of four 32-bit words (little endian, the last one padded with zeros) go in
 * turn to two sets of four lanes, so that SIMD computes both at once. Only ever compared where the keys are equal.
 */
export function hashLine(bytes: Uint8Array, out: Uint32Array, at = 0): void {
  const even = [1, 2, 3, 4]
  const odd = [5, 6, 7, 8]
  for (let i = 0; i < bytes.length; i += 16) {
    const lanes = (i & 16) === 0 ? even : odd
    for (let lane = 0; lane < 4; lane += 1) lanes[lane] = mixed(lanes[lane] ?? 0, word(bytes, i + 4 * lane))
  }
  const [h0 = 0, h1 = 0, h2 = 0, h3 = 0] = even.map((h, lane) => mixed(h, odd[lane] ?? 0))
  out[at] = finished((h0 ^ rotate(h2, 16)) + bytes.length)
  out[at + 1] = finished((h1 ^ rotate(h3, 16)) + bytes.length)
}

function mixed(h: number, w: number): number {
  const x = Math.imul(h ^ w, 0x9e3779b1)
  return x ^ (x >>> 15)
}

function finished(h: number): number {
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
