import { r4Model } from '../../r4/load.ts'
import type { ElementDefinition } from '../../r4/model.ts'
import type { Node } from './sites.ts'

const ucum = 'http://unitsofmeasure.org'

const primitives: Readonly<Record<string, unknown>> = {
  boolean: true,
  integer: 1,
  positiveInt: 1,
  unsignedInt: 1,
  decimal: 1,
  string: 'x',
  markdown: 'x',
  code: 'x',
  id: 'x',
  uri: 'http://example.org/x',
  url: 'http://example.org/x',
  canonical: 'http://example.org/x',
  oid: 'urn:oid:1.2.3',
  uuid: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
  date: '2020-01-01',
  dateTime: '2020-01-01',
  instant: '2020-01-01T00:00:00Z',
  time: '12:00:00',
  base64Binary: 'eA==',
  xhtml: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
}

const complex: Readonly<Record<string, Node>> = {
  Age: { value: 1, system: ucum, code: 'a' },
  Attachment: { title: 'x' },
  CodeableConcept: { text: 'x' },
  Count: { value: 1, system: ucum, code: '1' },
  Distance: { value: 1, system: ucum, code: 'm' },
  Duration: { value: 1, system: ucum, code: 'd' },
  Element: { extension: [{ url: 'http://example.org/x', valueString: 'x' }] },
  Expression: { language: 'text/fhirpath', expression: 'true' },
  Extension: { url: 'http://example.org/x', valueString: 'x' },
  Period: { start: '2020-01-01' },
  Quantity: { value: 1, unit: 'x', system: ucum, code: '1' },
  Ratio: { numerator: { value: 1 }, denominator: { value: 2 } },
  Resource: { resourceType: 'Basic', code: { text: 'x' } },
}

/** A small value of an element, alone: no array around it. */
export function minimal(element: ElementDefinition): unknown {
  const code = element.codes === undefined ? undefined : r4Model().codes[element.codes]?.[0]
  if (element.type === 'Reference') return { reference: `${element.targets?.[0] ?? 'Patient'}/1` }
  if (code !== undefined && element.type === 'CodeableConcept') return { coding: [{ code }] }
  if (code !== undefined && element.type in primitives) return code
  return primitives[element.type] ?? minimalOf(element.type)
}

/** A small object of a type: what must be there, or else one element that may. */
export function minimalOf(name: string): Node {
  const known = complex[name]
  if (known) return structuredClone(known)
  const type = r4Model().types[name]
  if (!type) throw new Error(`No type ${name}.`)
  const node: Node = type.kind === 'resource' ? { resourceType: name } : {}
  const chosen = new Set<number>()
  for (const it of type.elements) {
    const { choice } = it
    const needed =
      choice === undefined ? it.min > 0 : (type.choices[choice]?.min ?? 0) > 0 && !chosen.has(choice)
    if (!needed) continue
    if (choice !== undefined) chosen.add(choice)
    put(node, it)
  }
  const first = type.elements.find((it) => !['id', 'extension', 'modifierExtension'].includes(it.name))
  if (Object.keys(node).length === 0 && first) put(node, first)
  return node
}

/** Puts a small value of an element into an object. */
export function put(node: Node, element: ElementDefinition): void {
  const value = minimal(element)
  node[element.name] = element.array ? [value] : value
}
