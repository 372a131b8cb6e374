import { scopesPermit } from '../../authorization/scopes.ts'
import { clientJwksUrl } from '../../conduct/configurations.ts'
import type { Conduct } from '../../conduct/conduct.ts'
import { groupMembers, isCompartmentType } from '../../population/compartment.ts'
import type { Dialect } from '../definition.ts'
import { besidePatients, ownFiles, referenced, withinReach } from './exported.ts'
import { answer } from './responses.ts'
import { mayKickOff, parsesScope } from './scopes.ts'

const conduct: Partial<Conduct> = {
  requiresClaim: (claim) => claim === 'iss' || claim === 'sub' || claim === 'aud',
  clientIdFits: () => true,
  allowsAlgorithm: (alg) => /^(RS|ES)(256|384|512)$/.test(alg),
  keysOnMismatch: (doubt, candidates) => (doubt === 'no-kid' ? candidates : []),
  jkuFits: () => true,
  audienceFits: (audience, tokenUrl) => audience === tokenUrl,
  expiryIsNear: () => true,
  jtiFits: () => true,
  defaultScope: () => 'openid',
  parsesScope,
  grantsScopes: (requested) => requested,
  mayAccessJob: () => true,
  scopesCover: (scopes, { type, permissions }, endpoint) =>
    endpoint === 'selection' || endpoint === 'deletion' || (endpoint === 'kickoff' && type !== 'Group')
      ? mayKickOff(scopes)
      : scopesPermit(scopes, type, permissions),
  acceptsMethod: (method, known, level) => known.includes(method) && (method === 'GET' || level !== 'group'),
  readsBody: () => false,
  readsQuery: () => true,
  splitsValues: ([first = '']) => first.split(','),
  raisesProblem: ({ kind }) => kind === 'group' || kind === 'type-unauthorized',
  reportsProblem: () => false,
  levelIncludes: (level, type) =>
    level === 'system' ||
    isCompartmentType(type) ||
    (level === 'patient' ? besidePatients : referenced).includes(type),
  exportsType: (type, { types, level }) =>
    types === undefined ||
    types.includes(type) ||
    (level === 'group' && (type === 'Patient' || referenced.includes(type))),
  withinPatients: ({ type, patients }, chosen) =>
    chosen === undefined || referenced.includes(type) || patients.some((id) => chosen.has(id)),
  changedSince: (resource, since) => Date.parse(resource.meta?.lastUpdated ?? '') >= since,
  manifestFiles: (files, { kickoff }) => [
    ...(kickoff.level === 'group' ? withinReach(files, kickoff) : files),
    ...(kickoff.level === 'system' && kickoff.types === undefined ? ownFiles() : []),
  ],
  // A failed job runs for ever, and so does the export of a Group without members.
  isComplete: ({ kickoff, polls }, configuration) =>
    (kickoff.group === undefined || groupMembers(kickoff.group).length > 0) && polls >= configuration.polls,
  transactionTime: ({ completedAt }, now) => new Date(completedAt ?? now).toISOString(),
  remainingJobs: (jobs) => jobs,
  hidesDeletedJobs: () => true,
  findsFile: (files, name) => files.find((it) => it.name === name.split('?')[0]),
  answer,
}

/** Medplum, as it was seen on a running server. */
export const medplum: Dialect = {
  id: 'medplum',
  system: 'Medplum 5.0.10',
  release: '2.0.0',
  configuration: {
    urls: {
      base: '/fhir/R4',
      token: '{root}/oauth2/token',
      status: '{base}/bulkdata/export/{job}',
      manifest: '{base}/bulkdata/export/{job}/{page}',
      file: '{root}/storage/{job}/{name}',
    },
    ...{
      parameters: ['_type', '_since'],
      deletions: false,
      count: false,
      linesPerFile: Number.MAX_SAFE_INTEGER,
    },
    ...{ retryAfter: 'none', progress: false, gzip: false, requiresAccessToken: false },
    ...{ tokenLifetime: 3600, scope: 'system/*.cruds', otherScope: 'system/*.cruds' },
    jwksUrl: clientJwksUrl,
    groupReadScope: true,
    notExported: ['Binary', 'CodeSystem', 'SearchParameter', 'StructureDefinition', 'ValueSet', 'AuditEvent'],
  },
  conduct,
}
