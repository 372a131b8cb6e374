import { mostLineMebibytes } from './choices.ts'
import { requirementLevels, smartReleases } from '../model/requirement.ts'
import { claimableFeatures, defaultLimits, exportLevels } from '../model/target.ts'
import { defaultReports, reportNames } from '../report/format-files.ts'
import { baselineSchema } from './baseline/schema.ts'
import { clientSchema } from './schema/client.ts'
import { defaultFailOn, releaseSchema } from './defaults.ts'
import { durationPattern, durationText } from './duration.ts'
import { mediaTypePattern } from './schema/media-type.ts'
import { presetNames } from './presets/registry.ts'
import { filledText as text, onlyMembers as object, record } from './schema/parts.ts'

const duration = { type: ['string', 'number'], pattern: durationPattern, minimum: 0 }
const secretPlaces = {
  value: text,
  env: {
    ...text,
    description: 'Environment variable with the value; bulkcheck masks the value everywhere.',
  },
  file: { ...text, description: 'File with the value; bulkcheck masks the value everywhere.' },
}
const size = { type: 'integer', minimum: 1 }

/** The JSON Schema (draft 2020-12) of a configuration file. */
export const configSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'bulkcheck configuration',
  description: 'The Bulk Data Provider under test and how it is tested. Paths are relative to this file.',
  ...object({
    $schema: { type: 'string', description: 'The schema of this file, for editors.' },
    target: { $ref: '#/$defs/target' },
    suites: list(text, 'Suite files or folders to run instead of the bundled suites.'),
    igPackages: list(
      text,
      'FHIR packages (.tgz files or folders); exported resources are validated against their profiles.',
    ),
    output: { ...text, description: 'Folder for reports.' },
    reports: list({ enum: reportNames }, `Reports to write; default: ${defaultReports.join(', ')}.`),
    failOn: {
      enum: requirementLevels,
      default: defaultFailOn,
      description: `Weakest level of broken requirements that fails the run; default ${defaultFailOn}.`,
    },
    concurrency: {
      ...size,
      default: 1,
      description: 'Number of exports to run at the same time; default 1.',
    },
    maxExports: {
      type: 'integer',
      minimum: 0,
      description:
        'Most exports to take to completion. bulkcheck selects the tests that judge the most requirements, SHALL before SHOULD, and leaves out the others. By default there is no limit.',
    },
    maxTime: {
      ...duration,
      description:
        'Time limit for the run. bulkcheck runs the most important tests first; tests that it does not reach are inconclusive. By default there is no limit.',
    },
    knownFailing: {
      ...text,
      description:
        'File of tests that are known to fail: an id on each line, with `*` for any text, and optionally `owner=NAME`, `until=2026-12-31` and `# reason`.',
    },
    tls: {
      description: 'TLS settings of connections to the server.',
      ...object({
        ca: { ...text, description: 'PEM file with additional trusted CA certificates.' },
        cert: { ...text, description: 'PEM file with the client certificate.' },
        key: { ...text, description: 'PEM file with the key of the client certificate.' },
        insecure: {
          type: 'boolean',
          description: 'Do not verify TLS certificates; the run then never exits with 0.',
        },
      }),
    },
  }),
  $defs: {
    target: {
      description: 'The Bulk Data Provider under test, and what it claims to support.',
      ...object({
        preset: {
          enum: presetNames,
          description: 'Settings for a named system; every other setting takes precedence.',
        },
        name: { ...text, description: 'Name of the server in reports; default: its host.' },
        fhirUrl: { ...text, description: 'Base URL of the FHIR API.' },
        ig: releaseSchema,
        smart: { enum: smartReleases, description: 'Release of SMART App Launch; default: by `ig`.' },
        authorization: {
          description: 'Authorization of the harness: `none`, or the credentials of a registered client.',
          if: { type: 'string' },
          // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
          then: { enum: ['none'] },
          else: { $ref: '#/$defs/client' },
        },
        otherClient: {
          $ref: '#/$defs/client',
          description:
            'A second registered client, needed by the tests that check whether one client can see the exports of another.',
        },
        levels: { ...list({ enum: exportLevels }, 'Export levels that the server offers.'), minItems: 1 },
        groupId: { ...text, description: 'Id of a Group to export.' },
        emptyGroupId: {
          ...text,
          description: 'Id of a Group without members; tests check that its export is empty.',
        },
        supports: list(
          { enum: claimableFeatures },
          'Optional features that the server offers; tests of other features do not apply. Default: a run finds them, except narrow-scopes, burst-polling, failing-job, partial-job, file-sizes, cohorts, periodic-cohorts and dynamic-cohorts.',
        ),
        deniedScope: {
          ...text,
          description: 'A scope that the client must not get, e.g. `system/Observation.rs`.',
        },
        deniedGroupId: { ...text, description: 'Id of a Group that the client must not export.' },
        otherGroupId: { ...text, description: 'Id of a Group whose members are not patients.' },
        otherFormat: {
          ...text,
          pattern: mediaTypePattern,
          description: 'Media type of a format that the server offers besides NDJSON.',
        },
        allowWrites: {
          type: 'boolean',
          default: false,
          description: 'Tests may create Groups on the server, and delete them again.',
        },
        tokenOrigins: list(text, 'Origins that may receive the access token, besides that of `fhirUrl`.'),
        allowedOrigins: list(text, 'Origins to which the server may lead without the access token.'),
        headers: {
          description:
            'Header fields that gateways require, by name. They are sent to the origin of `fhirUrl` and to `tokenOrigins`.',
          ...record({
            if: { type: 'string' },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: { minLength: 1 },
            else: { $ref: '#/$defs/header' },
          }),
        },
        baseline: { $ref: '#/$defs/baseline' },
        limits: { $ref: '#/$defs/limits' },
      }),
    },
    client: clientSchema,
    userPassword: {
      description: 'A user whose password is in an environment variable or in a file.',
      ...object({
        user: text,
        passwordEnv: { ...text, description: 'Environment variable that holds the password.' },
        passwordFile: { ...text, description: 'File with the password.' },
      }),
    },
    secret: {
      description: 'A value, or the environment variable or file that holds it.',
      ...object(secretPlaces),
    },
    header: {
      description: 'A value of a header field, or the environment variable or file that holds it.',
      ...object({
        ...secretPlaces,
        tokenEndpoint: {
          type: 'boolean',
          description: 'Also send the header field to the token endpoint, whatever its origin.',
        },
      }),
    },
    baseline: baselineSchema,
    limits: {
      description:
        "Limits on time and size. A time is '250ms', '30s', '5m', '1h' or the like, or a number of milliseconds.",
      ...object({
        pollFloor: {
          ...durationOf(defaultLimits.pollFloorMs),
          description: 'Shortest wait between status requests.',
        },
        retryAfterCap: {
          ...duration,
          description: 'Longest wait that a Retry-After header can request; by default there is no limit.',
        },
        exportTimeout: {
          ...durationOf(defaultLimits.exportTimeoutMs),
          description: 'Time limit from kick-off to completion of an export.',
        },
        requestTimeout: {
          ...durationOf(defaultLimits.requestTimeoutMs),
          description: 'Time limit for one request, including its response.',
        },
        downloadTimeout: {
          ...durationOf(defaultLimits.downloadTimeoutMs),
          description: 'Time limit for the download of one file.',
        },
        tokenWait: {
          ...durationOf(defaultLimits.tokenWaitMs),
          description: 'Longest wait for an access token to expire.',
        },
        tokenGrace: {
          ...durationOf(defaultLimits.tokenGraceMs),
          description:
            'How long after its expiry the server may still accept a token, because clocks differ.',
        },
        deletionGrace: {
          ...durationOf(defaultLimits.deletionGraceMs),
          description: 'How long after a delete request the polling location may still answer as before.',
        },
        controlBodyBytes: sizeLimit(
          'controlBodyBytes',
          'Maximum size in bytes of a response body other than a file, a manifest or the CapabilityStatement.',
        ),
        metadataBytes: sizeLimit('metadataBytes', 'Maximum size of the CapabilityStatement in bytes.'),
        manifestBytes: sizeLimit('manifestBytes', 'Maximum size of a manifest in bytes.'),
        fileBytes: sizeLimit('fileBytes', 'Maximum size in bytes of an output file after decompression.'),
        lineBytes: {
          ...sizeLimit('lineBytes', 'Maximum length in bytes of a line in an output file.'),
          maximum: mostLineMebibytes << 20,
        },
        manifestEntries: sizeLimit('manifestEntries', 'Maximum number of files in a manifest.'),
      }),
    },
  },
}

function sizeLimit(name: keyof typeof defaultLimits, description: string): object {
  return { ...size, default: defaultLimits[name], description }
}

function durationOf(defaultMs: number): object {
  return { ...duration, default: durationText(defaultMs) }
}

function list(items: object, description: string): object {
  return { type: 'array', uniqueItems: true, items, description }
}
