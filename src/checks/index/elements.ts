import { neverArose, satisfied, undecided } from '../../model/judgement.ts'
import type { ResourceIndex, ResourceRow } from '../../model/fhir/resource-index.ts'
import { mandatoryElements } from '../../r4/facts.ts'
import { type Check, indexCheck } from '../check.ts'
import { Violations } from './comparison.ts'
import { exportRefParam, objectParams, textListParam } from '../params.ts'

const always = new Set(['id', 'meta', 'implicitRules', 'modifierExtension'])

/** Whether an element is requested or mandatory. */
function isKept(element: string, names: readonly string[], type: string): boolean {
  return names.includes(element) || isMandatory(element, type)
}

function isMandatory(element: string, type: string): boolean {
  return mandatoryElements(type).some((it) => it.jsonNames.includes(element))
}

function keptNames(names: readonly string[], type: string): string {
  return [...new Set([...names, ...mandatoryElements(type).map((it) => it.name)])].join(', ')
}

/** The root elements that `_elements` requests of a type; `undefined` if it names none for the type. */
function requestedElements(elements: readonly string[], type: string): readonly string[] | undefined {
  const names = elements.flatMap((it) =>
    it.includes('.') ? (it.startsWith(`${type}.`) ? [it.slice(type.length + 1)] : []) : [it],
  )
  return names.length > 0 ? names : undefined
}

/** Whether a row has fewer root elements than the same resource in another export. */
function lacksElements(row: ResourceRow, of: ResourceIndex): boolean {
  const whole = of.get(row.key)
  return whole?.elements.some((it) => !row.elements.includes(it)) ?? false
}

const of = { ...exportRefParam, description: 'The same export without the parameter.' }
const types = textListParam('Only resources of these types count.')

/** By type the root elements that all its resources have: a profile of the server may require them. */
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
    'Resources have no root elements except the requested ones, the mandatory ones, id and meta. Elements that all resources of a type have are allowed, because a profile may require them; if no element was left out, the test is inconclusive.',
  params: objectParams(
    { elements: textListParam('The requested elements: `id` or `Patient.id`.'), types, of },
    ['elements', 'of'],
  ),
  judge(index, { elements, types, of }) {
    const found = new Violations()
    const common = commonElements(of)
    let seen = 0
    let canTell = false
    for (const row of index.rows()) {
      const names = requestedElements(elements, row.type)
      if (!names || (types && !types.includes(row.type))) continue
      seen += 1
      const extra = row.elements.filter((it) => !always.has(it) && !isKept(it, names, row.type))
      const optional = extra.filter((it) => !common.get(row.type)?.has(it))
      canTell ||= extra.length === 0 || lacksElements(row, of)
      if (optional.length > 0)
        found.add(row, index, {
          message: 'Resources of type {type} have elements that were not requested.',
          expected: keptNames(names, row.type),
          actual: `${optional.length === 1 ? '1 other element' : `${optional.length} other elements`} that not every resource of the type has`,
        })
    }
    if (seen === 0) return undecided('the export contains no resource of a type that `_elements` applies to')
    return found.or(
      canTell ? satisfied : undecided('no element was left out, but a profile may require all of them'),
    )
  },
})

const elementsApplied = indexCheck<ElementsParams>({
  name: 'elements-applied',
  states:
    'The export keeps the requested root elements of each resource. If a resource has other elements that are neither mandatory nor present in all resources of its type, the export leaves out at least one element of the resource.',
  params: objectParams(
    { elements: textListParam('The requested elements: `id` or `Patient.id`.'), types, of },
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
      const lost = whole.elements.filter((it) => names.includes(it) && !row.elements.includes(it))
      if (lost.length > 0)
        found.add(row, index, {
          message: 'Resources of type {type} lack elements that were requested.',
          expected: keptNames(names, row.type),
          actual: `${lost.join(', ')} absent`,
        })
      const optional = whole.elements.some(
        (it) => !always.has(it) && !isKept(it, names, row.type) && !common.get(row.type)?.has(it),
      )
      if (!optional) continue
      seen += 1
      if (!lacksElements(row, of))
        found.add(row, index, {
          message: 'No element was left out of resources of type {type}.',
          expected: keptNames(names, row.type),
          actual: 'all elements of the resource without the parameter',
        })
    }
    return found.or(seen > 0 ? satisfied : undecided('no resource has an element that is certainly optional'))
  },
})

const elementsMandatory = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'elements-mandatory',
  states: 'Resources have all mandatory root elements that they have without the parameter.',
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
  states: 'Resources from which the parameter removed elements have the tag SUBSETTED.',
  params: objectParams({ of }, ['of']),
  judge(index, { of }) {
    const found = new Violations()
    let seen = 0
    for (const row of index.rows()) {
      if (!lacksElements(row, of)) continue
      seen += 1
      if (!row.subsetted)
        found.add(row, index, {
          message: 'Resources of type {type} lack elements and do not have the tag SUBSETTED.',
          expected: 'meta.tag SUBSETTED',
          actual: 'no such tag',
        })
    }
    return found.or(seen > 0 ? satisfied : neverArose('no resource lacks elements'))
  },
})

/** Checks on exports that `_elements` narrows. */
export const elementChecks: readonly Check[] = [elementsOnly, elementsApplied, elementsMandatory, subsetted]
