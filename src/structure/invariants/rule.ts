import type { JsonObject } from '../../model/json.ts'

/** The resources around an element. */
export interface InvariantContext {
  /** The resource that has the element: `%resource`. */
  readonly resource: JsonObject
  /** That resource, or the one in which it is contained: `%rootResource`. */
  readonly root: JsonObject
}

/** Whether an invariant holds for an object; true for an object that is malformed in other ways. */
export type InvariantRule = (it: JsonObject, at: InvariantContext) => boolean
