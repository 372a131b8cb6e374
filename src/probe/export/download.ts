import type { OutputFileStart, FileSink } from '../../model/export/file-sink.ts'
import type { Manifest, ManifestItem } from '../../model/export/export.ts'
import type { OutputFile } from '../../model/http/exchange.ts'
import type { RequestCredentials } from '../../model/suite.ts'
import { type AuthorizedRequest, sendAuthorized } from '../authorization/authorized-request.ts'
import { followUpIdentity } from '../authorization/request-authorization.ts'
import { mostBytes } from '../body-limits.ts'
import type { ProbeContext } from '../context.ts'
import type { HttpResponse } from '../http-client.ts'
import { type PassThroughSpool, passThroughSpool } from '../transport/pass-through-spool.ts'
import type { Spool } from '../transport/spool.ts'
import { type ActionResponse, actionResponse } from './action-response.ts'

/** Files of a complete export to be downloaded. */
export interface DownloadList {
  readonly manifest: Manifest
  /** Positions in the manifest. */
  readonly positions: Iterable<number>
  /** With whose token it was started. */
  readonly as: RequestCredentials
  readonly receiver: FileReceiver
}

/** Takes files as they come. */
interface FileReceiver {
  /** Called before a file is downloaded; `undefined` leaves it to be read afterwards. */
  beginFile(file: OutputFileStart): FileSink | undefined
  /** Resolves once there is room for another file. */
  waitForSpace(): Promise<void>
}

/** One file to be downloaded. */
interface FileDownload {
  readonly as: RequestCredentials
  readonly receiver: FileReceiver
  readonly item: ManifestItem
  /** Its position in the manifest. */
  readonly number: number
  readonly manifest?: Manifest
  /** The polling location. */
  readonly from?: string
}

/** Downloads files one after the other; an abort ends it. */
export async function downloadFiles(
  context: ProbeContext,
  { positions, ...list }: DownloadList,
): Promise<readonly OutputFile[]> {
  const files: OutputFile[] = []
  for (const number of positions) {
    const item = list.manifest.items[number]
    if (context.signal?.aborted || !item) break
    const { file } = await downloadFile(context, { ...list, item, number })
    if (file) files.push(file)
  }
  return files
}

/** Downloads a file, again where the server asks to wait or the response does not get through. */
export async function downloadFile(context: ProbeContext, download: FileDownload): Promise<ActionResponse> {
  const { receiver, item, number, manifest } = download
  const { kind, type, count } = item
  const start = {
    number,
    kind,
    ...(type === undefined ? {} : { type }),
    ...(count === undefined ? {} : { count }),
  }
  let passed: PassThroughSpool | undefined
  const newSpool = () => {
    const sink = receiver.beginFile({ ...start, exchange: context.nextExchange() })
    if (!sink) return context.newSpool()
    passed = passThroughSpool(sink, context.keepsFiles ? context.newSpool(true) : undefined)
    return passed
  }
  await receiver.waitForSpace()
  context.notify({ kind: 'download', number: number + 1, of: manifest?.items.length ?? 0 })
  const response = await sendAuthorized(context, fileRequest(context, download, newSpool))
  // What has been judged already is not read again.
  if (response.spool && (response.spool !== passed || context.keepsFiles))
    context.keepFile(response.exchange.number, response.spool)
  const file = fileOf(response, start)
  if (passed && response.spool === passed) passed.commit(file)
  return { ...actionResponse(context, response), file }
}

function fileRequest(
  { target }: ProbeContext,
  { as, item, manifest, from }: FileDownload,
  newSpool: () => Spool,
): AuthorizedRequest {
  const { limits } = target
  const needsToken = manifest?.requiresAccessToken
  return {
    purpose: 'file',
    as: needsToken === false ? undefined : followUpIdentity(as),
    request: {
      method: 'GET',
      url: item.url,
      ...(from === undefined ? {} : { from }),
      headers: [
        ['Accept', 'application/fhir+ndjson'],
        ['Accept-Encoding', 'gzip'],
      ],
      token: needsToken === true ? 'required' : 'allowed',
      timeoutMs: limits.downloadTimeoutMs,
      maxBytes: mostBytes(limits, 'file'),
      newSpool,
      keepAlive: true,
    },
    followsRedirects: true,
    repeating: { mustSucceed: true },
  }
}

function fileOf({ exchange, spool }: HttpResponse, start: Omit<OutputFileStart, 'exchange'>): OutputFile {
  const { number, kind, type, count } = start
  const { stop } = exchange
  const ended = {
    exchange: exchange.number,
    retrieved: spool !== undefined,
    bytes: exchange.response?.bytes ?? 0,
  }
  // Most files are like this. With `start` spread, each would have a hidden class of its own, and there may be 100,000.
  if (type !== undefined && count !== undefined && !stop) {
    const { exchange, retrieved, bytes } = ended
    return { number, kind, type, count, exchange, retrieved, bytes }
  }
  return { ...start, ...ended, ...(stop ? { stop } : {}) }
}
