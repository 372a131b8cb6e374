import { requirementLevels, supportedReleases } from '../model/requirement.ts'
import { claimableFeatures, defaultLimits, exportLevels } from '../model/target.ts'
import { reportNames } from '../report/format-files.ts'
import { defaultFailOn, defaultRelease, defaultScope } from './defaults.ts'
import { durationPattern, durationText } from './duration.ts'

const text = { type: 'string', minLength: 1 }
const duration = { type: ['string', 'number'], pattern: durationPattern, minimum: 0 }
const size = { type: 'integer', minimum: 1 }

/** The JSON Schema (draft 2020-12) of a configuration file. */
export const configSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'bulkcheck configuration',
  description: 'The Bulk Data Provider under test and how it is tested. Paths are relative to this file.',
  ...object({
    $schema: { type: 'string', description: 'The schema of this file, for editors.' },
    target: { $ref: '#/$defs/target' },
    suites: list(text, 'Suite files or folders that are run instead of the bundled ones.'),
    igPackages: list(
      text,
      'FHIR packages, .tgz files or folders, whose profiles exported resources are held against.',
    ),
    output: { ...text, description: 'Folder of the reports.' },
    reports: list({ enum: reportNames }, 'Reports to write; all of them unless said otherwise.'),
    failOn: {
      enum: requirementLevels,
      default: defaultFailOn,
      description: `A requirement at or above this that is broken fails the run; ${defaultFailOn} unless said otherwise.`,
    },
    knownFailing: { ...text, description: 'File with a pattern of test ids a line that are known to fail.' },
    tls: {
      description: 'How connections are secured.',
      ...object({
        ca: { ...text, description: 'PEM file with certificates of further authorities.' },
        cert: { ...text, description: 'PEM file with the certificate that the harness shows.' },
        key: { ...text, description: 'PEM file with the key of that certificate.' },
        insecure: {
          type: 'boolean',
          description: 'Certificates are not verified; such a run never exits 0.',
        },
      }),
    },
  }),
  $defs: {
    target: {
      description: 'The Bulk Data Provider under test, and what it claims to support.',
      ...object({
        name: { ...text, description: 'For reports.' },
        fhirUrl: { ...text, description: 'Base of its FHIR API.' },
        ig: {
          enum: supportedReleases,
          default: defaultRelease,
          description: `Release of the Bulk Data Access IG; ${defaultRelease} unless said otherwise.`,
        },
        authorization: {
          description: 'How the harness is authorized: none, or the credentials of a registered client.',
          if: { type: 'string' },
          // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
          then: { enum: ['none'] },
          else: { $ref: '#/$defs/client' },
        },
        otherClient: {
          $ref: '#/$defs/client',
          description: 'A second registered client, for isolation between clients.',
        },
        levels: { ...list({ enum: exportLevels }, 'Export levels that it offers.'), minItems: 1 },
        groupId: { ...text, description: 'Id of a Group that can be exported.' },
        supports: list(
          { enum: claimableFeatures },
          'Optional features that it offers; tests of others do not apply. Without it, a run finds them out, but for narrow-scopes, burst-polling and failing-job.',
        ),
        tokenOrigins: list(
          text,
          'Origins, besides that of `fhirUrl`, to which the access token may be sent.',
        ),
        limits: { $ref: '#/$defs/limits' },
      }),
    },
    client: {
      description:
        'Credentials of a registered client. Secrets are never in this file: it names files or environment variables.',
      ...object({
        clientId: text,
        scope: { ...text, default: defaultScope, description: `\`${defaultScope}\` unless said otherwise.` },
        key: { ...text, description: 'File with the private key: JWK, JWK Set or PEM.' },
        keyEnv: {
          ...text,
          description:
            'Environment variable that holds the private key itself; BULKCHECK_KEY unless `key` is given.',
        },
        kid: { ...text, description: 'Key id where the key file has none, or which key of a set.' },
        secretEnv: { ...text, description: 'Environment variable that holds the client secret.' },
        secretFile: { ...text, description: 'File with the client secret.' },
        method: {
          enum: ['basic', 'post'],
          description: 'Where the client secret is sent: Authorization header or form.',
        },
        bearer: { const: true, description: 'The access token is obtained by somebody else.' },
        tokenEnv: {
          ...text,
          description:
            'Environment variable that holds the access token; BULKCHECK_BEARER_TOKEN unless given.',
        },
        tokenUrl: { ...text, description: 'Discovered at .well-known/smart-configuration unless given.' },
      }),
    },
    limits: {
      description:
        "Bounds on time and size. A time is like '250ms', '30s', '5m', '1h' or a number of milliseconds.",
      ...object({
        pollFloor: {
          ...durationOf(defaultLimits.pollFloorMs),
          description: 'Least wait between status requests where the server says nothing.',
        },
        retryAfterCap: {
          ...duration,
          description: 'Longest wait that a Retry-After can ask for; no limit unless given.',
        },
        exportTimeout: {
          ...durationOf(defaultLimits.exportTimeoutMs),
          description: 'From kick-off to completion.',
        },
        requestTimeout: {
          ...durationOf(defaultLimits.requestTimeoutMs),
          description: 'One request, in all.',
        },
        downloadTimeout: {
          ...durationOf(defaultLimits.downloadTimeoutMs),
          description: 'One download, in all.',
        },
        tokenWait: {
          ...durationOf(defaultLimits.tokenWaitMs),
          description: 'Longest wait for a token to expire.',
        },
        tokenGrace: {
          ...durationOf(defaultLimits.tokenGraceMs),
          description: 'How long after its expiry a token may still be honored.',
        },
        deletionGrace: {
          ...durationOf(defaultLimits.deletionGraceMs),
          description: 'How long after a DELETE the polling location may still answer otherwise.',
        },
        controlBodyBytes: {
          ...size,
          default: defaultLimits.controlBodyBytes,
          description: 'Longest body of a response that is no file and no manifest.',
        },
        manifestBytes: { ...size, default: defaultLimits.manifestBytes, description: 'Longest manifest.' },
        fileBytes: {
          ...size,
          default: defaultLimits.fileBytes,
          description: 'Longest output file, decoded.',
        },
        lineBytes: {
          ...size,
          default: defaultLimits.lineBytes,
          description: 'Longest line of an output file.',
        },
        manifestEntries: {
          ...size,
          default: defaultLimits.manifestEntries,
          description: 'Most files that a manifest lists.',
        },
      }),
    },
  },
}

function object(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', additionalProperties: false, properties }
}

function durationOf(defaultMs: number): object {
  return { ...duration, default: durationText(defaultMs) }
}

function list(items: object, description: string): object {
  return { type: 'array', uniqueItems: true, items, description }
}
