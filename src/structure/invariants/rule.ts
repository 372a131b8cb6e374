import type { JsonObject } from '../../model/json.ts'

/** The resources that an element is in. */
export interface InvariantContext {
  /** The resource that has the element: `%resource`. */
  readonly resource: JsonObject
  /** That resource, or the one in which it is contained: `%rootResource`. */
  readonly root: JsonObject
}

/** Whether an invariant holds for an object. Of what is malformed in other ways it says true. */
export type InvariantRule = (it: JsonObject, at: InvariantContext) => boolean
