import { honestConduct } from '../../conduct/conduct.ts'
import type { ResponseContext } from '../../conduct/conduct.ts'
import type { ProviderJob } from '../../export/job.ts'
import {
  type JsonRecord,
  jsonResponse,
  withBody,
  withHeader,
  withJson,
  withStatus,
} from '../../http-message.ts'
import { refusal } from '../../operation-outcome.ts'
import { onAnswer } from '../definition.ts'
import { since3 } from './definition.ts'

/** Changes the manifests that others link to. */
const onPages = (change: (body: JsonRecord, about: ResponseContext) => JsonRecord) =>
  onAnswer('status.complete', (r, about) =>
    about.page === undefined ? r : withJson(r, (body) => change(body, about)),
  )

const fewFiles = { filesPerManifest: 3 }

/** The linked manifests of each job that were served once. */
const served = new WeakMap<ProviderJob, Set<number>>()

/** Faults of manifests that come in parts. */
export const partialManifestFaults = since3([
  {
    id: 'linked-manifest-lost-without-a-word',
    breaks: 'export.partial.link.error',
    conduct: onAnswer('status.complete', (r, { job, page = 0 }) => {
      if (!job || page === 0) return r
      const pages = served.get(job) ?? new Set<number>()
      served.set(job, pages)
      if (pages.has(page)) return withBody(withStatus(r, 404), 'gone', 'text/plain')
      pages.add(page)
      return r
    }),
  },
  {
    id: 'link-without-being-asked',
    breaks: 'export.partial.not-without',
    conduct: onAnswer('status.complete', (r, { kickoff, request }) =>
      kickoff?.partialManifests
        ? r
        : withJson(r, (body) => ({ ...body, link: [{ relation: 'next', url: request.url }] })),
    ),
  },
  {
    id: 'manifest-in-progress-without-being-asked',
    breaks: 'export.partial.not-without',
    conduct: onAnswer('status.progress', (r, { kickoff }) =>
      kickoff?.partialManifests
        ? r
        : jsonResponse(
            r.status,
            { transactionTime: '2026-03-02T09:00:00Z', output: [], error: [] },
            r.headers,
          ),
    ),
  },
  {
    id: 'manifest-in-progress-as-fhir',
    breaks: 'export.partial.in-progress-manifest',
    conduct: onAnswer('status.progress', (r, { kickoff }) =>
      kickoff?.partialManifests ? withHeader(r, 'Content-Type', 'application/fhir+json') : r,
    ),
  },
  {
    id: 'listed-files-not-ready',
    breaks: 'export.partial.in-progress.available',
    conduct: onAnswer('file.served', (r, { job }) =>
      job?.completedAt === undefined
        ? refusal(404, { code: 'not-found', diagnostics: 'The file is not ready.' })
        : r,
    ),
  },
  {
    id: 'listed-file-disappears',
    breaks: 'export.partial.in-progress.immutable',
    conduct: onAnswer('status.progress', (r, { kickoff, request }) =>
      kickoff?.partialManifests
        ? withJson(r, (body) => ({
            ...body,
            output: [
              ...(body.output as JsonRecord[]),
              { type: 'Patient', url: `${request.url}/draft.ndjson` },
            ],
          }))
        : r,
    ),
  },
  {
    id: 'listed-files-grow',
    breaks: 'export.partial.in-progress.files-immutable',
    conduct: {
      sentResources: (file, job) =>
        job.completedAt === undefined ? file.resources.slice(1) : honestConduct.sentResources(file, job),
    },
  },
  {
    id: 'link-is-an-object',
    breaks: 'export.partial.link.array-single',
    configuration: fewFiles,
    conduct: onAnswer('status.complete', (r) =>
      withJson(r, ({ link, ...rest }) => ({ ...rest, ...(Array.isArray(link) ? { link: link[0] } : {}) })),
    ),
  },
  {
    id: 'next-manifest-absent',
    breaks: 'export.partial.link.resolves',
    configuration: fewFiles,
    conduct: onAnswer('status.complete', (r, { page }) =>
      page === undefined ? r : refusal(404, { code: 'not-found', diagnostics: 'There is no such manifest.' }),
    ),
  },
  {
    id: 'next-manifest-of-another-time',
    breaks: 'export.partial.link.same-fields',
    configuration: fewFiles,
    conduct: onPages((body) => ({ ...body, transactionTime: '2026-03-02T08:00:00Z' })),
  },
  {
    id: 'manifests-in-a-circle',
    breaks: 'export.partial.link.terminates',
    // The manifests after it are never reached.
    also: ['export.partial.link.complete'],
    configuration: fewFiles,
    conduct: onPages((body, { request }) => ({ ...body, link: [{ relation: 'next', url: request.url }] })),
  },
  {
    id: 'next-manifest-repeats-a-file',
    breaks: 'export.partial.link.complete',
    configuration: fewFiles,
    conduct: onPages((body) => {
      const output = body.output as readonly JsonRecord[]
      return { ...body, output: [...output, ...output.slice(0, 1)] }
    }),
  },
  {
    id: 'next-manifest-lacks-files',
    breaks: 'export.partial.link.complete',
    configuration: fewFiles,
    conduct: onPages((body) => ({ ...body, output: [] })),
  },
  {
    id: 'next-manifest-without-token',
    breaks: 'export.partial.link.protected',
    configuration: fewFiles,
    conduct: {
      admitsCredential: (credential, endpoint, url) =>
        url.includes('/bulk/manifests/') || honestConduct.admitsCredential(credential, endpoint, url),
    },
  },
])
