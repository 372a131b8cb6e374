import { r4Types } from '../population/resource-types.ts'

/** What a system scope permits on a resource type: create, read, update, delete, search. */
export type Permission = 'c' | 'r' | 'u' | 'd' | 's'

/** One SMART system scope that is understood; `*` is every type. */
export interface Scope {
  readonly type: string
  /** In the order of `cruds`. */
  readonly permissions: readonly Permission[]
  readonly notation: 'v1' | 'v2'
}

const inOrder: readonly Permission[] = ['c', 'r', 'u', 'd', 's']

const v1: Readonly<Record<string, readonly Permission[]>> = {
  read: ['r', 's'],
  write: ['c', 'u', 'd'],
  '*': inOrder,
}

/** A system scope in SMART's v1 or v2 notation; undefined for any other context, type, suffix or order of letters. */
export function parseScope(text: string): Scope | undefined {
  const [, type = '', suffix = ''] = /^system\/([A-Za-z]+|\*)\.([a-z]+|\*)$/.exec(text) ?? []
  if (type !== '*' && !r4Types().has(type)) return undefined
  const known = Object.hasOwn(v1, suffix) ? v1[suffix] : undefined
  if (known) return { type, permissions: known, notation: 'v1' }
  if (!/^c?r?u?d?s?$/.test(suffix) || suffix === '') return undefined
  return { type, permissions: inOrder.filter((it) => suffix.includes(it)), notation: 'v2' }
}

/** A scope in its own notation; permissions that v1 cannot express are written in v2. */
export function spellScope({ type, permissions, notation }: Scope): string {
  const letters = permissions.join('')
  const name = Object.keys(v1).find((each) => v1[each]?.join('') === letters)
  return `system/${type}.${notation === 'v1' && name ? name : letters}`
}

/** The scopes of a space-delimited list that are understood. */
export function parseScopes(text: string): readonly Scope[] {
  return text.split(' ').flatMap((each) => parseScope(each) ?? [])
}

/** The intersection of two scopes, in the notation of the first; undefined if it is empty. */
function intersectScopes(requested: Scope, allowed: Scope): Scope | undefined {
  if (requested.type !== allowed.type && requested.type !== '*' && allowed.type !== '*') return undefined
  const permissions = requested.permissions.filter((it) => allowed.permissions.includes(it))
  if (permissions.length === 0) return undefined
  return { ...requested, type: requested.type === '*' ? allowed.type : requested.type, permissions }
}

/** The requested scopes, reduced to the allowed ones; each scope once. */
export function restrictScopes(requested: readonly Scope[], allowed: readonly Scope[]): readonly Scope[] {
  const found = new Map<string, Scope>()
  for (const wanted of requested)
    for (const each of allowed) {
      const both = intersectScopes(wanted, each)
      if (both) found.set(spellScope(both), both)
    }
  return [...found.values()]
}

/** Whether scopes together permit all of this on a type; `*` as type means every type. */
export function scopesPermit(
  scopes: readonly Scope[],
  type: string,
  permissions: readonly Permission[],
): boolean {
  return permissions.every((permission) =>
    scopes.some((it) => (it.type === '*' || it.type === type) && it.permissions.includes(permission)),
  )
}
