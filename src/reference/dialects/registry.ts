import type { Dialect } from './definition.ts'
import { aws } from './aws.ts'
import { bcda } from './bcda.ts'
import { hapi } from './hapi.ts'
import { medplum } from './medplum/dialect.ts'
import { smart } from './smart.ts'
import { smileCdr } from './smile-cdr.ts'

/** Every dialect. */
export const dialects: readonly Dialect[] = [medplum, smileCdr, hapi, smart, bcda, aws]

/** The dialect of this name. Throws if there is none. */
export function dialectById(id: string): Dialect {
  const found = dialects.find((it) => it.id === id)
  if (!found) throw new Error(`There is no dialect ${id}.`)
  return found
}
