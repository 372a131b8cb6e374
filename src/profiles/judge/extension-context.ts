import { fhirPathBaseOf } from '../compile/fhirpath.ts'
import { addProfileProblem, type ProfileWalk, undecidedKey } from './walk.ts'
import { type ElementFrame, type ElementPlaces, isKnownType } from './element-places.ts'
import type { ExtensionContext } from '../compile/element-rules.ts'
import { modelResourceTypes } from './reference-target.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** Where an extension stands. */
interface ExtensionPlace {
  /** The object that has it. */
  readonly container: JsonObject
  /** Where the objects of its resource are. */
  readonly places: ElementPlaces
  /** Whether it is in `modifierExtension`. */
  readonly modifier: boolean
}

/** Judges whether an extension stands where its definition allows it. */
export function judgeExtensionPlace(walk: ProfileWalk, extension: JsonObject, place: ExtensionPlace): void {
  const { context, modifier, contextInvariants } = walk.profile
  if (modifier !== place.modifier)
    addProfileProblem(walk, 'extension-modifier', {
      expected: `the extension in ${modifier ? 'modifierExtension' : 'extension'}`,
      actual: `the extension in ${place.modifier ? 'modifierExtension' : 'extension'}`,
    })
  const { container, places } = place
  const frames = context || contextInvariants.length > 0 ? places.framesOf(container) : undefined
  if (!frames) return
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

function allows(
  walk: ProfileWalk,
  { elements, extensions, paths }: ExtensionContext,
  { frames, container }: { readonly frames: readonly ElementFrame[]; readonly container: JsonObject },
): boolean {
  for (const it of elements) if (isAt(it, frames)) return true
  if (typeof container.url === 'string' && extensions.has(container.url)) return true
  return paths.some(({ select }) => {
    const selected = select(walk.rootResource)
    // A primitive element cannot be found among values.
    return !selected || selected.includes(container) || !isJsonObject(selected[0])
  })
}

/** Whether a path from a type, or a type, leads to the last of some elements; an unknown path counts. */
function isAt(expression: string, frames: readonly ElementFrame[]): boolean {
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
