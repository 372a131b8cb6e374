import { neverArose } from '../../model/judgement.ts'
import { isAdvice, type ResourceProblem } from '../../model/fhir/resource-problem.ts'
import type { UncheckedCodes } from '../../model/http/exchange.ts'
import { type LinesCheck, linesCheck } from '../check.ts'
import { isResourceType } from '../../r4/facts.ts'
import { noParams } from '../params.ts'
import { eachLineCheck, type LineTally, resourceOn, type FindingText } from './tally.ts'

const validByLine = eachLineCheck<true>({
  name: 'valid-structure',
  states:
    'Every resource is valid FHIR R4: its elements, their types, forms and cardinalities, required bindings and invariants.',
  wants: 'problems',
  params: noParams,
  resources: 'right',
  see(line) {
    const { problems } = line
    // Another check reports lines that are not resources.
    if (problems === undefined || !isResourceType(resourceOn(line)?.resourceType as string)) return 'nothing'
    const broken = problems.filter((it) => !isAdvice(it))
    return broken.length === 0 ? 'right' : broken.map(findingTextOf)
  },
})

/** What was found, and the codes that cannot be checked. */
interface StructureTally extends LineTally {
  unchecked: Map<string, number> | undefined
}

const validStructure = linesCheck<true, StructureTally>({
  ...validByLine,
  empty: (params) => ({ ...validByLine.empty(params), unchecked: undefined }),
  line(to, line, params) {
    validByLine.line(to, line, params)
    addUnchecked(to, line.unchecked)
  },
  resources(to, lines, params) {
    validByLine.resources?.(to, lines, params)
    addUnchecked(to, lines.unchecked)
  },
  merge(to, added) {
    validByLine.merge(to, added)
    addUnchecked(to, added.unchecked)
    return to
  },
})

function addUnchecked(to: StructureTally, added: UncheckedCodes | undefined): void {
  if (!added) return
  to.unchecked ??= new Map()
  for (const [system, times] of added) to.unchecked.set(system, (to.unchecked.get(system) ?? 0) + times)
}

/** The check whose tally `uncheckedCodesIn` reads, and its parameter. */
export const uncheckedCodesCheck = { name: validByLine.name, params: true } as const

/** The codes that cannot be checked without a terminology server, by what the check tallied. */
export function uncheckedCodesIn(tally: unknown): UncheckedCodes | undefined {
  return (tally as StructureTally | undefined)?.unchecked
}

const advisedStructure = eachLineCheck<true>({
  name: 'advised-structure',
  states: 'Every resource is as FHIR R4 recommends: its strings, URIs, codes and arrays.',
  wants: 'problems',
  params: noParams,
  resources: 'right',
  see(line) {
    const { problems } = line
    if (problems === undefined || !isResourceType(resourceOn(line)?.resourceType as string)) return 'nothing'
    const advice = problems.filter(isAdvice)
    return advice.length === 0 ? 'right' : advice.map(findingTextOf)
  },
})

// Many lines have the same problem, so its words are made once.
const findingTexts = new Map<string, (FindingText & { readonly of: ResourceProblem })[]>()
const mostFindingTexts = 1000

/** The words of a problem, the same object for every line that has it. */
function findingTextOf(problem: ResourceProblem): FindingText {
  const { path, rule, expected, actual, profile } = problem
  const known = findingTexts.get(path)
  if (known)
    for (const it of known) {
      const { of } = it
      if (of.rule === rule && of.actual === actual && of.expected === expected && of.profile === profile)
        return it
    }
  // Texts of packages may end with a full stop.
  const plainly = expected.endsWith('.') ? expected.replace(/\.+$/, '') : expected
  const message = `${path} breaks the rule ${rule}${profile ? ` of ${profile}` : ''} (expected: ${plainly}).`
  const made = { message, expected: plainly, actual, expectedInMessage: true, of: problem } as const
  if (known) known.push(made)
  else if (findingTexts.size < mostFindingTexts) findingTexts.set(path, [made])
  return made
}

const conformsToProfiles = eachLineCheck<'claimed' | 'chosen'>({
  name: 'conforms-to-profiles',
  states:
    'Every resource conforms to the profiles of the given FHIR packages that it claims in meta.profile (`claimed`), or that apply to it without a claim (`chosen`).',
  wants: 'profiles',
  params: { enum: ['claimed', 'chosen'], description: 'The profiles to validate against.' },
  nothing: neverArose('no resource was validated against such a profile'),
  // If there are profiles, lines are judged one by one.
  resources: 'nothing',
  see({ profiles }, which) {
    const problems = profiles?.[which]
    if (!problems) return 'nothing'
    if (problems.length > 0) return problems.map(findingTextOf)
    return which === 'claimed' && profiles?.unusable ? 'undecided' : 'right'
  },
  undecided: (lines) =>
    `profiles that ${lines === 1 ? '1 resource claims' : `${lines} resources claim`} need definitions that bulkcheck cannot use`,
})

/** Checks on whether resources are valid FHIR R4 and conform to profiles. */
export const structureChecks: readonly LinesCheck<never, unknown>[] = [
  validStructure as LinesCheck<never, unknown>,
  advisedStructure,
  conformsToProfiles,
]
