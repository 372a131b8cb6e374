import { r4Model } from '../../r4/load.ts'
import type { ElementDefinition } from '../../r4/model.ts'
import { fhirPathBaseOf } from '../compile/fhirpath.ts'
import { addProfileProblem, type ProfileWalk, undecidedKey } from './walk.ts'
import type { ExtensionContext } from '../compile/element-rules.ts'
import { modelResourceTypes } from './reference-target.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** Where an extension stands: the objects from the line's resource to the one that has it, and the names in JSON that lead to them. */
interface ExtensionPlace {
  readonly nodes: readonly JsonObject[]
  readonly names: readonly string[]
  /** Whether it is in `modifierExtension`. */
  readonly modifier: boolean
}

/** Judges whether an extension stands where its definition allows it. */
export function judgeExtensionPlace(walk: ProfileWalk, extension: JsonObject, place: ExtensionPlace): void {
  const { context, modifier, contextInvariants } = walk.profile
  if (modifier !== place.modifier)
    addProfileProblem(walk, 'extension-modifier', {
      expected: modifier ? 'it in modifierExtension' : 'it in extension',
      actual: place.modifier ? 'it in modifierExtension' : 'it in extension',
    })
  const frames = context || contextInvariants.length > 0 ? framesOf(place) : undefined
  const container = place.nodes.at(-1)
  if (!frames || !container) return
  if (context && !allows(walk, context, { frames, container }))
    addProfileProblem(walk, 'extension-context', {
      expected: `the extension only where its definition allows it: ${wordsOf(context)}`,
      actual: 'the extension elsewhere',
    })
  const [type = ''] = frames.at(-1)?.types ?? []
  const start = modelResourceTypes().has(type) ? type : type.includes('.') ? type : fhirPathBaseOf(type)
  for (const { evaluate, at, expression } of contextInvariants) {
    const outcome = evaluate({ value: container, underscoreValue: undefined }, start, { ...walk, extension })
    if (outcome === 'broken')
      addProfileProblem(walk, 'extension-context', {
        expected: `the extension only where this is true: ${expression}`,
        actual: 'the extension elsewhere',
      })
    else if (outcome !== 'met') walk.undecided.add(undecidedKey(walk.profile, at, outcome))
  }
}

function wordsOf({ elements, extensions, paths }: ExtensionContext): string {
  return [...elements, ...extensions, ...paths.map(({ expression }) => expression)].join(', ')
}

/** One element on the way to an extension. */
interface Frame {
  /** Its type, and those that the type is derived from. */
  readonly types: readonly string[]
  /** What definitions may call it within the element above. */
  readonly names: readonly string[]
}

function allows(
  walk: ProfileWalk,
  { elements, extensions, paths }: ExtensionContext,
  { frames, container }: { readonly frames: readonly Frame[]; readonly container: JsonObject },
): boolean {
  for (const it of elements) if (isAt(it, frames)) return true
  if (typeof container.url === 'string' && extensions.has(container.url)) return true
  return paths.some(({ select }) => {
    const selected = select(walk.rootResource)
    // A primitive element cannot be found among values.
    return !selected || selected.includes(container) || !isJsonObject(selected[0])
  })
}

/** Whether a path from a type, or a type, leads to the last of some elements; a path that nobody knows counts. */
function isAt(expression: string, frames: readonly Frame[]): boolean {
  const path = expression.slice(expression.indexOf('#') + 1)
  const steps = path.split('.').map((it) => it.replace(/:.*/, ''))
  // As in HL7's validator, resources are elements too.
  if (path === 'Element' || path === 'Any' || !isKnownType(steps[0] ?? '')) return true
  const last = frames.length - 1
  // Elements that reuse the definition of another have its path as their type.
  return steps.some((_, at) => {
    const names = steps.slice(at + 1)
    const first = last - names.length
    return (
      (frames[first]?.types.includes(steps.slice(0, at + 1).join('.')) ?? false) &&
      names.every((name, i) => frames[first + 1 + i]?.names.includes(name))
    )
  })
}

const abstractTypes = new Set(['Element', 'BackboneElement', 'Resource', 'DomainResource'])

function isKnownType(type: string): boolean {
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

/** The elements on the way to an extension, by R4's definitions; `undefined` if R4 does not define one of them. */
function framesOf({ nodes, names }: ExtensionPlace): readonly Frame[] | undefined {
  const frames: Frame[] = []
  let type: string | undefined
  for (const [at, node] of nodes.entries()) {
    const name = names[at] ?? ''
    const plain = name.startsWith('_') ? name.slice(1) : name
    const element: ElementDefinition | undefined = type === undefined ? undefined : elementOf(type, plain)
    if (at > 0 && !element) return undefined
    const own: unknown = !element || element.type === 'Resource' ? node.resourceType : element.type
    if (typeof own !== 'string' || !isKnownType(own)) return undefined
    frames.push({ types: typesOf(own), names: element ? namesOf(type ?? '', element) : [] })
    type = own
  }
  return frames
}

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
