import type { ElementDefinition, Invariant, R4Model, TypeDefinition } from '../r4/model.ts'
import { type Rule, ruleOf } from './invariants/index.ts'
import { formOf } from './primitives.ts'

/** A kind of object, prepared for judging: everything that can be asked of a name is one look-up away. */
export interface Kind {
  readonly name: string
  readonly resource: boolean
  readonly reference: boolean
  /** Whether it is what `_x` holds. */
  readonly shadow: boolean
  /** By every name that may stand in JSON, `_x` and `resourceType` included. */
  readonly properties: Map<string, Property>
  /** Bits of what must be there. */
  needed: number
  /** What each bit that must be there stands for. */
  readonly needs: { readonly bit: number; readonly name: string }[]
  readonly rules: Bound[]
  /** What came first the last time. */
  next: Property | undefined
}

/** One name that may stand in an object. */
export interface Property {
  /** As in JSON. */
  readonly key: string
  /** Without the underscore. */
  readonly name: string
  /** Whether it is the `_x` of a primitive element. */
  readonly shadow: boolean
  /** The name of the other of the two. */
  readonly sibling: string
  readonly array: boolean
  readonly max: number
  /** 0 if neither it nor its choice must be there and it is no choice. */
  readonly bit: number
  readonly choice: boolean
  /** A form of primitive values, `anyResource`, `typeName`, or 0 for an object of `kind`. */
  readonly form: number
  readonly kind: Kind | undefined
  /** The only codes that may stand there. */
  readonly codes: ReadonlySet<string> | undefined
  /** The system that they are of, where one can be said. */
  readonly system: string | undefined
  readonly valueSet: string | undefined
  readonly targets: ReadonlySet<string> | undefined
  readonly rules: readonly Bound[]
  /** What came after it the last time, and is looked for first the next time: names mostly come in one order. */
  next: Property | undefined
  /** The URI that it had when one was last found in form: systems and URLs of extensions are mostly the same again. */
  last: string | undefined
}

/** An invariant and the function that judges it. */
export interface Bound {
  readonly invariant: Invariant
  readonly rule: Rule
  /** The primitive element that has the invariant: the function is given the object around it. */
  readonly element?: string
}

/** Form of an element in which a resource of any type may stand. */
export const anyResource = -1
/** Form of `resourceType`. */
export const typeName = -2

/** All kinds of objects of a model. */
export interface Kinds {
  readonly byName: ReadonlyMap<string, Kind>
  readonly resources: ReadonlySet<string>
  /** Whether a name may be printed: some definition has it. */
  readonly known: ReadonlySet<string>
}

/** Prepares a model for judging. */
export function kindsOf(model: R4Model): Kinds {
  const codes = model.codes.map((it) => new Set(it))
  const byName = new Map<string, Kind>()
  const known = new Set(['resourceType'])
  for (const type of Object.values(model.types)) byName.set(type.name, emptyKind(type))
  for (const type of Object.values(model.types)) {
    const kind = byName.get(type.name)
    if (!kind) continue
    const bits = new Bits(kind)
    const choiceBits = type.choices.map(({ name, min }) => bits.next(min > 0 ? `${name}[x]` : undefined))
    for (const it of type.elements) {
      known.add(it.name)
      const bit = it.choice === undefined ? it.min > 0 && bits.next(it.name) : choiceBits[it.choice]
      addProperties(kind, it, { bit: bit || 0, byName, codes })
    }
  }
  return { byName, resources: new Set(model.resources), known }
}

class Bits {
  readonly #kind: Kind
  #used = 0
  constructor(kind: Kind) {
    this.#kind = kind
  }
  next(needed: string | undefined): number {
    if (this.#used === 31)
      throw new Error(`${this.#kind.name} has more than 31 elements that must be told apart`)
    const bit = 1 << this.#used++
    if (needed !== undefined) {
      this.#kind.needed |= bit
      this.#kind.needs.push({ bit, name: needed })
    }
    return bit
  }
}

function emptyKind({ name, kind, invariants }: TypeDefinition): Kind {
  const resource = kind === 'resource'
  const made: Kind = {
    name,
    resource,
    reference: name === 'Reference',
    shadow: name === 'Element',
    properties: new Map(),
    needed: 0,
    needs: [],
    rules: [...bound(name, invariants)],
    next: undefined,
  }
  if (resource) made.properties.set('resourceType', plain('resourceType', typeName))
  return made
}

function bound(on: string, invariants: readonly Invariant[] | undefined): readonly Bound[] {
  const all: Bound[] = []
  for (const invariant of invariants ?? []) {
    const rule = ruleOf(invariant.key, on)
    if (rule) all.push({ invariant, rule })
  }
  return all
}

interface Making {
  readonly bit: number
  readonly byName: ReadonlyMap<string, Kind>
  readonly codes: readonly ReadonlySet<string>[]
}

function addProperties(kind: Kind, element: ElementDefinition, { bit, byName, codes }: Making): void {
  const form = element.type === 'Resource' ? anyResource : formOf(element.type)
  const rules = bound(`${kind.name}.${element.name}`, element.invariants)
  const property: Property = {
    ...plain(element.name, form),
    sibling: `_${element.name}`,
    array: element.array,
    max: element.max ?? Number.POSITIVE_INFINITY,
    bit,
    choice: element.choice !== undefined,
    kind: form === 0 ? byName.get(element.type) : undefined,
    codes: element.codes === undefined ? undefined : codes[element.codes],
    system: element.system,
    valueSet: element.valueSet,
    targets: element.targets && new Set(element.targets),
    rules: form > 0 ? [] : rules,
  }
  if (form > 0) kind.rules.push(...rules.map((it) => ({ ...it, element: element.name })))
  if (form === 0 && !property.kind)
    throw new Error(`${kind.name}.${element.name} is of a type that is not there`)
  kind.properties.set(element.name, property)
  if (form <= 0 || element.bare) return
  kind.properties.set(`_${element.name}`, {
    ...plain(element.name, 0),
    key: `_${element.name}`,
    shadow: true,
    sibling: element.name,
    array: element.array,
    max: property.max,
    bit,
    choice: property.choice,
    kind: byName.get('Element'),
  })
}

function plain(name: string, form: number): Property {
  return {
    key: name,
    name,
    shadow: false,
    sibling: '',
    array: false,
    max: 1,
    bit: 0,
    choice: false,
    form,
    kind: undefined,
    codes: undefined,
    system: undefined,
    valueSet: undefined,
    targets: undefined,
    rules: [],
    next: undefined,
    last: undefined,
  }
}
