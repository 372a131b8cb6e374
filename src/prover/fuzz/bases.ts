import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const definitions =
  /^(StructureDefinition|ValueSet|CodeSystem|SearchParameter|ConceptMap|CapabilityStatement|OperationDefinition|CompartmentDefinition|NamingSystem)-/

/** HL7's examples of resources as lines; definitions, which are long and much alike, are left out. */
export function examples(longest = 20000): readonly string[] {
  const folder = path.dirname(createRequire(import.meta.url).resolve('hl7.fhir.r4.examples/package.json'))
  return readdirSync(folder)
    .filter((it) => it.endsWith('.json') && /^[A-Z]/.test(it) && !definitions.test(it))
    .map((it) => JSON.stringify(JSON.parse(readFileSync(path.join(folder, it), 'utf8'))))
    .filter((it) => it.length <= longest && it.startsWith('{"resourceType"'))
}

/** Lines of all NDJSON files of a folder. */
export function linesOf(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((it) => it.endsWith('.ndjson'))
    .flatMap((it) => readFileSync(path.join(folder, it), 'utf8').split('\n'))
    .filter((it) => it.startsWith('{"resourceType"'))
}
