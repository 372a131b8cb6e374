import { r4Model } from '../../r4/load.ts'
import type { ElementDefinition } from '../../r4/model.ts'
import { modelResourceTypes } from './reference-target.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** One element on the way from a resource to another element. */
export interface ElementFrame {
  /** Its type, and those that the type is derived from. */
  readonly types: readonly string[]
  /** What definitions may call it within the element above. */
  readonly names: readonly string[]
}

/** Where the objects of a resource are. */
export interface ElementPlaces {
  /** The elements on the way to an object, by R4's definitions; `undefined` if R4 does not define one of them. */
  framesOf(node: JsonObject): readonly ElementFrame[] | undefined
}

interface ElementPlace {
  readonly above: JsonObject
  /** As in JSON. */
  readonly name: string
}

/** The places in a resource; they are found out when one is asked for. */
export function elementPlaces(resource: JsonObject): ElementPlaces {
  let places: ReadonlyMap<JsonObject, ElementPlace> | undefined
  return {
    framesOf(node) {
      places ??= placesIn(resource)
      const way: { readonly node: JsonObject; readonly name: string }[] = []
      for (let it = node; it !== resource; ) {
        const place = places.get(it)
        if (!place) return undefined
        way.unshift({ node: it, name: place.name })
        it = place.above
      }
      return framesOn([{ node: resource, name: '' }, ...way])
    },
  }
}

function placesIn(resource: JsonObject): ReadonlyMap<JsonObject, ElementPlace> {
  const places = new Map<JsonObject, ElementPlace>()
  const waiting = [resource]
  for (let above = waiting.pop(); above; above = waiting.pop())
    for (const name in above) {
      const value = above[name]
      for (const it of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (!isJsonObject(it)) continue
        places.set(it, { above, name })
        waiting.push(it)
      }
    }
  return places
}

function framesOn(
  way: readonly { readonly node: JsonObject; readonly name: string }[],
): readonly ElementFrame[] | undefined {
  const frames: ElementFrame[] = []
  let type: string | undefined
  for (const { node, name } of way) {
    const plain = name.startsWith('_') ? name.slice(1) : name
    const element: ElementDefinition | undefined = type === undefined ? undefined : elementOf(type, plain)
    if (type !== undefined && !element) return undefined
    const own: unknown = !element || element.type === 'Resource' ? node.resourceType : element.type
    if (typeof own !== 'string' || !isKnownType(own)) return undefined
    frames.push({ types: typesOf(own), names: element ? namesOf(type ?? '', element) : [] })
    type = own
  }
  return frames
}

const abstractTypes = new Set(['Element', 'BackboneElement', 'Resource', 'DomainResource'])

/** Whether FHIR R4 has a type of that name. */
export function isKnownType(type: string): boolean {
  const { types, primitives } = r4Model()
  return abstractTypes.has(type) || Object.hasOwn(types, type) || primitives.includes(type)
}

const derivedFrom: Readonly<Record<string, readonly string[]>> = {
  ...{ code: ['string'], id: ['string'], markdown: ['string'] },
  ...{ url: ['uri'], canonical: ['uri'], uuid: ['uri'], oid: ['uri'] },
  ...{ positiveInt: ['integer'], unsignedInt: ['integer'] },
  ...{ Age: ['Quantity'], Count: ['Quantity'], Distance: ['Quantity'], Duration: ['Quantity'] },
}
const notDomainResources = new Set(['Bundle', 'Binary', 'Parameters'])

function typesOf(type: string): readonly string[] {
  if (modelResourceTypes().has(type))
    return [type, 'Resource', ...(notDomainResources.has(type) ? [] : ['DomainResource'])]
  const backbone = type.includes('.') || backboneTypes.has(type)
  return [type, ...(derivedFrom[type] ?? []), 'Element', ...(backbone ? ['BackboneElement'] : [])]
}

const backboneTypes = new Set(['Timing', 'Dosage', 'ElementDefinition'])

const elementsByType = new Map<string, ReadonlyMap<string, ElementDefinition>>()

function elementOf(type: string, name: string): ElementDefinition | undefined {
  let elements = elementsByType.get(type)
  if (!elements) {
    const own = Object.hasOwn(r4Model().types, type) ? (r4Model().types[type]?.elements ?? []) : []
    elements = new Map(own.map((it) => [it.name, it]))
    elementsByType.set(type, elements)
  }
  // Every element can have extensions, those of primitive types too.
  return elements.get(name) ?? (name === 'extension' ? extensionElement : undefined)
}

const extensionElement: ElementDefinition = { name: 'extension', type: 'Extension', array: true, min: 0 }

function namesOf(type: string, { name, choice }: ElementDefinition): readonly string[] {
  const base = choice === undefined ? undefined : r4Model().types[type]?.choices[choice]?.name
  return base === undefined ? [name] : [name, base, `${base}[x]`]
}
