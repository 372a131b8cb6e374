import { readdirSync, readFileSync } from 'node:fs'
import fhirpath, { type Model } from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import { expect, test } from 'vitest'
import { r4Model } from '../../r4/load.ts'
import type { R4Invariant } from '../../r4/model.ts'
import { judgedInvariants, unjudgedInvariants, invariantRule, invariantsOfWalk } from './index.ts'
import { differingInvariants } from '../../model/fhir/differing-invariants.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

const examples = new URL('../../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
const model = r4Model()

// Where the words count, HL7's later expression says what they do.
const mended = new Map(differingInvariants.map((it) => [it.key, it]))

const mostOfEach = 30

interface Case {
  readonly invariant: R4Invariant
  /** Type or element that has the invariant, and the type of what it is judged on. */
  readonly on: string
  readonly type: string
  readonly node: JsonObject
  readonly root: JsonObject
}

/** Every object of a resource with the invariants that it must hold. */
function* casesIn(node: JsonObject, type: string, root: JsonObject): Generator<Case> {
  const definition = model.types[type]
  if (!definition) return
  for (const invariant of definition.invariants) yield { invariant, on: type, type, node, root }
  for (const element of definition.elements) {
    for (const item of [node[element.name]].flat()) {
      if (!isJsonObject(item)) continue
      const on = `${type}.${element.name}`
      for (const invariant of element.invariants ?? [])
        yield { invariant, on, type: element.type, node: item, root }
      if (element.type !== 'Resource') yield* casesIn(item, element.type, root)
      else if (typeof item.resourceType === 'string') yield* casesIn(item, item.resourceType, item)
    }
  }
}

/** An object, and the same without each of the elements that it may do without. */
function* variants(node: JsonObject, type: string): Generator<JsonObject> {
  yield node
  for (const { name, min, choice } of model.types[type]?.elements ?? []) {
    if (!(name in node) || min > 0 || choice !== undefined) continue
    const { [name]: _, ...rest } = node
    if (Object.keys(rest).length > 0) yield rest
  }
}

test('the functions say of R4 examples, and of what is left without an element, what the expressions say', () => {
  const tried = new Map<string, number>()
  const differing: string[] = []
  let agreed = 0
  for (const file of readdirSync(examples)) {
    if (!file.endsWith('.json')) continue
    const text = readFileSync(new URL(file, examples), 'utf8')
    if (text.length > 100_000) continue
    const resource = JSON.parse(text) as JsonObject
    for (const { invariant, on, type, node, root } of casesIn(
      resource,
      String(resource.resourceType),
      resource,
    )) {
      const rule = invariantRule(invariant.key, on)
      const name = `${on} ${invariant.key}`
      if (!rule || (tried.get(name) ?? 0) >= mostOfEach) continue
      for (const variant of variants(node, type)) {
        tried.set(name, (tried.get(name) ?? 0) + 1)
        // %resource is the object itself where that is the resource.
        const around = node === root ? variant : root
        const expression = mended.get(invariant.key)?.mended ?? invariant.expression
        const said = fhirpath.evaluate(
          variant,
          { base: type, expression: expression.replaceAll(/\.trace\('\w+'\)/g, '') },
          { resource: around, rootResource: around, ucum: 'http://unitsofmeasure.org', context: variant },
          r4 as Model,
        )
        if (!Array.isArray(said) || said.length > 1) continue
        // As in HL7's validator, an expression that evaluates to nothing is not met.
        const is: unknown = said[0] ?? mended.get(invariant.key)?.follows === 'words'
        if (is === rule(variant, { resource: around, root: around })) agreed++
        else differing.push(`${file} ${name}: ${String(is)}, of ${Object.keys(variant).join()}`)
      }
    }
  }
  expect(differing.slice(0, 10)).toEqual([])
  expect(tried.size).toBeGreaterThan(130)
  expect(agreed).toBeGreaterThan(4000)
})

test('every invariant of severity error is judged, or said not to be and why', () => {
  const all = new Set<string>()
  for (const { invariants, elements } of Object.values(model.types))
    for (const { key } of [...invariants, ...elements.flatMap((it) => it.invariants ?? [])]) all.add(key)
  const excluded = unjudgedInvariants.flatMap((it) => it.keys)
  expect([...all].filter((it) => !judgedInvariants.has(it) && !excluded.includes(it))).toEqual([])
  expect([...judgedInvariants, ...excluded].filter((it) => !all.has(it))).toEqual([])
  expect(excluded.filter((it) => judgedInvariants.has(it))).toEqual([])
  expect(invariantsOfWalk.filter((it) => !all.has(it))).toEqual([])
})
