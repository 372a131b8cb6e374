import { admitsMedia, fhirResponse, headerOf, jsonResponse, type Response } from './http-message.ts'
import { refusal } from './operation-outcome.ts'
import type { RequestContext } from './provider-state.ts'
import { releaseFormat } from './export/release-format.ts'
import { cohortProfile } from './groups/member-filters.ts'
import { parametersByType } from './search/parameters.ts'

/** GET [base]/.well-known/smart-configuration: JSON whatever is accepted, 404 on an open server. */
export function handleDiscovery({ state, answer, tokenUrl }: RequestContext): Response {
  if (!state.authorization)
    return answer(
      'rest.refused',
      refusal(404, { code: 'not-found', diagnostics: 'This server requires no authorization.' }),
    )
  return answer(
    'discovery',
    jsonResponse(200, {
      token_endpoint: tokenUrl,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
      token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384', 'ES256'],
      scopes_supported: ['system/*.rs', 'system/*.read', 'system/Patient.rs', 'system/Patient.read'],
      code_challenge_methods_supported: ['S256'],
      capabilities: [
        'client-confidential-asymmetric',
        'client-confidential-symmetric',
        'permission-v1',
        'permission-v2',
      ],
    }),
  )
}

const canonical = 'http://hl7.org/fhir/uv/bulkdata'

const notExported = {
  url: `${canonical}/Extension/operation-not-supported`,
  valueCanonical: `${canonical}/CapabilityStatement/bulk-data`,
}

/** GET [base]/metadata: readable without a token. */
export function handleMetadata(call: RequestContext): Response {
  const { state, request, answer, base } = call
  if (!admitsMedia(headerOf(request, 'accept'), ['application/fhir+json', 'application/json']))
    return answer(
      'rest.refused',
      refusal(406, {
        code: 'not-supported',
        diagnostics: 'Accept admits no format that is supported: JSON.',
      }),
    )
  return answer('metadata', fhirResponse(200, capabilityStatement(call, base, state.authorization)))
}

function capabilityStatement(call: RequestContext, base: string, secured: boolean): Record<string, unknown> {
  const { state, tokenUrl, now } = call
  const { levels } = state.configuration
  const operation = (definition: string) => [
    {
      name: 'export',
      definition: `${canonical}/OperationDefinition/${definition}`,
      documentation: documentation(call, definition === 'patient-export' || definition === 'group-export'),
    },
  ]
  const operations: Readonly<Record<string, unknown>> = {
    ...(levels.includes('patient') ? { Patient: operation('patient-export') } : {}),
    ...(levels.includes('group') ? { Group: operation('group-export') } : {}),
  }
  const types = [...new Set([...state.catalogue.types, 'Group', 'Patient'])].sort()
  return {
    resourceType: 'CapabilityStatement',
    instantiates: [`${canonical}/CapabilityStatement/bulk-data`],
    status: 'active',
    date: new Date(now).toISOString(),
    kind: 'instance',
    software: { name: 'bulkcheck reference provider' },
    implementation: { description: 'Bulk Data Provider with synthetic patients', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    implementationGuide: [`${canonical}/ImplementationGuide/hl7.fhir.uv.bulkdata`],
    rest: [
      {
        mode: 'server',
        ...(secured ? { security: security(tokenUrl) } : {}),
        resource: types.map((type) => ({
          type,
          interaction: [
            ...['read', 'search-type'],
            ...(type === 'Group' && state.configuration.groupWrites ? ['create', 'update', 'delete'] : []),
          ].map((code) => ({ code })),
          ...(state.configuration.notExported.includes(type) ? { extension: [notExported] } : {}),
          searchParam: [
            { name: '_id', type: 'token' },
            { name: '_lastUpdated', type: 'date' },
            ...Object.entries(parametersByType[type] ?? {}).map(([name, { kind }]) => ({ name, type: kind })),
          ],
          ...(type === 'Group' && state.configuration.cohorts !== false
            ? { supportedProfile: [cohortProfile] }
            : {}),
          ...(operations[type] === undefined ? {} : { operation: operations[type] }),
        })),
        ...(levels.includes('system') ? { operation: operation('export') } : {}),
      },
    ],
  }
}

function documentation({ state }: RequestContext, ofPatients: boolean): string {
  const { parameters, post, separateStatus } = state.configuration
  const { methods } = releaseFormat(state.release, state.configuration)
  const names = ['_outputFormat', ...parameters].filter((name) => name !== 'patient' || (ofPatients && post))
  const preferences = separateStatus ? ' Preferences: separate-export-status.' : ''
  return `Parameters: ${names.join(', ')}. Kick-off by ${methods.join(' and ')}.${preferences}`
}

function security(tokenUrl: string): Record<string, unknown> {
  return {
    extension: [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: [{ url: 'token', valueUri: tokenUrl }],
      },
    ],
    service: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/restful-security-service',
            code: 'SMART-on-FHIR',
          },
        ],
      },
    ],
  }
}
