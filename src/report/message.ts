import type { Exchange, HeaderList } from '../model/evidence.ts'
import { capped, visible } from './escape.ts'

const longestBody = 8000
const longestHeader = 600

/** A request as text: request line, header fields, body. */
export function requestText({ request }: Exchange): string {
  return message(`${request.method} ${visible(request.url)}`, request.headers, request.body)
}

/** A response as text; of an output file its length only. Absent if there was none. */
export function responseText({ response }: Exchange): string | undefined {
  if (!response) return undefined
  const { status, headers, body, bytes, framing } = response
  const unknown = framing === 'none' ? '; only the end of the connection ended it' : ''
  const rest =
    body ?? (bytes > 0 ? `(${bytes.toLocaleString('en-US')} bytes, not shown${unknown})` : undefined)
  return message(String(status), headers, rest)
}

function message(start: string, headers: HeaderList, body: string | undefined): string {
  const fields = headers.map(([name, value]) => `${visible(name)}: ${visible(capped(value, longestHeader))}`)
  return [start, ...fields, ...(body ? ['', shortened(indented(body))] : [])].join('\n')
}

function shortened(body: string): string {
  return body.length <= longestBody ? body : `${capped(body, longestBody)}\nresults.json holds the rest`
}

const deepest = 40

/** JSON laid out over lines with every character of its values and names as it was; any other text unchanged. */
export function indented(text: string): string {
  if (!/^\s*[{[]/.test(text) || !isJson(text)) return text
  let out = ''
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g)) {
    if (token === '}' || token === ']') {
      depth -= 1
      out = /[{[]$/.test(out) ? out + token : `${out}\n${'  '.repeat(depth)}${token}`
      continue
    }
    if (/[{[]$/.test(out) || (out.endsWith(',') && out !== '')) out += `\n${'  '.repeat(depth)}`
    out += token === ':' ? ': ' : token
    if (token === '{' || token === '[') depth += 1
    if (depth > deepest) return text
  }
  return out
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // A body that is no JSON is shown as it is.
    return false
  }
}
