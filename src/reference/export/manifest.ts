import type { ProviderState, RequestContext } from '../provider-state.ts'
import { linesOfFile } from './file-lines.ts'
import type { ProviderJob, ServedFile } from './job.ts'
import { releaseFormat } from './release-format.ts'
import { urlFrom } from '../url-layout.ts'

/** The files of each manifest of a job; messages are in all of them. */
export function pagesOf(
  state: ProviderState,
  { kickoff, files = [] }: ProviderJob,
): readonly (readonly ServedFile[])[] {
  const size = kickoff.partialManifests ? state.configuration.filesPerManifest : Number.POSITIVE_INFINITY
  const listed = files.filter(({ kind }) => kind !== 'error')
  const messages = files.filter(({ kind }) => kind === 'error')
  if (listed.length <= size) return [files]
  return Array.from({ length: Math.ceil(listed.length / size) }, (_, page) => [
    ...listed.slice(page * size, (page + 1) * size),
    ...messages,
  ])
}

/** A manifest of a job; `linked`: it may link to the next one. */
export function manifestOf(
  call: RequestContext,
  job: ProviderJob,
  { page, linked }: { readonly page: number; readonly linked: boolean },
): Record<string, unknown> {
  const { state, base } = call
  const { deletions, requiresAccessToken, urls: layout } = state.configuration
  const { kickoff } = job
  const { modelled } = releaseFormat(state.release, state.configuration)
  const pages = pagesOf(state, job)
  const extension = extensionOf(state, modelled)
  const ofKind = (kind: ServedFile['kind']) =>
    (pages[page] ?? []).filter((file) => file.kind === kind).map((file) => itemOf(call, job, file))
  // An empty list is not FHIR JSON.
  const list = (name: string, kind: ServedFile['kind']) =>
    modelled && ofKind(kind).length === 0 ? {} : { [name]: ofKind(kind) }
  return {
    ...(modelled
      ? { manifestType: 'http://hl7.org/fhir/uv/bulkdata/StructureDefinition/BulkDataManifest' }
      : {}),
    transactionTime: state.conduct.transactionTime(job, call.now),
    ...(modelled
      ? {}
      : { request: kickoff.method === 'POST' ? (kickoff.url.split('?')[0] ?? '') : kickoff.url }),
    requiresAccessToken: state.authorization && requiresAccessToken,
    ...(modelled ? { outputFormat: 'application/fhir+ndjson' } : {}),
    ...(kickoff.organizedBy === undefined ? {} : { outputOrganizedBy: kickoff.organizedBy }),
    ...list('output', 'output'),
    ...(deletions ? list('deleted', 'deleted') : {}),
    ...list(modelled ? 'outcome' : 'error', 'error'),
    ...(linked && page + 1 < pages.length
      ? {
          link: [
            {
              relation: 'next',
              url: urlFrom(layout.manifest, { layout, base }, { job: job.id, page: page + 1 }),
            },
          ],
        }
      : {}),
    ...extension,
  }
}

function extensionOf({ configuration }: ProviderState, modelled: boolean): Record<string, unknown> {
  const url = 'https://bulkcheck.example/note'
  if (!configuration.extension) return {}
  return { extension: modelled ? [{ url, valueString: 'an extension' }] : { [url]: 'an extension' } }
}

function itemOf(
  { state, base }: RequestContext,
  job: ProviderJob,
  file: ServedFile,
): Record<string, unknown> {
  const { type, name, resources, continuesIn, kind } = file
  const { modelled } = releaseFormat(state.release, state.configuration)
  const { count, urls: layout } = state.configuration
  const urlOf = (of: string) => urlFrom(layout.file, { layout, base }, { job: job.id, name: of })
  const isTyped = type !== '' && (kind === 'output' || !modelled)
  return {
    ...(isTyped ? { type } : {}),
    url: urlOf(name),
    ...(continuesIn === undefined ? {} : { continuesInFile: urlOf(continuesIn) }),
    ...(count ? { count: resources.length } : {}),
    ...(count && modelled ? { fileSize: sizeOf(state, job, file) } : {}),
    ...(modelled && kind === 'error' ? { countSeverity: severitiesOf(resources) } : {}),
    ...extensionOf(state, modelled),
  }
}

/** The size of a file before compression. */
function sizeOf(state: ProviderState, job: ProviderJob, file: ServedFile): number {
  let size = 0
  for (const line of linesOfFile(state, job, file)) size += Buffer.byteLength(line) + 1
  return size
}

function severitiesOf(outcomes: ServedFile['resources']): readonly Record<string, unknown>[] {
  const codes = outcomes.map(({ issue }) => (issue as readonly { readonly severity: string }[])[0]?.severity)
  return [...new Set(codes)].map((code) => ({ code, count: codes.filter((it) => it === code).length }))
}
