import type { Codes, CodesOf } from './codes.ts'
import { isIn } from './match.ts'
import type { Profile, Test } from './node.ts'
import { testsOf } from './slicing.ts'
import { type Branch, valueOf } from './snapshot.ts'
import type { Json } from './match.ts'

/** Something by which a profile tells its resources from others of their type: one item of an element that passes all tests. */
export interface Sign {
  readonly element: string
  readonly tests: readonly Test[]
}

/**
 * What a profile says of the resources that it is about: the `code` that it asks for or, where it leaves that open, the values that other
 * elements must have.
 */
export function signsOf(tree: Branch, codesOf: CodesOf): readonly Sign[] {
  const code = tree.children.get('code')
  const byCode = code ? signsOfCode(code, codesOf) : []
  if (byCode.length > 0) return byCode
  return [...tree.children.values()].flatMap((it) => {
    const value = it.element.min ? signsOfValue(it) : []
    return [...value, ...signsOfSlices(it, { element: it.name, steps: [] }, codesOf)]
  })
}

function signsOfCode(code: Branch, codesOf: CodesOf): readonly Sign[] {
  const value = signsOfValue(code)
  if (value.length > 0) return value
  const coding = code.children.get('coding')
  const slices = coding ? signsOfSlices(coding, { element: 'code', steps: ['coding'] }, codesOf) : []
  if (slices.length > 0) return slices
  const { strength, valueSet } = code.element.binding ?? {}
  if (!valueSet || strength === 'example' || strength === 'preferred') return []
  const codes = codesOf(valueSet)
  if (typeof codes === 'string' || !isListed(codes)) return []
  return [{ element: 'code', tests: [{ kind: 'codes', steps: [], codes }] }]
}

function isListed({ open, bare }: Codes): boolean {
  return open.size === 0 && !bare
}

function signsOfValue({ element, name }: Branch): readonly Sign[] {
  const fixed = valueOf(element, 'fixed')
  const pattern = valueOf(element, 'pattern')
  if (!fixed && !pattern) return []
  return [{ element: name, tests: [{ kind: 'value', steps: [], node: { fixed, pattern } }] }]
}

function signsOfSlices(
  sliced: Branch,
  { element, steps }: { readonly element: string; readonly steps: readonly string[] },
  codesOf: CodesOf,
): readonly Sign[] {
  if (sliced.choice || element === 'extension') return []
  return sliced.slices.flatMap((slice): readonly Sign[] => {
    const tests = slice.element.min ? testsOf(slice, sliced, codesOf) : ''
    if (typeof tests === 'string' || tests.some(({ kind }) => kind === 'type')) return []
    return [{ element, tests: tests.map((it) => below(it, steps)) }]
  })
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

/** The profiles that a resource is judged against though it claims none: those it is about, and of profiles derived from each other the last. */
export function chosen(candidates: readonly Candidate[], resource: Json): readonly Profile[] {
  const fit = candidates.filter(({ sole, signs }) => sole || (signs.length > 0 && signs.every((it) => shows(resource, it))))
  return fit
    .filter(({ profile }) => !fit.some(({ ancestors }) => ancestors.has(profile.url)))
    .map(({ profile }) => profile)
}

function shows(resource: Json, { element, tests }: Sign): boolean {
  const value = resource[element]
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  return items.some((it) => it !== undefined && isIn(tests, it, undefined) === 'yes')
}
