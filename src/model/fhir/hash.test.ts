import { describe, expect, it } from 'vitest'
import { hashKey, hashLine } from './hash.ts'

function keyOf(text: string): number[] {
  const out = new Uint32Array(3)
  hashKey(Buffer.from(text), out)
  return [...out]
}

function digestOf(text: string): number[] {
  const out = new Uint32Array(2)
  hashLine(Buffer.from(text), out)
  return [...out]
}

describe('hashKey', () => {
  it('stays what it is', () => {
    expect(keyOf('')).toEqual([354678329, 1828735922, 834184464])
    expect(keyOf('Patient/1')).toEqual([4254599436, 508912586, 2501159544])
  })

  it('tells ids apart that differ little, in each of its words', () => {
    for (const word of [0, 1, 2]) {
      const seen = new Set<number>()
      for (let i = 0; i < 20000; i++) seen.add(keyOf(`Observation/${i}`)[word] ?? 0)
      // Of 20,000 numbers of 32 bits less than one pair is equal by chance on average.
      expect(seen.size).toBeGreaterThan(19995)
    }
  })

  it('spreads over all bits', () => {
    const ones = new Array<number>(96).fill(0)
    for (let i = 0; i < 4000; i++)
      keyOf(`Patient/${i}`).forEach((word, at) => {
        for (let bit = 0; bit < 32; bit++)
          ones[at * 32 + bit] = (ones[at * 32 + bit] ?? 0) + ((word >>> bit) & 1)
      })
    expect(Math.min(...ones)).toBeGreaterThan(1800)
    expect(Math.max(...ones)).toBeLessThan(2200)
  })

  it('counts what is hashed by its length too', () => {
    expect(keyOf('Patient/1')).not.toEqual(keyOf('Patient/1\0'))
  })

  it('writes to the given position', () => {
    const out = new Uint32Array(9)
    hashKey(Buffer.from('Patient/1'), out, 3)
    expect([...out.subarray(3, 6)]).toEqual(keyOf('Patient/1'))
    expect(out[2]).toBe(0)
    expect(out[6]).toBe(0)
  })
})

describe('hashLine', () => {
  it('tells lines apart that differ in one byte, wherever', () => {
    const line = JSON.stringify({ resourceType: 'Patient', id: '1', name: [{ family: 'Abcdefghijk' }] })
    const seen = new Set([digestOf(line).join()])
    for (let i = 0; i < line.length; i++)
      seen.add(digestOf(`${line.slice(0, i)}#${line.slice(i + 1)}`).join())
    expect(seen.size).toBe(line.length + 1)
  })

  it('tells a line from the same with zeros behind it, and from its blocks in another order', () => {
    expect(digestOf('a')).not.toEqual(digestOf('a\0'))
    const [a, b] = ['0123456789abcdef', 'fedcba9876543210']
    expect(digestOf(`${a}${b}`)).not.toEqual(digestOf(`${b}${a}`))
  })
})
