import type { JsonObject } from '../model/json.ts'

/** What an object in JSON has under a name: definitions can have any, those that all objects inherit included. */
export function ownProperty(it: JsonObject, name: string): unknown {
  const value = it[name]
  return value === undefined || Object.hasOwn(it, name) ? value : undefined
}
