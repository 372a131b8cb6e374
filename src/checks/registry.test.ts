import { expect, test } from 'vitest'
import { checks, picks } from './registry.ts'

test('every check and pick has a name of its own and says what it is about', () => {
  for (const list of [checks, picks]) {
    const names = list.map((it) => it.name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, states } of list) expect(states, name).toMatch(/^[A-Z`].*\.$/)
  }
  for (const { name } of checks) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  for (const { name } of picks) expect(name).toMatch(/^[a-z][A-Za-z]+$/)
})

/** Places in a schema of parameters where an author finds no description. */
function undescribed(schema: unknown, path: string): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { description, $ref, properties } = schema as {
    description?: unknown
    $ref?: unknown
    properties?: Record<string, unknown>
  }
  const members = Object.entries(properties ?? {}).flatMap(([name, it]) => undescribed(it, `${path}/${name}`))
  return description || $ref || properties ? members : [path]
}

test('every parameter of a check is described', () => {
  expect(checks.flatMap((it) => undescribed(it.params, it.name))).toEqual([])
})
