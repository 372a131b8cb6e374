import type { CredentialState, ProtectedEndpoint } from '../../conduct/authorization.ts'
import { type Conduct, honestConduct } from '../../conduct/conduct.ts'
import type { Fault } from '../definition.ts'

const admitting = (
  credential: CredentialState,
  endpoint: ProtectedEndpoint,
  at: (url: string) => boolean = () => true,
): Pick<Conduct, 'admitsCredential'> => ({
  admitsCredential: (each, where, url) =>
    honestConduct.admitsCredential(each, where, url) ||
    (each === credential && where === endpoint && at(url)),
})

/** Whether a file is of the type whose files manifests list first. */
const isOfFirstType = (url: string) => url.includes('/AllergyIntolerance.')

// A server that looks only at the token accepts it in any scheme.
const bearer = ['auth.access.bearer-scheme']

/** Faults of single locations, and of credentials that are wrong in a rare way. */
export const locationFaults: readonly Fault[] = [
  {
    id: 'kickoff-with-another-scheme',
    breaks: 'auth.access.no-token',
    also: bearer,
    conduct: admitting('other-scheme', 'kickoff'),
  },
  {
    id: 'status-with-another-scheme',
    breaks: 'security.status-protected',
    also: bearer,
    conduct: admitting('other-scheme', 'status'),
  },
  {
    id: 'files-with-another-scheme',
    breaks: 'security.files-protected',
    also: bearer,
    conduct: admitting('other-scheme', 'file'),
  },
  {
    id: 'deletion-with-another-scheme',
    breaks: 'export.delete.protected',
    also: bearer,
    conduct: admitting('other-scheme', 'deletion'),
  },
  {
    id: 'tokens-of-any-scheme',
    breaks: 'auth.access.bearer-scheme',
    conduct: { isTokenScheme: () => true },
  },
  {
    id: 'files-with-expired-token',
    breaks: 'security.files-protected',
    configuration: { tokenLifetime: 20 },
    conduct: admitting('expired', 'file'),
  },
  {
    id: 'only-first-file-without-token-refused',
    breaks: 'security.files-protected',
    conduct: admitting('none', 'file', (url) => !isOfFirstType(url)),
  },
  {
    id: 'only-first-file-with-any-token-refused',
    breaks: 'security.files-protected',
    conduct: admitting('unknown', 'file', (url) => !isOfFirstType(url)),
  },
  {
    id: 'deletion-with-any-token',
    breaks: 'export.delete.protected',
    conduct: admitting('unknown', 'deletion'),
  },
  {
    id: 'deletion-with-expired-token',
    breaks: 'export.delete.protected',
    configuration: { tokenLifetime: 20 },
    conduct: admitting('expired', 'deletion'),
  },
  {
    id: 'deletion-by-others',
    breaks: 'export.delete.originator',
    configuration: { otherScope: 'system/*.rs' },
    conduct: {
      mayAccessJob: (job, clientId, at) => at === 'deletion' || honestConduct.mayAccessJob(job, clientId, at),
    },
  },
  {
    id: 'any-permission-exports',
    breaks: 'auth.access.scope-checked',
    also: ['security.status-scope-coverage', 'security.files-scope-coverage'],
    configuration: { scope: 'system/*.cruds' },
    conduct: {
      scopesCover: (scopes, { type }, at) =>
        scopes.some((it) => honestConduct.scopesCover(scopes, { type, permissions: it.permissions }, at)),
    },
  },
]
