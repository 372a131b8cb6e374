import type { ElementDefinition, TypeDefinition } from '../../r4/model.ts'
import { grammarOf } from '../../structure/codes/grammars.ts'
import { codedTypes } from '../../structure/judge-members.ts'
import { uriRuleOf } from '../../structure/uri-rules.ts'
import * as at from '../core/layout.ts'

/** One name that an object can have, with the prover's rules for it. These rules distinguish the shapes of a type. */
export interface ShapeProperty {
  readonly name: string
  /** `_x` of a primitive element. */
  readonly shadow: boolean
  readonly element: ElementDefinition
  readonly position: number
  kind: number
  /** Name of the shape of its objects. */
  shape?: string
  /** Codes that it may have, and which of them are noted. */
  codes?: readonly string[]
  noted?: readonly string[]
  note?: number
  needed: boolean
  role: number
  compartment: number
}

/** A rule on which elements an object has, by their names and those of its choices. */
export interface ShapeRule {
  readonly kind: number
  readonly one: readonly string[]
  readonly other: readonly string[]
  readonly oneNotes?: number
  readonly otherNotes?: number
}

/** A type or a variant of one, with the prover's rules for its objects. */
export class TypeShape {
  readonly name: string
  readonly type: TypeDefinition
  readonly properties: readonly ShapeProperty[]
  readonly rules: ShapeRule[] = []
  /** Whether its objects are never proven. */
  unproven = false

  constructor(name: string, type: TypeDefinition, properties: readonly ShapeProperty[]) {
    this.name = name
    this.type = type
    this.properties = properties
  }

  /** The property of a name; there is one. */
  property(name: string): ShapeProperty {
    const found = this.properties.find((it) => it.name === name && !it.shadow)
    if (!found) throw new Error(`${this.name} has no element ${name}.`)
    return found
  }

  /** If one of the first is present, one of the others is. */
  requires(name: string, ...others: readonly string[]): void {
    this.rules.push({ kind: at.requires, one: [name], other: others })
  }

  /** Not both are present. */
  excludes(name: string, ...others: readonly string[]): void {
    this.rules.push({ kind: at.excludes, one: [name], other: others })
  }

  /** Either one of the first or one of the others is present. */
  exactlyOne(name: string, ...others: readonly string[]): void {
    this.rules.push({ kind: at.exactlyOne, one: [name], other: others })
  }

  /** At least one of them is present. */
  oneOf(...names: readonly string[]): void {
    this.rules.push({ kind: at.exactlyOne, one: names, other: [] })
  }

  /** Both are present, or neither. */
  together(a: string, b: string): void {
    this.requires(a, b)
    this.requires(b, a)
  }

  /** An object with one of them is not proven. */
  leave(...names: readonly string[]): void {
    this.rules.push({ kind: at.requires, one: names, other: [] })
  }

  /** The first of two dateTimes is not later than the second. */
  inOrder(first: string, second: string): void {
    this.property(first).role = at.roleStart
    this.property(second).role = at.roleEnd
    // Extensions instead of values cannot be compared, and were not kept.
    this.rules.push({ kind: at.inOrder, one: [first], other: [second] })
    this.withoutExtensions(first)
    this.withoutExtensions(second)
  }

  /** The value of a primitive element is one of these, or absent. */
  list(name: string, codes: readonly string[]): void {
    this.keepIfCoded(name)
    Object.assign(this.property(name), { kind: at.kindListed, codes })
    this.withoutExtensions(name)
  }

  /** Keeps the value of a system or code whose kind does not, for the rule that connects the two. */
  keepIfCoded(name: string): void {
    const property = this.property(name)
    if (property.kind === at.kindSystem) property.role = at.roleStart
    else if (property.kind === at.kindCodeOfSystem) property.role = at.roleEnd
  }

  /** A primitive element is not proven where it has extensions, which may stand for its value. */
  withoutExtensions(name: string): void {
    for (const it of this.properties) if (it.shadow && it.element.name === name) it.kind = at.kindUnproven
  }
}

const kinds: Readonly<Record<string, number>> = {
  string: at.kindText,
  markdown: at.kindText,
  code: at.kindCode,
  uri: at.kindUri,
  url: at.kindUri,
  canonical: at.kindUri,
  id: at.kindId,
  date: at.kindDate,
  dateTime: at.kindDateTime,
  instant: at.kindInstant,
  time: at.kindTime,
  base64Binary: at.kindBase64,
  xhtml: at.kindXhtml,
  boolean: at.kindBoolean,
  decimal: at.kindDecimal,
  integer: at.kindInteger,
  positiveInt: at.kindPositive,
  unsignedInt: at.kindUnsigned,
  // Very rare.
  oid: at.kindUnproven,
  uuid: at.kindUnproven,
}

/** Whether it holds values and no objects. */
export function isPrimitive({ element, shadow }: ShapeProperty): boolean {
  return !shadow && kinds[element.type] !== undefined
}

/** A type as its definition has it, without rules. */
export function typeShape(type: TypeDefinition, codes: readonly (readonly string[])[]): TypeShape {
  const properties = type.elements.flatMap((element, position) => {
    const value = propertyOf(type, element, { position, codes })
    if (value.kind === at.kindObject || kinds[element.type] === undefined || element.bare) return [value]
    const shadow: ShapeProperty = {
      name: `_${element.name}`,
      shadow: true,
      element,
      position,
      kind: element.valueSet !== undefined && element.min > 0 ? at.kindUnproven : at.kindObject,
      shape: 'Element',
      needed: value.needed,
      role: 0,
      compartment: 0,
    }
    return [value, shadow]
  })
  const shape = new TypeShape(type.name, type, properties)
  if (!codedTypes.includes(type.name)) return shape
  shape.rules.push({ kind: at.ofSystem, one: ['system'], other: ['code'] })
  for (const it of ['system', 'code']) shape.withoutExtensions(it)
  return shape
}

function propertyOf(
  type: TypeDefinition,
  element: ElementDefinition,
  { position, codes }: { position: number; codes: readonly (readonly string[])[] },
): ShapeProperty {
  const kind = specialKind(type, element) ?? kinds[element.type] ?? at.kindObject
  const listed = element.codes === undefined ? undefined : codes[element.codes]
  const isPrimitive = kinds[element.type] !== undefined
  return {
    name: element.name,
    shadow: false,
    element,
    position,
    kind: listed && isPrimitive ? at.kindListed : kind,
    ...(isPrimitive || kind === at.kindContained ? {} : { shape: element.type }),
    ...(listed ? { codes: listed } : {}),
    needed: element.min > 0 && element.choice === undefined,
    role: roleOf(type, element),
    compartment: 0,
  }
}

function specialKind(type: TypeDefinition, element: ElementDefinition): number | undefined {
  const { name, type: of } = element
  // A URI has no spaces either.
  if (type.kind !== 'resource' && name === 'id') return at.kindUri
  if (of === 'Resource') return name === 'contained' ? at.kindContained : at.kindUnproven
  if (type.kind === 'resource' && name === 'meta') return at.kindMeta
  if (type.name === 'Meta' && name === 'lastUpdated') return at.kindLastUpdated
  if (type.name === 'Reference' && name === 'reference') return at.kindReference
  if (type.name === 'Reference' && name === 'type') return at.kindReferenceType
  return uriKind(type, element) ?? grammarKind(type, element)
}

function uriKind({ name }: TypeDefinition, element: ElementDefinition): number | undefined {
  const rule = uriRuleOf(name, element)
  if (rule === 'extension') return at.kindExtensionUrl
  if (rule === 'system' && codedTypes.includes(name)) return at.kindSystem
  if (element.name === 'code' && codedTypes.includes(name)) return at.kindCodeOfSystem
  return rule === 'absolute' || rule === 'system' ? at.kindAbsoluteUri : undefined
}

function grammarKind({ name }: TypeDefinition, element: ElementDefinition): number | undefined {
  if (grammarOf(`${name}.${element.name}`, element.valueSet) === undefined) return undefined
  return element.valueSet?.endsWith('/all-languages') ? at.kindLanguage : at.kindMime
}

function roleOf(type: TypeDefinition, { name }: ElementDefinition): number {
  if (name === 'id') return type.kind === 'resource' ? at.roleResourceId : at.roleElementId
  return type.name === 'Meta' && name === 'tag' ? at.roleMetaTag : 0
}
