import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { authorize, insufficient, uncovered } from './access.ts'
import type { Job, OutputFile } from './job.ts'
import { admitsGzip, admitsMedia, headerOf, type Headers, type Response } from './message.ts'
import { refusal } from './outcome.ts'
import { findJob } from './status.ts'
import type { Call, World } from './world.ts'

const pieceLength = 1 << 16

function* lines(world: World, job: Job, file: OutputFile): Iterable<string> {
  const { elements } = job.kickoff
  for (const resource of world.conduct.sends(file, job))
    yield world.conduct.line(
      elements && file.kind === 'output' ? world.conduct.reduces(resource, elements) : resource,
      file,
    )
}

function* pieces(world: World, job: Job, file: OutputFile): Iterable<Uint8Array> {
  let waiting: Uint8Array[] = []
  let length = 0
  for (const text of world.conduct.text(lines(world, job, file), file, job)) {
    const bytes = world.conduct.bytes(text, file)
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

/** GET of a file that a manifest names; `name` is all of its URL after the job. */
export function file(call: Call, id: string, name: string): Response {
  const { world, request, answer } = call
  const { requiresAccessToken, gzip } = world.configuration
  const refuse = (response: Response) => answer('file.refused', response)
  if (request.method !== 'GET')
    return refuse(
      refusal(405, { code: 'not-supported', diagnostics: 'A file is read by GET.' }, [
        ['Allow', 'GET, HEAD'],
      ]),
    )
  const grant = requiresAccessToken ? authorize(call, 'file') : undefined
  if (grant && 'status' in grant) return grant
  const job = findJob(call, id)
  const found = job?.files && world.conduct.findsFile(job.files, name)
  const unseen = job && grant && !grant.anonymous && !world.conduct.sees(job, grant.clientId, 'file')
  if (!job || !found || unseen)
    return refuse(refusal(404, { code: 'not-found', diagnostics: 'There is no file here.' }))
  const type =
    grant && uncovered(call, grant, { types: job.types, permissions: ['r', 's'], endpoint: 'file' })
  if (type !== undefined) return insufficient(call, type, 'file')
  if (!admitsMedia(headerOf(request, 'accept'), ['application/fhir+ndjson', 'application/ndjson']))
    return refuse(
      refusal(406, { code: 'not-supported', diagnostics: 'Accept does not admit application/fhir+ndjson.' }),
    )
  const compressed = gzip && admitsGzip(headerOf(request, 'accept-encoding'))
  const headers: Headers = [
    ['Content-Type', 'application/fhir+ndjson'],
    ...(gzip ? [['Vary', 'Accept-Encoding'] as const] : []),
    ...(compressed ? [['Content-Encoding', 'gzip'] as const] : []),
  ]
  const plain = pieces(world, job, found)
  const body: AsyncIterable<Uint8Array> = compressed
    ? Readable.from(plain, { objectMode: false }).pipe(createGzip())
    : inTheirTime(plain)
  return answer(
    'file.served',
    { status: 200, headers, body },
    { job, file: found, kickoff: job.kickoff, level: job.kickoff.level },
  )
}
