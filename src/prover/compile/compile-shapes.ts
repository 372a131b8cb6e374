import type { R4Model } from '../../r4/model.ts'
import * as at from '../core/layout.ts'
import { invariantAdjustments } from './invariant-shapes.ts'
import type { TypeShape } from './type-shape.ts'
import { containedMetaVariant, TypeShapes } from './type-shapes.ts'

/** The shapes of a model; a line is proven only if it meets the invariants with these keys. */
export function compileShapes(model: R4Model, judged: ReadonlySet<string>): TypeShapes {
  const shapes = new TypeShapes(model)
  const originals = shapes.all()
  shapes.of('Reference').rules.push({ kind: at.agree, one: ['reference'], other: ['type'] })
  // The prover does not compare data with its size and hash.
  shapes.of('Attachment').excludes('data', 'size', 'hash')
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
  shapes.vary(shapes.of('Extension').property('extension'), 'nested', (it) => {
    it.property('url').kind = at.kindUri
    it.property('extension').shape = it.name
  })
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
