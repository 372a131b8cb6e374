import { type Exchange, header, type HeaderList } from '../../model/http/exchange.ts'
import { parseUrl } from '../../model/http/url.ts'
import type { Reporter } from '../../model/result.ts'
import { diagnosticsStamp } from '../tested-setting.ts'

/**
 * HAR 1.2: an entry for each request that was sent, masked as everywhere, with the ids of the tests whose verdicts rest on it. TLS handshakes, requests
 * that were not sent and those of the server are left out. Bodies of output files are not in a result.
 */
export const harReporter: Reporter = (result) => {
  const { exchanges, tests, harness } = result
  const stamp = diagnosticsStamp(result)
  const restingOn = new Map<number, string[]>()
  for (const { id, exchanges: numbers } of tests)
    for (const number of numbers) restingOn.set(number, [...(restingOn.get(number) ?? []), id])
  const sent = exchanges.filter((it) => !it.handshake && !it.stop && !it.received)
  const log = {
    version: '1.2',
    creator: { name: 'bulkcheck', version: harness },
    ...(stamp === undefined ? {} : { comment: stamp }),
    entries: sent.map((it) => entryOf(it, restingOn.get(it.number) ?? [])),
  }
  return `${JSON.stringify({ log }, null, 2)}\n`
}

function entryOf(exchange: Exchange, tests: readonly string[]): object {
  const { number, request, startedAt, durationMs, networkError, problem } = exchange
  const { method, url, headers, body } = request
  return {
    startedDateTime: startedAt,
    time: durationMs,
    request: {
      ...{ method, url, httpVersion: 'HTTP/1.1', cookies: [] },
      headers: fieldsOf(headers),
      queryString: [...(parseUrl(url)?.searchParams ?? [])].map(([name, value]) => ({ name, value })),
      ...(body === undefined
        ? {}
        : { postData: { mimeType: header(headers, 'content-type') ?? '', params: [], text: body } }),
      headersSize: -1,
      bodySize: body === undefined ? 0 : Buffer.byteLength(body),
    },
    response: responseOf(exchange),
    cache: {},
    timings: { send: 0, wait: durationMs, receive: 0 },
    comment: `exchange ${number}`,
    _exchange: number,
    ...(request.assertion ? { _assertion: request.assertion } : {}),
    _tests: tests,
    ...(networkError === undefined ? {} : { _networkError: networkError, _problem: problem }),
  }
}

/** Without a response, the status is 0, as browsers write it. */
function responseOf({ response }: Exchange): object {
  const { status = 0, headers = [], bytes = 0, body } = response ?? {}
  return {
    ...{ status, statusText: '', httpVersion: response ? 'HTTP/1.1' : '', cookies: [] },
    headers: fieldsOf(headers),
    content: {
      size: bytes,
      mimeType: header(headers, 'content-type') ?? 'x-unknown',
      ...(body === undefined ? {} : { text: body }),
    },
    redirectURL: header(headers, 'location') ?? '',
    ...{ headersSize: -1, bodySize: -1 },
  }
}

function fieldsOf(headers: HeaderList): readonly object[] {
  return headers.map(([name, value]) => ({ name, value }))
}
