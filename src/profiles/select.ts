import type { Codes, CodesOf } from './codes.ts'
import { bare } from './definitions.ts'
import { isIn, type Json } from './match.ts'
import type { Profile, Test } from './node.ts'
import { testsOf } from './slicing.ts'
import { type Branch, definedValue } from './snapshot.ts'

/** How much a sign says: what an element may have, what it must have, and what the resource is about. */
export const weights = { optional: 1, required: 2, code: 3 } as const

/** Something by which a profile tells its resources from others of their type: an element that has an item which passes all tests of one list. */
export interface Sign {
  readonly element: string
  readonly weight: number
  readonly anyOf: readonly (readonly Test[])[]
}

/**
 * What a profile says of the resources that it is about: the `code` that it asks for or, where it leaves that open, the values that other
 * elements must have. A string says why that cannot be known.
 */
export function signsOf(tree: Branch, codesOf: CodesOf): readonly Sign[] | string {
  const code = tree.children.get('code')
  const byCode = code ? signsOfCode(code, codesOf) : []
  if (typeof byCode === 'string' || byCode.length > 0) return byCode
  return [...tree.children.values()].flatMap((it) => {
    const place = { element: it.name, steps: [] }
    const signs = [...(it.element.min ? signsOfValue(it) : []), ...signsOfSlices(it, place, codesOf)]
    return signs.length > 0 ? signs : signsOfOptionalSlices(it, codesOf)
  })
}

function signsOfCode(code: Branch, codesOf: CodesOf): readonly Sign[] | string {
  const value = signsOfValue(code)
  if (value.length > 0) return value
  const coding = code.children.get('coding')
  const slices = coding ? signsOfSlices(coding, { element: 'code', steps: ['coding'] }, codesOf) : []
  if (slices.length > 0) return slices
  const { strength, valueSet } = code.element.binding ?? {}
  if (!valueSet || strength === 'example') return []
  const codes = codesOf(valueSet)
  if (typeof codes !== 'string' && codes.others === undefined)
    return isListed(codes) ? signOfCodes(codes) : []
  // FHIR R4's own value sets for code are as wide as the type.
  if (strength === 'preferred' || valueSet.startsWith('http://hl7.org/fhir/ValueSet/')) return []
  const why = typeof codes === 'string' ? codes : codes.others
  return `${bare(valueSet)} would tell which resources it is about, and ${why}`
}

function signOfCodes(codes: Codes): readonly Sign[] {
  return [{ element: 'code', weight: weights.code, anyOf: [[{ kind: 'codes', steps: [], codes }]] }]
}

function isListed({ open, bare }: Codes): boolean {
  return open.size === 0 && !bare
}

function signsOfValue({ element, name }: Branch): readonly Sign[] {
  const fixed = definedValue(element, 'fixed')
  const pattern = definedValue(element, 'pattern')
  if (!fixed && !pattern) return []
  return [
    {
      element: name,
      weight: weightOf(name),
      anyOf: [[{ kind: 'value', steps: [], node: { fixed, pattern } }]],
    },
  ]
}

function signsOfSlices(
  sliced: Branch,
  { element, steps }: { readonly element: string; readonly steps: readonly string[] },
  codesOf: CodesOf,
): readonly Sign[] {
  if (sliced.choice || element === 'extension') return []
  return sliced.slices.flatMap((slice): readonly Sign[] => {
    const tests = slice.element.min ? testsOf(slice, sliced, codesOf) : ''
    if (typeof tests === 'string') return []
    return [{ element, weight: weightOf(element), anyOf: [tests.map((it) => below(it, steps))] }]
  })
}

// An element that must be there, and of whose items each slice is optional: its slices are what the profile has in mind.
function signsOfOptionalSlices(sliced: Branch, codesOf: CodesOf): readonly Sign[] {
  if (sliced.choice || !sliced.element.min || sliced.name === 'extension') return []
  const anyOf = sliced.slices.map((it) => testsOf(it, sliced, codesOf)).filter((it) => typeof it !== 'string')
  return anyOf.length > 0 && anyOf.length === sliced.slices.length
    ? [{ element: sliced.name, weight: weights.optional, anyOf }]
    : []
}

function weightOf(element: string): number {
  return element === 'code' ? weights.code : weights.required
}

function below(test: Test, steps: readonly string[]): Test {
  return test.kind === 'type' ? test : { ...test, steps: [...steps, ...test.steps] }
}

/** A profile that can be chosen for resources that claim none. */
export interface Candidate {
  readonly profile: Profile
  readonly signs: readonly Sign[]
  /** The only profile that the packages have on its type: then it is about all of them. */
  readonly sole: boolean
  /** URLs of the profiles that it is derived from. */
  readonly ancestors: ReadonlySet<string>
}

/**
 * The profiles that a resource is judged against though it claims none: those it is about. Where several are, those of whose signs say most, and
 * of profiles derived from each other the last.
 */
export function chosen(candidates: readonly Candidate[], resource: Json): readonly Profile[] {
  const fit = candidates.filter(
    ({ sole, signs }) => sole || (signs.length > 0 && signs.every((it) => shows(resource, it))),
  )
  const most = Math.max(...fit.map(weightOfAll))
  const best = fit.filter((it) => weightOfAll(it) === most)
  return best
    .filter(({ profile }) => !best.some(({ ancestors }) => ancestors.has(profile.url)))
    .map(({ profile }) => profile)
}

function weightOfAll({ signs }: Candidate): number {
  return Math.max(0, ...signs.map(({ weight }) => weight))
}

function shows(resource: Json, { element, anyOf }: Sign): boolean {
  const value = resource[element]
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  return items.some((it) => it !== undefined && anyOf.some((tests) => isIn(tests, it, undefined) === 'yes'))
}
