import type { R4Model } from '../../r4/model.ts'
import { codeSystems, namedSystems } from '../../r4/code-systems.ts'
import * as at from '../core/layout.ts'
import { grammarSystems } from '../../structure/codes/code-of-system.ts'
import { basicXhtmlElements, htmlAttributes } from '../../structure/xhtml.ts'
import { ImageWriter, namesTable, table, writeName } from './image-writer.ts'
import { isPrimitive, type ShapeProperty, type TypeShape, type ShapeRule } from './type-shape.ts'
import { containedMetaVariant, type TypeShapes } from './type-shapes.ts'

/** The prover's tables as bytes of its memory from `image` on, and the row of each resource type. */
export interface TableImage {
  readonly bytes: Uint8Array
  /** In the order of `R4Model.resources`. */
  readonly types: readonly number[]
}

/** Lays out shapes as tables. */
export function compileImage(model: R4Model, shapes: TypeShapes): TableImage {
  const writer = new ImageWriter()
  writer.text(at.divTag, '<div')
  writer.text(at.xmlnsName, 'xmlns')
  writer.text(at.xhtmlNamespace, 'http://www.w3.org/1999/xhtml')
  writer.text(at.historyPart, '/_history/')
  writer.text(at.resourceTypeKey, 'resourceType"')
  for (const shape of shapes.all()) writer.types.set(shape.name, writer.room(at.typeRow))
  const numbers = new Map(model.resources.map((name, number) => [name, number]))
  for (const shape of shapes.all()) writeType(writer, shape, numbers)
  const names = model.resources.map((name) => ({ name, detail: writer.typeOf(name), notes: 0 }))
  writer.put(at.resourceNames, namesTable(writer, names))
  writer.put(
    at.htmlNames,
    namesTable(
      writer,
      [...basicXhtmlElements].map((name) => ({ name, detail: 0, notes: 0 })),
    ),
  )
  writer.put(
    at.htmlAttributeNames,
    namesTable(
      writer,
      [...htmlAttributes].map((name) => ({ name, detail: 0, notes: 0 })),
    ),
  )
  const systems = Object.entries(codeSystems()).map(([name, codes]) => ({
    name,
    detail: namesTable(
      writer,
      codes.map((code) => ({ name: code, detail: 0, notes: 0 })),
    ),
    notes: 0,
  }))
  const undecided = grammarSystems.filter((it) => !systems.some(({ name }) => name === it))
  const none = namesTable(writer, [])
  const rows = [
    ...systems,
    ...undecided.map((name) => ({ name, detail: none, notes: 0 })),
    ...namedSystems().map((name, number) => ({ name, detail: 0, notes: number + 1 })),
  ]
  writer.put(at.codeSystemNames, namesTable(writer, rows))
  writer.put(at.patientType, writer.typeOf('Patient'))
  writer.put(at.plainMeta, writer.typeOf(`Meta (${containedMetaVariant})`))
  return { bytes: writer.image(), types: model.resources.map((name) => writer.typeOf(name)) }
}

/** Which bit each element has, choices counting as one. */
class PropertyBits {
  readonly #bits = new Map<string, number>()

  constructor({ name, type }: TypeShape) {
    for (const element of type.elements) {
      const key = element.choice === undefined ? element.name : type.choices[element.choice]?.name
      if (key !== undefined && !this.#bits.has(key)) this.#bits.set(key, this.#bits.size)
    }
    if (type.kind !== 'resource' && this.#bits.get('id') !== 0)
      throw new Error(`${name} does not begin with id.`)
    if (type.kind === 'resource') this.#bits.set('resourceType', this.#bits.size)
    if (this.#bits.size > 64) throw new Error(`${name} has more than 64 elements.`)
  }

  /** Two words with the bits of these elements. */
  of(names: readonly string[]): readonly [number, number] {
    let low = 0
    let high = 0
    for (const name of names) {
      const bit = this.#bits.get(name)
      if (bit === undefined) throw new Error(`A rule names ${name}, which is not an element.`)
      if (bit < 32) low |= 1 << bit
      else high |= 1 << (bit - 32)
    }
    return [low, high]
  }
}

function writeType(writer: ImageWriter, shape: TypeShape, numbers: ReadonlyMap<string, number>): void {
  const { type } = shape
  const row = writer.typeOf(shape.name)
  const bits = new PropertyBits(shape)
  const isResource = type.kind === 'resource'
  const rows = shape.properties.map((property) => ({
    name: property.name,
    row: writeProperty(writer, { shape, property, bits, numbers }),
  }))
  if (isResource) rows.unshift({ name: 'resourceType', row: writeTypeName(writer, row, bits) })
  rows.forEach((it, i) => {
    predict(writer, it.row, (rows[i + 1] ?? it).row)
  })
  predict(writer, row, rows[0]?.row ?? 0)
  const needed = [
    ...shape.properties.filter((it) => it.needed && !it.shadow).map((it) => it.name),
    ...type.choices.filter(({ min }) => min > 0).map(({ name }) => name),
    ...(isResource ? ['resourceType'] : []),
  ]
  const [needed0, needed1] = bits.of(needed)
  writer.put(row + at.needed0, needed0)
  writer.put(row + at.needed1, needed1)
  writer.put(row + at.properties, table(writer, rows))
  writer.put(
    row + at.typeFlags,
    (isResource ? 0 : at.isElement) |
      (shape.unproven ? at.isUnproven : 0) |
      (type.name === 'Element' ? at.isExtensions : 0),
  )
  writer.put(row + at.typeNumber, numbers.get(type.name) ?? -1)
  writer.put(row + at.typeNameAt, writer.string(`${type.name}"`))
  writer.put(row + at.typeNameLength, type.name.length)
  writeRules(writer, row, { rules: shape.rules, bits })
}

function predict(writer: ImageWriter, row: number, next: number): void {
  writer.put(row + at.nextProperty, next)
  writer.put(row + at.nextPropertyToo, next)
}

function writeTypeName(writer: ImageWriter, type: number, bits: PropertyBits): number {
  const row = writer.room(at.propertyRow)
  const [bit0, bit1] = bits.of(['resourceType'])
  writeName(writer, row, 'resourceType')
  writer.put(row + at.kind, at.kindTypeName)
  writer.put(row + at.detail, type)
  writer.put(row + at.bit0, bit0)
  writer.put(row + at.bit1, bit1)
  writer.put(row + at.position, -1)
  return row
}

interface PropertyPlace {
  readonly shape: TypeShape
  readonly property: ShapeProperty
  readonly bits: PropertyBits
  readonly numbers: ReadonlyMap<string, number>
}

function writeProperty(writer: ImageWriter, { shape, property, bits, numbers }: PropertyPlace): number {
  const { element } = property
  const row = writer.room(at.propertyRow)
  const choice = element.choice === undefined ? undefined : shape.type.choices[element.choice]?.name
  const [bit0, bit1] = bits.of([choice ?? element.name])
  writeName(writer, row, property.name)
  const { kind, detail } = kindOf(writer, property)
  const isPaired = element.array && (property.shadow || isPrimitive(property))
  writer.put(row + at.kind, kind)
  writer.put(row + at.detail, detail)
  writer.put(
    row + at.propertyFlags,
    (element.array ? at.isArray : 0) |
      (property.shadow ? at.isShadow : 0) |
      (choice === undefined ? 0 : at.isChoice) |
      (isPaired ? at.isPaired : 0) |
      (property.role === 0 ? 0 : at.hasRole),
  )
  writer.put(row + at.bit0, bit0)
  writer.put(row + at.bit1, bit1)
  writer.put(row + at.position, property.position)
  writer.put(row + at.role, property.role)
  writer.put(row + at.least, property.shadow ? 0 : element.min)
  writer.put(row + at.most, element.max ?? 0)
  writer.put(row + at.targets, targetsOf(writer, element.targets, numbers))
  writer.put(row + at.compartment, property.compartment)
  return row
}

function kindOf(writer: ImageWriter, property: ShapeProperty): { kind: number; detail: number } {
  const { kind, shape, codes, noted, note } = property
  if (kind === at.kindListed && codes) {
    const make = () =>
      namesTable(
        writer,
        codes.map((name) => ({ name, detail: 0, notes: noted?.includes(name) ? (note ?? 0) : 0 })),
      )
    return { kind, detail: writer.once(JSON.stringify([codes, noted, note]), make) }
  }
  if (kind !== at.kindObject && kind !== at.kindMeta)
    return { kind, detail: property.role === at.roleNote ? (note ?? 0) : 0 }
  return { kind, detail: writer.typeOf(shape ?? '') }
}

function targetsOf(
  writer: ImageWriter,
  targets: readonly string[] | undefined,
  numbers: ReadonlyMap<string, number>,
): number {
  if (targets === undefined) return 0
  return writer.once(`targets ${targets.join(' ')}`, () => {
    const words = new Int32Array(Math.ceil(numbers.size / 32))
    for (const name of targets) {
      const number = numbers.get(name) ?? -1
      if (number >= 0) words[number >> 5] = (words[number >> 5] ?? 0) | (1 << (number & 31))
    }
    const address = writer.room(words.byteLength)
    words.forEach((word, i) => {
      writer.put(address + i * 4, word)
    })
    return address
  })
}

function writeRules(
  writer: ImageWriter,
  type: number,
  { rules, bits }: { rules: readonly ShapeRule[]; bits: PropertyBits },
): void {
  const start = writer.room(rules.length * at.ruleRow)
  rules.forEach((rule, i) => {
    const row = start + i * at.ruleRow
    const [one0, one1] = bits.of(rule.one)
    const [other0, other1] = bits.of(rule.other)
    writer.put(row + at.ruleKind, rule.kind)
    writer.put(row + at.one0, one0)
    writer.put(row + at.one1, one1)
    writer.put(row + at.oneNotes, rule.oneNotes ?? 0)
    writer.put(row + at.other0, other0)
    writer.put(row + at.other1, other1)
    writer.put(row + at.otherNotes, rule.otherNotes ?? 0)
  })
  writer.put(type + at.rules, start)
  writer.put(type + at.rulesEnd, start + rules.length * at.ruleRow)
}
