import { bundleInvariants, clinicalInvariants } from './clinical.ts'
import { dataTypeInvariants, elementInvariantRules } from './data-types.ts'
import { definitionalInvariants, testingInvariants } from './definitional.ts'
import type { InvariantRule } from './rule.ts'

const allRules: Readonly<Record<string, InvariantRule>> = {
  ...dataTypeInvariants,
  ...elementInvariantRules,
  ...clinicalInvariants,
  ...bundleInvariants,
  ...definitionalInvariants,
  ...testingInvariants,
}

/** The rule for an invariant of a type, or of an element by its path; `undefined` if there is none. */
export function invariantRule(key: string, on: string): InvariantRule | undefined {
  // Three types each have another invariant with the key inv-1.
  return allRules[`${on} ${key}`] ?? allRules[key]
}

/** Invariants that the walk itself judges; it reports dom-2 as the rule `contained`. */
export const invariantsOfWalk: readonly string[] = ['ele-1', 'ref-1', 'dom-2', 'dom-3', 'dom-4', 'dom-5']

/** Keys of all judged invariants of severity error. */
export const judgedInvariants: ReadonlySet<string> = new Set([
  ...invariantsOfWalk,
  ...Object.keys(allRules).map((it) => it.slice(it.lastIndexOf(' ') + 1)),
])

/** Invariants of severity error that are not judged, by reason. */
export const unjudgedInvariants: readonly { readonly because: string; readonly keys: readonly string[] }[] = [
  {
    because: 'they apply only to StructureDefinition, which is not patient data',
    keys: `eld-1 eld-2 eld-3 eld-4 eld-5 eld-6 eld-7 eld-8 eld-11 eld-12 eld-13 eld-14 eld-15 eld-16 eld-17 eld-18 eld-19 eld-22
      sdf-1 sdf-2 sdf-3 sdf-4 sdf-5 sdf-6 sdf-8 sdf-8a sdf-8b sdf-9 sdf-10 sdf-11 sdf-14 sdf-15 sdf-15a sdf-16 sdf-17 sdf-18 sdf-19
      sdf-20 sdf-21 sdf-22 sdf-23`.split(/\s+/),
  },
  { because: 'needs the resources that references lead to', keys: ['ctm-1'] },
  {
    because: 'compare with a placeholder instead of a code system',
    keys: ['ppc-2', 'ppc-3', 'ppc-4', 'ppc-5'],
  },
]
