import { type Scope, scopesPermit } from '../../authorization/scopes.ts'

const fullAccess: Scope = { type: '*', permissions: ['c', 'r', 'u', 'd', 's'], notation: 'v2' }

const v1Permissions: Readonly<Record<string, Scope['permissions']>> = {
  read: ['r', 's'],
  write: ['c', 'u', 'd'],
  '*': fullAccess.permissions,
}

/** Any text is a scope; one that is not understood leaves full access. */
export function parsesScope(text: string): Scope {
  const [, type = '', suffix = ''] =
    /^(?:patient|user|system)\/(\w+|\*)\.(read|write|\*|c?r?u?d?s?)$/.exec(text) ?? []
  if (type === '' || suffix === '') return fullAccess
  const permissions = v1Permissions[suffix] ?? fullAccess.permissions.filter((it) => suffix.includes(it))
  return { type, permissions, notation: Object.hasOwn(v1Permissions, suffix) ? 'v1' : 'v2' }
}

/** A kick-off makes an AsyncJob, and its export Binaries. */
export function mayKickOff(scopes: readonly Scope[]): boolean {
  return scopesPermit(scopes, 'AsyncJob', ['c']) && scopesPermit(scopes, 'Binary', ['c'])
}
