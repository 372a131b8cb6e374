import { parseScope, type Scope } from '../../authorization/scopes.ts'
import { honestConduct } from '../../conduct/conduct.ts'
import { type JsonRecord, withJson } from '../../http-message.ts'
import { type Fault, onAnswer } from '../definition.ts'

/** Changes token responses to requests for a scope. */
const grantedFor = (asked: RegExp, change: (body: JsonRecord) => JsonRecord) =>
  onAnswer('token.granted', (r, { request }) =>
    asked.test(new URLSearchParams(request.body ?? '').get('scope') ?? '') ? withJson(r, change) : r,
  )

const stating = (asked: RegExp, scope: string) => grantedFor(asked, (body) => ({ ...body, scope }))

const forEverything: Scope = { type: '*', permissions: ['r', 's'], notation: 'v1' }

/** Faults of scopes that a client should not get. */
export const scopeFaults: readonly Fault[] = [
  {
    id: 'listed-scope-refused',
    breaks: 'auth.discovery.scopes-supported.honoured',
    also: ['auth.token.scope.system-v2'],
    conduct: {
      parsesScope: (scope) => (scope === 'system/Patient.rs' ? undefined : honestConduct.parsesScope(scope)),
    },
  },
  {
    id: 'every-requested-scope-granted',
    breaks: 'auth.token.scope-preauthorized',
    conduct: { grantsScopes: (requested) => requested },
  },
  {
    id: 'read-grants-write',
    breaks: 'auth.token.scope-limited',
    conduct: stating(/^system\/Patient\.(read|rs)$/, 'system/Patient.read system/Patient.write'),
  },
  {
    id: 'read-grants-search',
    breaks: 'auth.token.scope-limited',
    conduct: stating(/^system\/Patient\.r$/, 'system/Patient.rs'),
  },
  {
    id: 'unknown-type-is-every-type',
    breaks: 'auth.token.scope-limited',
    conduct: {
      parsesScope: (scope) =>
        parseScope(scope) ?? (/^system\/[A-Z]\w+\.read$/.test(scope) ? forEverything : undefined),
    },
  },
  {
    id: 'scopes-of-users-granted',
    breaks: 'auth.token.scope.system-only',
    conduct: {
      parsesScope: (scope) => honestConduct.parsesScope(scope.replace(/^(user|patient)\//, 'system/')),
      ...grantedFor(/^(user|patient)\//, (body) => ({ ...body, scope: 'user/*.read patient/*.read' })),
    },
  },
  {
    id: 'scopes-of-launches-granted',
    breaks: 'auth.token.scope.system-only',
    conduct: grantedFor(/ launch /, (body) => ({ ...body, scope: `${body.scope} launch/patient openid` })),
  },
  {
    id: 'refresh-token-if-asked-for',
    breaks: 'auth.token.no-refresh-token',
    conduct: grantedFor(/offline_access/, (body) => ({ ...body, refresh_token: 'not-a-secret' })),
  },
]
