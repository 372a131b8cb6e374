import { Readable } from 'node:stream'
import { constants, createGzip } from 'node:zlib'
import { authorize, insufficientScope, uncoveredType } from '../authorization/access.ts'
import type { ProviderJob, ServedFile } from './job.ts'
import { admitsGzip, admitsMedia, headerOf, type Headers, type Response } from '../http-message.ts'
import { linesOfFile } from './file-lines.ts'
import { refusal } from '../operation-outcome.ts'
import { findJob } from './status.ts'
import type { RequestContext, ProviderState } from '../provider-state.ts'

const pieceLength = 1 << 16

function* pieces(state: ProviderState, job: ProviderJob, file: ServedFile): Iterable<Uint8Array> {
  let waiting: Uint8Array[] = []
  let length = 0
  for (const text of state.conduct.fileText(linesOfFile(state, job, file), file, job)) {
    const bytes = state.conduct.fileBytes(text, file)
    waiting.push(bytes)
    length += bytes.length
    if (length < pieceLength) continue
    yield Buffer.concat(waiting)
    waiting = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(waiting)
}

async function* inTheirTime<T>(all: Iterable<T>): AsyncIterable<T> {
  for (const it of all) yield it
}

/** The format of the files of a job, if it is not NDJSON. */
function otherFormatOf({ configuration }: ProviderState, { kickoff }: ProviderJob): string | undefined {
  const { otherFormat } = configuration
  return kickoff.parameters.some(([name, value]) => name === '_outputFormat' && value === otherFormat)
    ? otherFormat
    : undefined
}

/** GET of a file that a manifest names; `name` is all of its URL after the job. */
export function handleFile(call: RequestContext, id: string, name: string): Response {
  const { state, request, answer } = call
  const { requiresAccessToken, gzip } = state.configuration
  const refuse = (response: Response) => answer('file.refused', response)
  if (request.method !== 'GET')
    return refuse(
      refusal(405, { code: 'not-supported', diagnostics: 'Files support only GET.' }, [
        ['Allow', 'GET, HEAD'],
      ]),
    )
  const grant = requiresAccessToken ? authorize(call, 'file') : undefined
  if (grant && 'status' in grant) return grant
  const job = findJob(call, id)
  const found = job?.files && state.conduct.findsFile(job.files, name)
  const unseen = job && grant && !grant.anonymous && !state.conduct.mayAccessJob(job, grant.clientId, 'file')
  if (!job || !found || unseen)
    return refuse(refusal(404, { code: 'not-found', diagnostics: 'There is no file here.' }))
  const type =
    grant && uncoveredType(call, grant, { types: job.types, permissions: ['r', 's'], endpoint: 'file' })
  if (type !== undefined) return insufficientScope(call, type, 'file')
  const other = otherFormatOf(state, job)
  if (!admitsMedia(headerOf(request, 'accept'), [other ?? 'application/fhir+ndjson', 'application/ndjson']))
    return refuse(
      refusal(406, { code: 'not-supported', diagnostics: 'Accept does not admit application/fhir+ndjson.' }),
    )
  const compressed = gzip && admitsGzip(headerOf(request, 'accept-encoding'))
  const headers: Headers = [
    ['Content-Type', other ?? 'application/fhir+ndjson'],
    ...(gzip ? [['Vary', 'Accept-Encoding'] as const] : []),
    ...(compressed ? [['Content-Encoding', 'gzip'] as const] : []),
  ]
  const plain = other
    ? [Buffer.from(found.resources.map((it) => `${it.id}\n`).join(''))]
    : pieces(state, job, found)
  const body: AsyncIterable<Uint8Array> = compressed
    ? Readable.from(plain, { objectMode: false }).pipe(createGzip({ level: constants.Z_BEST_SPEED }))
    : inTheirTime(plain)
  return answer(
    'file.served',
    { status: 200, headers, body },
    { job, file: found, kickoff: job.kickoff, level: job.kickoff.level },
  )
}
