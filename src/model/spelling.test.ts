import { describe, expect, it } from 'vitest'
import { editDistance, nearestName } from './spelling.ts'

describe('distance', () => {
  it.each([
    ['status', 'status', 0],
    ['statuz', 'status', 1],
    ['statsu', 'status', 1],
    ['staus', 'status', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('of %s and %s is %i', (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits)
    expect(editDistance(b, a)).toBe(edits)
  })
})

describe('nearest', () => {
  const known = ['get', 'status', '2.0.0', 'same-manifest', 'same-resources', '_type', '_typeFilter']
  it.each([
    ['statuz', 'status'],
    ['Status', 'status'],
    ['same-manifests', 'same-manifest'],
    ['_typeFilters', '_typeFilter'],
    ['_typ', '_type'],
    ['put', undefined],
    ['header', undefined],
    ['same-', 'same-manifest'],
    ['3.0.0', undefined],
  ])('to %s is %s', (name, expected) => {
    expect(nearestName(name, known)).toBe(expected)
  })
})
