import type { SimpleExtension, SnapshotElement, StructureDefinition } from './definitions.ts'

type WrittenType = Omit<NonNullable<SnapshotElement['type']>[number], 'code'> & {
  readonly code?: string
  readonly _code?: { readonly extension?: readonly SimpleExtension[] }
}

const core = 'http://hl7.org/fhir/StructureDefinition/'
const system = 'http://hl7.org/fhirpath/System.'

// The types of XML Schema and of JSON that R4 gives to the values of primitive elements.
const primitives: Readonly<Record<string, string>> = {
  ...{ 'xsd:string': 'string', 'xsd:token': 'code', 'xsd:anyURI': 'uri', 'xsd:anyUri': 'uri' },
  ...{ 'xsd:boolean': 'boolean', 'xsd:int': 'integer', 'xsd:decimal': 'decimal', 'xsd:time': 'time' },
  ...{ 'xsd:base64Binary': 'base64Binary', 'xsd:date': 'date', 'xsd:dateTime': 'dateTime' },
  ...{ 'xsd:positiveInteger': 'positiveInt', 'xsd:nonNegativeInteger': 'unsignedInt', 'xhtml:div': 'xhtml' },
  ...{ string: 'string', boolean: 'boolean', number: 'decimal' },
}

/** A definition whose types all have their code: R4 gives some by an extension, or as a type of FHIRPath. A type without any is left out. */
export function withTypeCodes(definition: StructureDefinition): StructureDefinition {
  const { snapshot } = definition
  if (!snapshot?.element.some(({ type }) => (type ?? []).some(needsCode))) return definition
  const element = snapshot.element.map((it) => {
    if (!(it.type ?? []).some(needsCode)) return it
    const type = (it.type ?? []).flatMap((written) => {
      const code = codeOf(written)
      return code === undefined ? [] : [{ ...written, code }]
    })
    return { ...it, type }
  })
  return { ...definition, snapshot: { element } }
}

function needsCode({ code }: WrittenType): boolean {
  return code === undefined || code.startsWith(system)
}

function codeOf({ code, _code, extension }: WrittenType): string | undefined {
  const said = [...(extension ?? []), ...(_code?.extension ?? [])]
  const named = (name: string): string | undefined => {
    const found = said.find(({ url }) => url === core + name)
    return found && (found.valueUrl ?? found.valueUri ?? found.valueString)
  }
  const ofXml = named('structuredefinition-xml-type')
  const ofJson = named('structuredefinition-json-type')
  const primitive = (name: string | undefined) => (name === undefined ? undefined : primitives[name])
  const plain = code?.slice(system.length)
  return (
    named('structuredefinition-fhir-type') ??
    primitive(ofXml) ??
    primitive(ofJson) ??
    (plain === undefined ? undefined : plain.charAt(0).toLowerCase() + plain.slice(1))
  )
}
