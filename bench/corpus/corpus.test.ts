import { expect, test } from 'vitest'
import { judgeLine } from '../../src/structure/judge-line.ts'
import { type VariantName, variants } from './variants.ts'
import { corpusParts } from './write.ts'

const bytes = 1e6

const lines = corpusParts(bytes).flatMap((part) => [...part.lines()])

const problems = (line: string) =>
  judgeLine(line, JSON.parse(line)).map(({ path, rule }) => `${path} ${rule}`)

function isBroken(line: string): boolean {
  try {
    return problems(line).length > 0
  } catch {
    // No JSON.
    return true
  }
}

test('the corpus has twenty files, is as large as was asked for, and the same each time', () => {
  const parts = corpusParts(bytes)
  expect(parts.length).toBe(20)
  const size = lines.reduce((sum, it) => sum + Buffer.byteLength(it) + 1, 0)
  expect(Math.abs(size - bytes)).toBeLessThan(bytes / 20)
  expect(parts.flatMap((part) => [...part.lines()])).toEqual(lines)
})

test('every line is valid FHIR R4', () => {
  expect(lines.flatMap(problems)).toEqual([])
})

test('ids are unique, and every reference is to a resource of the corpus', () => {
  const names = lines.map((line) => {
    const { resourceType, id } = JSON.parse(line) as { resourceType: string; id: string }
    return `${resourceType}/${id}`
  })
  const known = new Set(names)
  expect(known.size).toBe(names.length)
  for (const line of lines)
    for (const [, reference = ''] of line.matchAll(/"reference":"([^#"]+)"/g))
      expect(known.has(reference), reference).toBe(true)
})

test.each(['shuffled', 'foreign'] as const)('the variant %s is valid FHIR R4 too', (name: VariantName) => {
  expect(lines.map(variants[name]).flatMap(problems)).toEqual([])
})

test('as many lines are invalid as a variant says', () => {
  expect(lines.map(variants['all-invalid']).every(isBroken)).toBe(true)
  const some = lines.map(variants['tenth-invalid']).filter(isBroken)
  expect(Math.abs(some.length - lines.length / 10)).toBeLessThan(1)
})
