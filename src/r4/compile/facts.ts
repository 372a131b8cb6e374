import type { R4Facts } from '../facts.ts'
import type { TypeDefinition } from '../model.ts'
import type { R4CodeSystem } from './package.ts'

/** What is needed of R4's definitions without its whole model. */
export function compileFacts(
  resourceTypes: readonly string[],
  types: readonly TypeDefinition[],
  codeSystems: readonly R4CodeSystem[],
): R4Facts {
  const mandatory = types
    .filter((it) => resourceTypes.includes(it.name))
    .map((it) => [it.name, mandatoryOf(it)] as const)
    .filter(([, elements]) => elements.length > 0)
  return {
    resourceTypes,
    mandatory: Object.fromEntries(mandatory),
    issueSeverities: codesOf('issue-severity', codeSystems),
    issueCodes: codesOf('issue-type', codeSystems),
  }
}

function mandatoryOf({ elements, choices }: TypeDefinition): R4Facts['mandatory'][string] {
  const single = elements.filter((it) => it.min > 0).map(({ name }) => ({ name, jsonNames: [name] }))
  const ofChoices = choices.flatMap(({ name, min }, at) =>
    min > 0
      ? [
          {
            name: `${name}[x]`,
            jsonNames: elements.filter((it) => it.choice === at).map((it) => it.name),
          },
        ]
      : [],
  )
  return [...single, ...ofChoices]
}

function codesOf(name: string, all: readonly R4CodeSystem[]): readonly string[] {
  const found = all.find((it) => it.url === `http://hl7.org/fhir/${name}`)
  if (!found?.concept) throw new Error(`The package does not define the codes of ${name}.`)
  const flat = (list: NonNullable<R4CodeSystem['concept']>): readonly string[] =>
    list.flatMap((it) => [it.code, ...flat(it.concept ?? [])])
  return flat(found.concept)
}
