import { type Conduct, honestConduct } from '../../conduct/conduct.ts'
import type { CredentialState, ProtectedEndpoint } from '../../conduct/authorization.ts'
import { type Fault, onAnswer } from '../definition.ts'
import { withoutHeader } from '../../http-message.ts'
import { refusal } from '../../operation-outcome.ts'

const admitting = (
  credentials: readonly CredentialState[],
  endpoints: readonly ProtectedEndpoint[],
): Pick<Conduct, 'admitsCredential'> => ({
  admitsCredential: (credential, endpoint, url) =>
    honestConduct.admitsCredential(credential, endpoint, url) ||
    (credentials.includes(credential) && endpoints.includes(endpoint)),
})

const covering = (...where: readonly (ProtectedEndpoint | 'selection')[]): Pick<Conduct, 'scopesCover'> => ({
  scopesCover: (scopes, need, at) => where.includes(at) || honestConduct.scopesCover(scopes, need, at),
})

const seeing = (...endpoints: readonly ProtectedEndpoint[]): Pick<Conduct, 'mayAccessJob'> => ({
  mayAccessJob: (job, clientId, at) =>
    endpoints.includes(at) || honestConduct.mayAccessJob(job, clientId, at),
})

/** Faults of access with a token. */
export const accessFaults: readonly Fault[] = [
  // A server that hands out data to anybody does not manage access.
  {
    id: 'kickoff-without-token',
    breaks: 'auth.access.no-token',
    also: ['security.oauth-smart.should'],
    conduct: admitting(['none'], ['kickoff']),
  },
  {
    id: 'kickoff-with-any-token',
    breaks: 'auth.access.invalid-token',
    conduct: admitting(['unknown', 'malformed'], ['kickoff']),
  },
  {
    id: 'kickoff-with-expired-token',
    breaks: 'auth.access.expired-token',
    configuration: { tokenLifetime: 20 },
    conduct: admitting(['expired'], ['kickoff']),
  },
  { id: 'read-beyond-scope', breaks: 'auth.access.scope-checked', conduct: covering('read') },
  {
    id: 'no-www-authenticate',
    breaks: 'auth.access.www-authenticate',
    conduct: onAnswer('access.refused', (r) => withoutHeader(r, 'www-authenticate')),
  },
  {
    id: 'unauthorized-type-dropped-silently',
    breaks: 'auth.access.unauthorized-type',
    conduct: { raisesProblem: (problem) => problem.kind !== 'type-unauthorized' },
  },
  {
    id: 'undeclared-type-dropped-silently',
    breaks: 'auth.access.unsupported-type',
    conduct: { raisesProblem: (problem) => problem.kind !== 'type-unsupported' },
  },
  // A client that exports more than its token covers must also be able to read the status and the files.
  {
    id: 'export-beyond-scope',
    breaks: 'security.limit-to-authorized',
    also: ['security.status-scope-coverage', 'security.files-scope-coverage'],
    conduct: covering('selection', 'status', 'file'),
  },
  {
    id: 'status-without-token',
    breaks: 'security.status-protected',
    conduct: admitting(['none'], ['status']),
  },
  {
    id: 'status-with-any-token',
    breaks: 'security.status-protected',
    conduct: admitting(['unknown', 'malformed'], ['status']),
  },
  { id: 'status-beyond-scope', breaks: 'security.status-scope-coverage', conduct: covering('status') },
  { id: 'files-without-token', breaks: 'security.files-protected', conduct: admitting(['none'], ['file']) },
  {
    id: 'files-with-any-token',
    breaks: 'security.files-protected',
    conduct: admitting(['unknown', 'malformed'], ['file']),
  },
  { id: 'files-beyond-scope', breaks: 'security.files-scope-coverage', conduct: covering('file') },
  {
    id: 'jobs-seen-by-others',
    breaks: 'security.restrict-to-originator',
    configuration: { otherScope: 'system/*.rs' },
    conduct: seeing('status', 'file'),
  },
  {
    id: 'deletion-without-token',
    breaks: 'export.delete.protected',
    conduct: admitting(['none'], ['deletion']),
  },
  {
    id: 'no-token-is-sufficient',
    breaks: 'auth.access.bearer',
    conduct: onAnswer('kickoff.accepted', () =>
      refusal(401, { code: 'login', diagnostics: 'The access token is not accepted.' }, [
        ['WWW-Authenticate', 'Bearer'],
      ]),
    ),
  },
]
