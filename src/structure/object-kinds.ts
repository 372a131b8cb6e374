import type { ElementDefinition, R4Invariant, R4Model, TypeDefinition } from '../r4/model.ts'
import { invariantRule } from './invariants/index.ts'
import { type CodeGrammar, grammarOf } from './codes/grammars.ts'
import { formOf, forms } from './primitives.ts'
import type { InvariantRule } from './invariants/rule.ts'
import { type UriRule, uriRuleOf } from './uri-rules.ts'

/** A kind of object, prepared for judging: everything that can be asked of a name is one look-up away. */
export interface ObjectKind {
  readonly name: string
  readonly resource: boolean
  readonly reference: boolean
  /** Whether it is what `_x` holds. */
  readonly shadow: boolean
  /** By every name that may stand in JSON, `_x` and `resourceType` included. */
  readonly properties: Map<string, ObjectProperty>
  /** Bits of what must be there. */
  needed: number
  /** What each bit that must be there stands for. */
  readonly needs: { readonly bit: number; readonly name: string }[]
  readonly rules: BoundInvariant[]
  /** What came first the last time. */
  next: ObjectProperty | undefined
}

/** One name that may stand in an object. */
export interface ObjectProperty {
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
  readonly kind: ObjectKind | undefined
  /** The only codes that may stand there. */
  readonly codes: ReadonlySet<string> | undefined
  /** The system that they are of, where one can be said. */
  readonly system: string | undefined
  readonly valueSet: string | undefined
  /** The grammar of its codes, where no list has them. */
  readonly grammar: CodeGrammar | undefined
  /** It must be there, and have a code: extensions do not stand for it. */
  readonly needsCode: boolean
  readonly uriRule: UriRule | undefined
  /** It is the id of an element. */
  readonly elementId: boolean
  readonly targets: ReadonlySet<string> | undefined
  readonly rules: readonly BoundInvariant[]
  /** What came after it the last time, and is looked for first the next time: names mostly come in one order. */
  next: ObjectProperty | undefined
  /** The URI that it had when one was last found in form: systems and URLs of extensions are mostly the same again. */
  last: string | undefined
}

/** An invariant and the function that judges it. */
export interface BoundInvariant {
  readonly invariant: R4Invariant
  readonly rule: InvariantRule
  /** The primitive element that has the invariant: the function is given the object around it. */
  readonly element?: string
}

/** Form of an element in which a resource of any type may stand. */
const anyResource = -1
/** Form of `resourceType`. */
export const typeName = -2

/** All kinds of objects of a model. */
export interface ObjectKinds {
  readonly byName: ReadonlyMap<string, ObjectKind>
  readonly resources: ReadonlySet<string>
  /** Whether a name may be printed: some definition has it. */
  readonly known: ReadonlySet<string>
}

/** Prepares a model for judging. */
export function objectKinds(model: R4Model): ObjectKinds {
  const codes = model.codes.map((it) => new Set(it))
  const byName = new Map<string, ObjectKind>()
  const known = new Set(['resourceType'])
  for (const type of Object.values(model.types)) byName.set(type.name, emptyKind(type))
  for (const type of Object.values(model.types)) {
    const kind = byName.get(type.name)
    if (!kind) continue
    const bits = new KindBits(kind)
    const choiceBits = type.choices.map(({ name, min }) => bits.next(min > 0 ? `${name}[x]` : undefined))
    for (const it of type.elements) {
      known.add(it.name)
      const bit = it.choice === undefined ? it.min > 0 && bits.next(it.name) : choiceBits[it.choice]
      addProperties(kind, it, { bit: bit || 0, byName, codes })
    }
  }
  return { byName, resources: new Set(model.resources), known }
}

class KindBits {
  readonly #kind: ObjectKind
  #used = 0
  constructor(kind: ObjectKind) {
    this.#kind = kind
  }
  next(needed: string | undefined): number {
    if (this.#used === 31)
      throw new Error(`${this.#kind.name} has more than 31 elements that must be distinguished`)
    const bit = 1 << this.#used++
    if (needed !== undefined) {
      this.#kind.needed |= bit
      this.#kind.needs.push({ bit, name: needed })
    }
    return bit
  }
}

function emptyKind({ name, kind, invariants }: TypeDefinition): ObjectKind {
  const resource = kind === 'resource'
  const made: ObjectKind = {
    name,
    resource,
    reference: name === 'Reference',
    shadow: name === 'Element',
    properties: new Map(),
    needed: 0,
    needs: [],
    rules: [...bindInvariants(name, invariants)],
    next: undefined,
  }
  if (resource) made.properties.set('resourceType', emptyProperty('resourceType', typeName))
  return made
}

function bindInvariants(
  on: string,
  invariants: readonly R4Invariant[] | undefined,
): readonly BoundInvariant[] {
  const all: BoundInvariant[] = []
  for (const invariant of invariants ?? []) {
    const rule = invariantRule(invariant.key, on)
    if (rule) all.push({ invariant, rule })
  }
  return all
}

interface PropertyContext {
  readonly bit: number
  readonly byName: ReadonlyMap<string, ObjectKind>
  readonly codes: readonly ReadonlySet<string>[]
}

function addProperties(
  kind: ObjectKind,
  element: ElementDefinition,
  { bit, byName, codes }: PropertyContext,
): void {
  const form = element.type === 'Resource' ? anyResource : formOf(element.type)
  const rules = bindInvariants(`${kind.name}.${element.name}`, element.invariants)
  const property: ObjectProperty = {
    ...emptyProperty(element.name, form),
    sibling: `_${element.name}`,
    array: element.array,
    max: element.max ?? Number.POSITIVE_INFINITY,
    bit,
    choice: element.choice !== undefined,
    kind: form === 0 ? byName.get(element.type) : undefined,
    codes: element.codes === undefined ? undefined : codes[element.codes],
    system: element.system,
    valueSet: element.valueSet,
    grammar: grammarOf(`${kind.name}.${element.name}`, element.valueSet),
    needsCode: element.valueSet !== undefined && element.min > 0,
    uriRule: form === forms.uri ? uriRuleOf(kind.name, element) : undefined,
    // Those of a StructureDefinition are paths, and occur in its snapshot and in its differential.
    elementId: element.name === 'id' && !kind.resource && kind.name !== 'ElementDefinition',
    targets: element.targets && new Set(element.targets),
    rules: form > 0 ? [] : rules,
  }
  if (form > 0) kind.rules.push(...rules.map((it) => ({ ...it, element: element.name })))
  if (form === 0 && !property.kind)
    throw new Error(`${kind.name}.${element.name} is of a type that is not there`)
  kind.properties.set(element.name, property)
  if (form <= 0 || element.bare) return
  kind.properties.set(`_${element.name}`, {
    ...emptyProperty(element.name, 0),
    key: `_${element.name}`,
    shadow: true,
    sibling: element.name,
    array: element.array,
    max: property.max,
    bit,
    choice: property.choice,
    kind: byName.get('Element'),
    needsCode: property.needsCode,
    valueSet: property.valueSet,
  })
}

function emptyProperty(name: string, form: number): ObjectProperty {
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
    grammar: undefined,
    needsCode: false,
    uriRule: undefined,
    elementId: false,
    targets: undefined,
    rules: [],
    next: undefined,
    last: undefined,
  }
}
