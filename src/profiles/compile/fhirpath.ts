import type { Compile, Model } from 'fhirpath'
import { differingInvariants } from '../../model/fhir/differing-invariants.ts'
import type { UndecidedReason } from './undecided-reason.ts'
import { outsideStrings, withConstants } from './fhirpath-constants.ts'
import { hasExtensionForValue } from '../element-content.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** An element in JSON: its value and, for a primitive element, the object under `_name`. */
export interface ElementValue {
  readonly value: unknown
  readonly underscoreValue: unknown
}

/**
 * The result of a constraint. `cast` and `replaced`: the expression evaluates to nothing, perhaps because of a type cast, or of an extension in place
 * of a value, so it is not known to be broken. `failed`: it cannot be evaluated there.
 */
type InvariantOutcome = 'met' | 'broken' | UndecidedReason

/** The resources around an element, as FHIRPath in FHIR names them. */
interface ResourcesAround {
  /** The resource that has the element: `%resource`. */
  readonly resource: JsonObject
  /** The resource that contains that one, or that one itself: `%rootResource`. */
  readonly rootResource: JsonObject
  /** The extension whose use a constraint is about: `%extension`. */
  readonly extension?: JsonObject
}

/** Evaluates a constraint on an element of a resource; a path gives the type of the element. */
export type InvariantEvaluator = (
  spot: ElementValue,
  start: string,
  around: ResourcesAround,
) => InvariantOutcome

/** An invariant of a profile that FHIR R4 does not have. */
interface ProfileInvariant {
  readonly key: string
  /** The profile's own words. */
  readonly human: string
  readonly evaluate: InvariantEvaluator
  /** Position among the constraints of the profile. */
  readonly at: number
}

/** The invariants of an element, and the path from which they are evaluated; absent where the type in the JSON name decides. */
export interface ElementInvariants {
  readonly start: string | undefined
  readonly all: readonly ProfileInvariant[]
}

/** Compiles FHIRPath. */
export interface InvariantCompiler {
  /** Compiles a constraint; returns the reason as a string if that is not possible. */
  readonly constraint: (expression: string) => InvariantEvaluator | string
  /** Compiles an expression that selects elements of a resource: it gives nothing where it cannot be evaluated. */
  readonly selection: (expression: string) => (resource: JsonObject) => readonly unknown[] | undefined
}

// These need a server or other resources.
const needsMoreThanTheResource =
  /\b(resolve|memberOf|conformsTo|subsumes|subsumedBy|validateVS|translate|lookup|htmlChecks)\s*\(|%terminologies|%factory|%server/

// Profiles repeat expressions that HL7 mended since.
const mended = new Map(differingInvariants.flatMap((it) => (it.mended ? [[it.expression, it.mended]] : [])))

const cast = /\bas\b|\bofType\s*\(/
const none = {}
// A trace would print values of the resource.
const options = { async: false, traceFn: () => undefined } as const

type Evaluate = Compile<{ async: false }>

/** Compiles text that starts at a path, or at a resource if there is none; each once. */
type TextCompiler = (text: string, base: string) => Evaluate

/** Loads the FHIRPath engine, which takes time and is needed only for packages with invariants. */
export async function invariantCompiler(): Promise<InvariantCompiler> {
  const [{ default: fhirpath }, { default: r4 }] = await Promise.all([
    import('fhirpath'),
    import('fhirpath/fhir-context/r4/index.js'),
  ])
  const compiled = new Map<string, Evaluate>()
  const compile: TextCompiler = (text, base) => {
    const key = `${base} ${text}`
    const found =
      compiled.get(key) ??
      fhirpath.compile(base === '' ? text : { base, expression: text }, r4 as Model, options)
    compiled.set(key, found)
    return found
  }
  const isParsable = (expression: string): boolean => {
    try {
      fhirpath.parse(expression)
      return true
    } catch {
      // The reason of the parser does not matter.
      return false
    }
  }
  const known = new Map<string, InvariantEvaluator | string>()
  return {
    constraint(expression) {
      const found = known.get(expression) ?? constraintOf(expression, compile, isParsable)
      known.set(expression, found)
      return found
    },
    selection: (expression) => (resource) => {
      try {
        const evaluate = compile(expression, '')
        return quietly((): readonly unknown[] => evaluate(resource, { resource, rootResource: resource }))
      } catch {
        return undefined
      }
    },
  }
}

function constraintOf(
  written: string,
  compile: TextCompiler,
  isParsable: (expression: string) => boolean,
): InvariantEvaluator | string {
  const { expression, constants } = withConstants(mended.get(written) ?? written)
  const words = outsideStrings(
    expression,
    (it) => it,
    () => "''",
  )
  if (needsMoreThanTheResource.test(words))
    return 'its expression needs other resources, profiles or a terminology server'
  if (!isParsable(expression)) return 'its expression cannot be parsed'
  const asks = expression.includes('%')
  const casts = cast.test(words)
  // Within the wrapper, the element is its value.
  const ofValue = `value.select(${outsideStrings(expression, (it) => it.replace(/%`?context\b`?/g, '%context.value'))}\n)`
  // Looking a long text up takes longer than evaluating some.
  const byStart = new Map<string, Evaluate>()
  const evaluatorAt = (start: string, name: string | undefined): Evaluate => {
    const key = name === undefined ? start : `${start}.value`
    const found = byStart.get(key) ?? compile(name === undefined ? expression : ofValue, start)
    byStart.set(key, found)
    return found
  }
  return (spot, start, { resource, rootResource, extension }) => {
    const { value, underscoreValue: shadow } = spot
    const name = isJsonObject(shadow) && !isJsonObject(value) ? valueName(start) : undefined
    const from =
      name === undefined ? (isJsonObject(value) && 'resourceType' in value ? '' : start) : 'Extension'
    try {
      const evaluate = evaluatorAt(from, name)
      const result: readonly unknown[] = quietly(() =>
        evaluate(
          name === undefined ? value : valued(name, spot),
          asks ? { ...constants, resource, rootResource, ...(extension ? { extension } : {}) } : none,
        ),
      )
      if (result.length === 0) return casts ? 'cast' : isReplaced(spot) ? 'replaced' : 'broken'
      // As in HL7's validator, every result but false counts as true.
      return result.length === 1 && result[0] === false ? 'broken' : 'met'
    } catch {
      // Not known to be broken. The error may quote the resource, so it is dropped.
      return 'failed'
    }
  }
}

// The engine prints warnings about arithmetic with values of the resource.
function quietly<T>(evaluate: () => T): T {
  const { warn } = console
  console.warn = () => undefined
  try {
    return evaluate()
  } finally {
    console.warn = warn
  }
}

const valuePath = 'Extension.value'

/** Where FHIRPath begins with a value of a data type: it knows the types of what is below by that path. */
export function fhirPathBaseOf(code: string): string {
  return code === 'Extension'
    ? 'Extension.extension'
    : `${valuePath}${code.charAt(0).toUpperCase()}${code.slice(1)}`
}

/** The value of an extension has the same types, and its name tells them. */
function valueName(start: string): string | undefined {
  return start.startsWith(valuePath) ? start.slice('Extension.'.length) : undefined
}

function isReplaced({ value, underscoreValue: shadow }: ElementValue): boolean {
  return value === undefined || value === null ? isJsonObject(shadow) : hasExtensionForValue(value)
}

/** A primitive value as an extension has it, for FHIRPath to see what stands beside it as well. */
function valued(name: string, { value, underscoreValue: shadow }: ElementValue): JsonObject {
  return { ...(value === undefined || value === null ? {} : { [name]: value }), [`_${name}`]: shadow }
}
