import { type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A server without authorization whose exports complete at once: `node hostile.js SCENARIO [ENTRIES]` prints its URL.

const [scenario = '', given = '0'] = process.argv.slice(2)
const entries = Number(given)
const pieceBytes = 1 << 16

const line = (id: string) =>
  `{"resourceType":"Patient","id":"${id}","meta":{"lastUpdated":"2026-01-01T00:00:00Z"},"active":true}\n`

/** The pieces of a manifest, which are made as they are sent. */
function* manifest(base: string, job: string): Generator<string> {
  const request = `${base}/$export`
  yield `{"transactionTime":"2026-02-01T00:00:00Z","request":"${request}","requiresAccessToken":false,"output":[`
  let piece = ''
  for (let at = 0; at < entries; at += 1) {
    // Control requests alone are measured where most entries name no file.
    const url = scenario === 'manifest' && at >= 10 ? 'uri' : 'url'
    piece += `${at === 0 ? '' : ','}{"type":"Patient","${url}":"${base}/files/${job}/${at}.ndjson","count":10}`
    if (piece.length < pieceBytes) continue
    yield piece
    piece = ''
  }
  yield `${piece}],"error":[]}`
}

/** A JSON object with a list that makes it so many megabytes long. */
function* padded(megabytes: number, members: string): Generator<string> {
  yield `{${members},"extra":[""`
  for (let at = 0; at < megabytes * 16; at += 1) yield `,"${'a'.repeat(pieceBytes - 3)}"`
  yield ']}'
}

const conformance =
  '"resourceType":"CapabilityStatement","status":"active","date":"2026-01-01","kind":"instance","fhirVersion":"4.0.1","format":["json"],"rest":[{"mode":"server"}]'
const configuration =
  '"token_endpoint":"http://127.0.0.1:9/token","grant_types_supported":["client_credentials"],"capabilities":["client-confidential-asymmetric"]'

let jobs = 0

function send(response: ServerResponse, type: string, pieces: Iterator<string>): void {
  response.writeHead(200, { 'Content-Type': type })
  const next = () => {
    for (;;) {
      const { done, value } = pieces.next()
      if (done) return void response.end()
      if (!response.write(value)) return void response.once('drain', next)
    }
  }
  next()
}

const server = createServer((request, response) => {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`
  const path = (request.url ?? '').split('?')[0]?.replace('/fhir', '') ?? ''
  request.resume()
  if (path.startsWith('/files/')) {
    const id = path.slice(7).replace(/\W/g, '-')
    response.writeHead(200, { 'Content-Type': 'application/fhir+ndjson' })
    return void response.end(Array.from({ length: 10 }, (_, at) => line(`${id}-${at}`)).join(''))
  }
  if (path.endsWith('$export')) {
    jobs += 1
    return void response.writeHead(202, { 'Content-Location': `${base}/jobs/${jobs}` }).end()
  }
  if (path.startsWith('/jobs/') && request.method === 'DELETE') return void response.writeHead(202).end()
  if (path.startsWith('/jobs/')) return send(response, 'application/json', manifest(base, path.slice(6)))
  if (path === '/metadata')
    return send(response, 'application/fhir+json', padded(scenario === 'discovery' ? 30 : 0, conformance))
  if (path === '/.well-known/smart-configuration')
    return send(response, 'application/json', padded(scenario === 'discovery' ? 30 : 0, configuration))
  const outcome =
    '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found","diagnostics":"nothing here"}]}'
  return void response.writeHead(404, { 'Content-Type': 'application/fhir+json' }).end(outcome)
})

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir\n`)
})
