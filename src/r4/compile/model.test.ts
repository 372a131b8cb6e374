import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { r4Model } from '../load.ts'
import { compileValueSets } from './value-sets.ts'
import { type R4CodeSystem, type R4ConceptSet, r4PackageFolder, type R4ValueSet } from './package.ts'

interface Expansion {
  readonly url: string
  readonly expansion?: { readonly contains?: readonly ExpandedConcept[] }
}

interface ExpandedConcept {
  readonly code?: string
  readonly contains?: readonly ExpandedConcept[]
}

function codesIn(contains: readonly ExpandedConcept[] = []): readonly string[] {
  return contains.flatMap((it) => [...(it.code ? [it.code] : []), ...codesIn(it.contains)])
}

test('enumerated value sets are what HL7 expanded them to', () => {
  const path = join(r4PackageFolder(), 'Bundle-valueset-expansions.json')
  const { entry } = JSON.parse(readFileSync(path, 'utf8')) as { entry: { resource: Expansion }[] }
  const expansions = new Map(
    entry.map(({ resource }) => [resource.url, codesIn(resource.expansion?.contains)]),
  )
  const { types, codes } = r4Model()
  let held = 0
  for (const { name, elements } of Object.values(types))
    for (const { name: element, valueSet, codes: at } of elements) {
      const expected = valueSet && expansions.get(valueSet)
      if (at === undefined || !expected) continue
      // The concept `question` is abstract: not to be chosen, and a member of the value set all the same, as its definition says.
      const all = valueSet.endsWith('/item-type') ? [...expected, 'question'] : expected
      // Currencies have come since.
      if (valueSet.endsWith('/currencies')) expect(codes[at]).toEqual(expect.arrayContaining([...all, 'VED']))
      else expect(codes[at], `${name}.${element}`).toEqual([...new Set(all)].sort())
      held++
    }
  expect(held).toBeGreaterThan(300)
})

test('the Patient compartment has a path for each of its types', () => {
  const { types } = r4Model()
  const within = Object.values(types).filter((it) => it.compartment)
  for (const { name, compartment = [] } of within)
    for (const path of compartment) {
      const reference = path
        .split('.')
        .reduce<{ type?: string; targets?: readonly string[] } | undefined>(
          (at, part) => types[at?.type ?? '']?.elements.find((it) => it.name === part),
          { type: name },
        )
      expect(reference?.type, `${name}.${path}`).toBe('Reference')
      expect(reference?.targets ?? ['Patient'], `${name}.${path}`).toContain('Patient')
    }
  expect(types.Observation?.compartment).toEqual(['subject', 'performer'])
  expect(types.Practitioner?.compartment).toBeUndefined()
})

const system: R4CodeSystem = {
  resourceType: 'CodeSystem',
  url: 's',
  content: 'complete',
  concept: [
    { code: 'a', concept: [{ code: 'b', concept: [{ code: 'c' }] }] },
    { code: 'd', property: [{ code: 'subsumedBy', valueCode: 'b' }] },
    { code: 'e' },
  ],
}

function enumerated(
  include: readonly R4ConceptSet[],
  exclude: readonly R4ConceptSet[] = [],
  systems = [system],
) {
  const sets: readonly R4ValueSet[] = [
    { resourceType: 'ValueSet', url: 'v', compose: { include, exclude } },
    {
      resourceType: 'ValueSet',
      url: 'w',
      compose: { include: [{ system: 's', concept: [{ code: 'c' }, { code: 'e' }] }] },
    },
    { resourceType: 'ValueSet', url: 'loop', compose: { include: [{ valueSet: ['loop'] }] } },
  ]
  const codes = compileValueSets(sets, systems)
  const at = codes.positionOf('v')
  return at === undefined ? undefined : codes.lists[at]
}

test.each<[string, readonly R4ConceptSet[], readonly R4ConceptSet[], readonly string[] | undefined]>([
  ['a whole code system', [{ system: 's' }], [], ['a', 'b', 'c', 'd', 'e']],
  ['concepts of any code system', [{ system: 'unknown', concept: [{ code: 'x' }] }], [], ['x']],
  ['a code system that is not there', [{ system: 'unknown' }], [], undefined],
  ['is-a', [{ system: 's', filter: [{ property: 'concept', op: 'is-a', value: 'b' }] }], [], ['b', 'c', 'd']],
  [
    'descendent-of',
    [{ system: 's', filter: [{ property: 'concept', op: 'descendent-of', value: 'b' }] }],
    [],
    ['c', 'd'],
  ],
  [
    'is-a of no concept',
    [{ system: 's', filter: [{ property: 'concept', op: 'is-a', value: 'x' }] }],
    [],
    undefined,
  ],
  ['another filter', [{ system: 's', filter: [{ property: 'p', op: '=', value: 'b' }] }], [], undefined],
  ['a value set', [{ valueSet: ['w'] }], [], ['c', 'e']],
  [
    'a value set and a system',
    [{ system: 's', filter: [{ property: 'concept', op: 'is-a', value: 'a' }], valueSet: ['w|1'] }],
    [],
    ['c'],
  ],
  ['a value set of itself', [{ valueSet: ['loop'] }], [], undefined],
  ['what is left out', [{ system: 's' }], [{ system: 's', concept: [{ code: 'a' }] }], ['b', 'c', 'd', 'e']],
  [
    'what is left out of another system',
    [{ system: 's' }],
    [{ system: 't', concept: [{ code: 'a' }] }],
    ['a', 'b', 'c', 'd', 'e'],
  ],
  ['nothing if it is unknown which codes are left out', [{ system: 's' }], [{ system: 't' }], undefined],
  ['several', [{ system: 's' }, { system: 't' }], [], undefined],
])('enumerates %s', (_, include, exclude, expected) => expect(enumerated(include, exclude)).toEqual(expected))

test.each([{ content: 'fragment' }, { content: 'not-present' }, { caseSensitive: false }])(
  'does not enumerate a code system of %o',
  (other) => expect(enumerated([{ system: 's' }], [], [{ ...system, ...other }])).toBeUndefined(),
)
