import type { Compile, Model } from 'fhirpath'
import { hasExtensionForValue } from '../element-content.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** An element as it stands in JSON: a value and, if it is a primitive one, what stands beside it. */
export interface ElementValue {
  readonly value: unknown
  readonly underscoreValue: unknown
}

/**
 * What comes of a constraint. `cast` and `replaced`: nothing, for which a type cast, or an extension in place of a value, may be the reason, and
 * then authors do not mean that it is broken. `failed`: it cannot be evaluated there.
 */
type InvariantOutcome = 'met' | 'broken' | UndecidedReason

/** Why it cannot be told whether a constraint holds. */
export type UndecidedReason = 'cast' | 'replaced' | 'failed'

/** Evaluates a constraint on an element, whose type a path tells, of a resource. */
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

/** Makes a function of an expression; a string says why it cannot. */
export type InvariantCompiler = (expression: string) => InvariantEvaluator | string

// They would need a server, or other resources.
const needsMoreThanTheResource =
  /\b(resolve|memberOf|conformsTo|subsumes|subsumedBy|validateVS|translate|lookup|htmlChecks)\s*\(|%terminologies|%factory|%server/

const cast = /\bas\b|\bofType\s*\(/
const none = {}
// What is traced is a value of the resource: it is nobody's to see.
const options = { async: false, traceFn: () => undefined } as const

/** Loads what evaluates FHIRPath: only where a package has invariants, since it takes its time. */
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
    if (needsMoreThanTheResource.test(words)) return 'its expression asks for more than the resource'
    try {
      fhirpath.parse(expression)
    } catch {
      // Whatever the parser stumbles over, the consequence is the same.
      return 'its expression cannot be read'
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
        // As HL7's validator has it: what is not false is true.
        return result.length === 1 && result[0] === false ? 'broken' : 'met'
      } catch {
        // What cannot be evaluated is not known to be violated; the reason may quote the resource.
        return 'failed'
      }
    }
  }
}

// The evaluator warns of some arithmetic, and what it says of it is a value of the resource.
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
