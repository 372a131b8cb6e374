import type { Compile, Model } from 'fhirpath'
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

/** Why it is unknown whether a constraint holds. */
export type UndecidedReason = 'cast' | 'replaced' | 'failed'

/** Evaluates a constraint on an element of a resource; a path gives the type of the element. */
type InvariantEvaluator = (spot: ElementValue, start: string, resource: JsonObject) => InvariantOutcome

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

/** Compiles an expression; returns the reason as a string if that is not possible. */
export type InvariantCompiler = (expression: string) => InvariantEvaluator | string

// These need a server or other resources.
const needsMoreThanTheResource =
  /\b(resolve|memberOf|conformsTo|subsumes|subsumedBy|validateVS|translate|lookup|htmlChecks)\s*\(|%terminologies|%factory|%server/

const cast = /\bas\b|\bofType\s*\(/
const none = {}
// A trace would print values of the resource.
const options = { async: false, traceFn: () => undefined } as const

/** Loads the FHIRPath engine, which takes time and is needed only for packages with invariants. */
export async function invariantCompiler(): Promise<InvariantCompiler> {
  const [{ default: fhirpath }, { default: r4 }] = await Promise.all([
    import('fhirpath'),
    import('fhirpath/fhir-context/r4/index.js'),
  ])
  const known = new Map<string, InvariantEvaluator | string>()
  return (expression) => {
    const found = known.get(expression) ?? made(expression)
    known.set(expression, found)
    return found
  }

  function made(expression: string): InvariantEvaluator | string {
    const words = expression.replace(/'(?:[^'\\]|\\.)*'/g, "''")
    if (needsMoreThanTheResource.test(words))
      return 'its expression needs other resources, profiles or a terminology server'
    try {
      fhirpath.parse(expression)
    } catch {
      // The reason of the parser does not matter.
      return 'its expression cannot be parsed'
    }
    const asks = expression.includes('%')
    const casts = cast.test(words)
    const byStart = new Map<string, Compile<{ async: false }>>()
    return (spot, start, resource) => {
      const { value, underscoreValue: shadow } = spot
      const name = isJsonObject(shadow) && !isJsonObject(value) ? valueName(start) : undefined
      const from =
        name === undefined ? (isJsonObject(value) && 'resourceType' in value ? '' : start) : 'Extension'
      const key = name === undefined ? from : `${from}.value`
      try {
        let evaluate = byStart.get(key)
        if (!evaluate) {
          const text = name === undefined ? expression : `value.select(${expression}\n)`
          evaluate = fhirpath.compile(
            from === '' ? text : { base: from, expression: text },
            r4 as Model,
            options,
          )
          byStart.set(key, evaluate)
        }
        const ready = evaluate
        const result: readonly unknown[] = quietly(() =>
          ready(
            name === undefined ? value : valued(name, spot),
            asks ? { resource, rootResource: resource, context: value } : none,
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
