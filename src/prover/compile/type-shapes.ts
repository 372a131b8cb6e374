import type { R4Model } from '../../r4/model.ts'
import * as at from '../core/layout.ts'
import { invariantAdjustments } from './invariant-shapes.ts'
import { type ShapeProperty, TypeShape, typeShape } from './type-shape.ts'

/** What a CodeableConcept may say. */
export interface CodeBinding {
  readonly codes: readonly string[]
  /** Codes of which a note is taken. */
  readonly noted?: readonly string[]
  readonly note?: number
  /** Codings without a system are left to others. */
  readonly systems?: true
}

/** All types of objects as the prover is to judge them, variants included. */
export class TypeShapes {
  readonly #shapes = new Map<string, TypeShape>()

  constructor(model: R4Model) {
    for (const type of Object.values(model.types)) this.#shapes.set(type.name, typeShape(type, model.codes))
  }

  /** The shape of a name; there is one. */
  of(name: string): TypeShape {
    const found = this.#shapes.get(name)
    if (!found) throw new Error(`There is no type ${name}.`)
    return found
  }

  /** All there are. */
  all(): readonly TypeShape[] {
    return [...this.#shapes.values()]
  }

  /** Gives the objects of a property a shape of their own. */
  vary(property: ShapeProperty, name: string, change: (it: TypeShape) => void): void {
    property.shape = this.variant(property.shape ?? '', name, change)
  }

  /** Makes a variant of a shape, with its rules, unless there is one of that name. */
  variant(of: string, variation: string, change: (it: TypeShape) => void): string {
    const { type, properties, rules, unproven } = this.of(of)
    const name = `${of} (${variation})`
    if (this.#shapes.has(name)) return name
    const made = new TypeShape(
      name,
      type,
      properties.map((it) => ({ ...it })),
    )
    made.rules.push(...rules)
    made.unproven = unproven
    this.#shapes.set(name, made)
    change(made)
    return name
  }

  /** Lets a CodeableConcept have codings with these codes alone, of their system or none, and at least one. */
  bind(property: ShapeProperty, { codes, noted, note, systems }: CodeBinding): void {
    const { system } = property.element
    property.codes = codes
    property.shape = property.element.type
    this.vary(property, `${codes.join(' ')} of ${systems ? 'just ' : ''}${system ?? 'any'}`, (concept) => {
      const coding = concept.property('coding')
      coding.needed = true
      this.vary(coding, concept.name, (it) => {
        Object.assign(
          it.property('code'),
          { kind: at.kindListed, codes, needed: true },
          noted ? { noted, note } : {},
        )
        if (system === undefined) return
        it.list('system', [system])
        if (systems) it.property('system').needed = true
      })
    })
  }
}

/** Name of the variant of Meta that contained resources have. */
export const containedMetaVariant = 'contained'

/** The shapes of a model, of which those are proven alone that meet the invariants with these keys. */
export function compileShapes(model: R4Model, judged: ReadonlySet<string>): TypeShapes {
  const shapes = new TypeShapes(model)
  const originals = shapes.all()
  shapes.of('Reference').rules.push({ kind: at.agree, one: ['reference'], other: ['type'] })
  // Variants come after the types' own rules, which they take over.
  for (const shape of originals)
    for (const { key } of shape.type.invariants)
      adjustForInvariant(shape, shapes, { key, element: '', judged })
  for (const shape of originals) {
    for (const property of shape.properties) {
      const isBound = property.shape === 'CodeableConcept' && property.codes !== undefined
      if (isBound) shapes.bind(property, { codes: property.codes ?? [] })
      for (const { key } of property.shadow ? [] : (property.element.invariants ?? []))
        adjustForInvariant(shape, shapes, { key, element: property.name, judged })
    }
    placeInCompartment(shape, shapes)
  }
  shapes.variant('Meta', containedMetaVariant, (it) => it.leave('versionId', 'lastUpdated', 'security'))
  for (const shape of shapes.all())
    for (const it of shape.properties)
      if (it.shape !== undefined && it.kind !== at.kindUnproven && shapes.of(it.shape).unproven)
        it.kind = at.kindUnproven
  return shapes
}

function adjustForInvariant(
  shape: TypeShape,
  shapes: TypeShapes,
  { key, element, judged }: { key: string; element: string; judged: ReadonlySet<string> },
): void {
  const found = invariantAdjustments[key]
  if (found) found(shape, shapes, element)
  else if (judged.has(key)) shape.unproven = true
}

function placeInCompartment(shape: TypeShape, shapes: TypeShapes): void {
  for (const path of shape.type.compartment ?? []) {
    const names = path.split('.')
    const last = names.pop() ?? ''
    const owner = names.reduce((it, name) => shapes.of(it.property(name).shape ?? ''), shape)
    owner.property(last).compartment = names.length + 1
  }
}
