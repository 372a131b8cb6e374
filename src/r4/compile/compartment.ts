import type { R4CompartmentDefinition, R4SearchParameter } from './package.ts'

/**
 * Paths of the references by which the Patient compartment takes resources in, by type: its search parameters' expressions. Throws on an expression
 * that is more than a path, for then the path alone would not say the same.
 */
export function compileCompartment(
  compartments: readonly R4CompartmentDefinition[],
  parameters: readonly R4SearchParameter[],
): ReadonlyMap<string, readonly string[]> {
  const patient = compartments.find((it) => it.url === 'http://hl7.org/fhir/CompartmentDefinition/patient')
  if (!patient) throw new Error('The package does not define the Patient compartment.')
  return new Map(
    patient.resource
      .filter((it) => it.param)
      .map(({ code, param = [] }) => [
        code,
        [...new Set(param.flatMap((it) => pathsOf(code, it, parameters)))],
      ]),
  )
}

function pathsOf(type: string, code: string, parameters: readonly R4SearchParameter[]): readonly string[] {
  const found = parameters.filter(
    (it) =>
      it.code === code &&
      it.base?.includes(type) &&
      it.url.startsWith('http://hl7.org/fhir/SearchParameter/'),
  )
  const branches = found
    .flatMap((it) => (it.expression ?? '').split(' | '))
    .map((it) => it.trim())
    .filter((it) => it.startsWith(`${type}.`))
  if (!branches.length) throw new Error(`No search parameter ${code} of ${type}.`)
  return branches.flatMap((branch) => {
    const [, path, target] = /^\w+\.([\w.]+?)(?:\.where\(resolve\(\) is (\w+)\))?$/.exec(branch) ?? []
    if (!path) throw new Error(`The expression of ${code} of ${type} is not a path.`)
    return target && target !== 'Patient' ? [] : [path]
  })
}
