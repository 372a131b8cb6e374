import type { Compile, Model } from 'fhirpath'
import type { Json } from './match.ts'

/** Evaluates a FHIRPath expression on an element, whose type a path tells, of a resource: `undefined` if it cannot be evaluated there. */
export type Evaluate = (element: unknown, base: string, resource: Json) => boolean | undefined

/** An invariant of a profile that FHIR R4 does not have. */
export interface Invariant {
  readonly key: string
  /** The profile's own words. */
  readonly human: string
  readonly holds: Evaluate
}

/** The invariants of an element, and the path from which they are evaluated; absent where the type in the JSON name decides. */
export interface Invariants {
  readonly base: string | undefined
  readonly all: readonly Invariant[]
}

/** Makes a function of an expression; a string says why it cannot. */
export type Compiler = (expression: string) => Evaluate | string

// They would need a server, or other resources.
const outside =
  /\b(resolve|memberOf|conformsTo|subsumes|subsumedBy|validateVS|translate|lookup|htmlChecks)\s*\(|%terminologies|%factory|%server/

const none = {}

/** Loads what evaluates FHIRPath: only where a package has invariants, since it takes its time. */
export async function invariantCompiler(): Promise<Compiler> {
  const [{ default: fhirpath }, { default: r4 }] = await Promise.all([
    import('fhirpath'),
    import('fhirpath/fhir-context/r4/index.js'),
  ])
  const known = new Map<string, Evaluate | string>()
  return (expression) => {
    const found = known.get(expression) ?? made(expression)
    known.set(expression, found)
    return found
  }

  function made(expression: string): Evaluate | string {
    if (outside.test(expression)) return 'its expression asks for more than the resource'
    try {
      fhirpath.parse(expression)
    } catch {
      // Whatever the parser stumbles over, the consequence is the same.
      return 'its expression cannot be read'
    }
    const asks = expression.includes('%')
    const byBase = new Map<string, Compile<{ async: false }>>()
    return (element, base, resource) => {
      let evaluate = byBase.get(base)
      if (!evaluate) {
        evaluate = fhirpath.compile({ base, expression }, r4 as Model, { async: false })
        byBase.set(base, evaluate)
      }
      try {
        const result: readonly unknown[] = evaluate(
          element,
          asks ? { resource, rootResource: resource, context: element } : none,
        )
        // Nothing is what comes of comparing what is not there, and authors of constraints mean by it now one thing and now the other.
        return result.length === 1 ? result[0] !== false : undefined
      } catch {
        // What cannot be evaluated is not known to be violated; the reason may quote the resource.
        return undefined
      }
    }
  }
}
