import { neverArose, satisfied, undecided } from '../../model/judgement.ts'
import type { ResourceIndex, ResourceRow } from '../../model/fhir/resource-index.ts'
import { mandatoryElements } from '../../r4/facts.ts'
import { type Check, indexCheck } from '../check.ts'
import { Violations } from './comparison.ts'
import { exportRefParam, objectParams, textListParam } from '../params.ts'

const always = new Set(['id', 'meta', 'implicitRules', 'modifierExtension'])

/** Whether an element is one of those asked for, or one of the mandatory ones. */
function isKept(element: string, names: readonly string[], type: string): boolean {
  return names.includes(element) || isMandatory(element, type)
}

function isMandatory(element: string, type: string): boolean {
  return mandatoryElements(type).some((it) => it.jsonNames.includes(element))
}

function keptNames(names: readonly string[], type: string): string {
  return [...names, ...mandatoryElements(type).map((it) => it.name)].join(', ')
}

/** The root elements that `_elements` asks for of a type; `undefined` if it says nothing about it. */
function requestedElements(elements: readonly string[], type: string): readonly string[] | undefined {
  const names = elements.flatMap((it) =>
    it.includes('.') ? (it.startsWith(`${type}.`) ? [it.slice(type.length + 1)] : []) : [it],
  )
  return names.length > 0 ? names : undefined
}

/** Whether a row lacks root elements that the same resource has in another export. */
function lacksElements(row: ResourceRow, of: ResourceIndex): boolean {
  const whole = of.get(row.key)
  return whole?.elements.some((it) => !row.elements.includes(it)) ?? false
}

const of = { ...exportRefParam, description: 'The same export without the parameter.' }
const types = textListParam('Only resources of these types count.')

/** For each type the root elements that every resource of it has: a profile of the server may demand them. */
function commonElements(of: ResourceIndex): ReadonlyMap<string, ReadonlySet<string>> {
  const common = new Map<string, Set<string>>()
  for (const { type, elements } of of.rows()) {
    const known = common.get(type)
    if (!known) common.set(type, new Set(elements))
    else for (const it of known) if (!elements.includes(it)) known.delete(it)
  }
  return common
}

interface ElementsParams {
  readonly elements: readonly string[]
  readonly types?: readonly string[]
  readonly of: ResourceIndex
}

const elementsOnly = indexCheck<ElementsParams>({
  name: 'elements-only',
  states:
    'Resources have no root elements but those asked for, the mandatory ones, id and meta. What all resources of a type have may be mandatory in a profile and is not held against the server, unless nothing is left out.',
  params: objectParams(
    { elements: textListParam('The elements asked for: `id` or `Patient.id`.'), types, of },
    ['elements', 'of'],
  ),
  judge(index, { elements, types, of }) {
    const found = new Violations()
    const common = commonElements(of)
    let seen = 0
    let told = false
    for (const row of index.rows()) {
      const names = requestedElements(elements, row.type)
      if (!names || (types && !types.includes(row.type))) continue
      seen += 1
      const extra = row.elements.filter((it) => !always.has(it) && !isKept(it, names, row.type))
      const optional = extra.filter((it) => !common.get(row.type)?.has(it))
      told ||= extra.length === 0 || lacksElements(row, of)
      if (optional.length > 0)
        found.add(row, index, {
          message: 'Resources of type {type} have elements that were not asked for.',
          expected: keptNames(names, row.type),
          actual: `${optional.length} other elements that not every resource of the type has`,
        })
    }
    if (seen === 0) return undecided('the export holds no resource of a type that `_elements` is about')
    return found.or(
      told ? satisfied : undecided('nothing was left out but what a profile may demand of all resources'),
    )
  },
})

const elementsApplied = indexCheck<ElementsParams>({
  name: 'elements-applied',
  states:
    'Resources lack some root element that was not asked for, if they have one that not all resources of their type have.',
  params: objectParams(
    { elements: textListParam('The elements asked for: `id` or `Patient.id`.'), types, of },
    ['elements', 'of'],
  ),
  judge(index, { elements, types, of }) {
    const found = new Violations()
    const common = commonElements(of)
    let seen = 0
    for (const row of index.rows()) {
      const whole = of.get(row.key)
      const names = requestedElements(elements, row.type)
      if (!whole || !names || (types && !types.includes(row.type))) continue
      const optional = whole.elements.some(
        (it) => !always.has(it) && !isKept(it, names, row.type) && !common.get(row.type)?.has(it),
      )
      if (!optional) continue
      seen += 1
      if (!lacksElements(row, of))
        found.add(row, index, {
          message: 'Resources of type {type} are whole.',
          expected: keptNames(names, row.type),
          actual: 'all elements that they have without the parameter',
        })
    }
    return found.or(
      seen > 0 ? satisfied : undecided('no resource has elements that could certainly be left out'),
    )
  },
})

const elementsMandatory = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'elements-mandatory',
  states: 'Resources have the mandatory root elements that they have in the export that is not narrowed.',
  params: objectParams({ of }, ['of']),
  judge(index, { of }) {
    const found = new Violations()
    let seen = 0
    for (const row of index.rows()) {
      const whole = of.get(row.key)
      const needed = whole?.elements.filter((it) => isMandatory(it, row.type)) ?? []
      if (needed.length === 0) continue
      seen += 1
      const missing = needed.filter((it) => !row.elements.includes(it))
      if (missing.length > 0)
        found.add(row, index, {
          message: 'Resources of type {type} lack mandatory elements.',
          expected: needed.join(', '),
          actual: `${missing.join(', ')} absent`,
        })
    }
    return found.or(seen > 0 ? satisfied : undecided('no resource has mandatory elements'))
  },
})

const subsetted = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'subsetted',
  states: 'Resources that lack elements they otherwise have are tagged SUBSETTED.',
  params: objectParams({ of }, ['of']),
  judge(index, { of }) {
    const found = new Violations()
    let seen = 0
    for (const row of index.rows()) {
      if (!lacksElements(row, of)) continue
      seen += 1
      if (!row.subsetted)
        found.add(row, index, {
          message: 'Resources of type {type} are reduced and not tagged.',
          expected: 'meta.tag SUBSETTED',
          actual: 'no such tag',
        })
    }
    return found.or(seen > 0 ? satisfied : neverArose('no resource is reduced'))
  },
})

/** Checks on exports that `_elements` narrows. */
export const elementChecks: readonly Check[] = [elementsOnly, elementsApplied, elementsMandatory, subsetted]
