import type { R4Model } from '../../r4/model.ts'
import * as at from '../core/layout.ts'
import { type ShapeProperty, TypeShape, typeShape } from './type-shape.ts'

/** The codes that a CodeableConcept may have. */
export interface CodeBinding {
  readonly codes: readonly string[]
  /** Codes that the prover records. */
  readonly noted?: readonly string[]
  readonly note?: number
  /** Codings without a system are not proven. */
  readonly systems?: true
}

/** All types of objects with the prover's rules, variants included. */
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

  /** Lets a CodeableConcept have only codings with these codes, of their system or none, and at least one. */
  bind(property: ShapeProperty, { codes, noted, note, systems }: CodeBinding): void {
    const { system } = property.element
    property.codes = codes
    property.shape = property.element.type
    this.vary(property, `${codes.join(' ')} of ${systems ? 'just ' : ''}${system ?? 'any'}`, (concept) => {
      const coding = concept.property('coding')
      coding.needed = true
      this.vary(coding, concept.name, (it) => {
        it.keepIfCoded('code')
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

/** Name of the variant of Meta in contained resources. */
export const containedMetaVariant = 'contained'
