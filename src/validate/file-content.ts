import { isJsonObject } from '../model/json.ts'

/** What a file without resources holds: the log of an export client, or something else; `is` completes "it is …" where it can be said. */
export type ForeignContent = { readonly kind: 'log' } | { readonly kind: 'foreign'; readonly is?: string }

const signatures: readonly (readonly [readonly number[], string])[] = [
  [[0xff, 0xfe, 0, 0], 'UTF-32, not UTF-8'],
  [[0, 0, 0xfe, 0xff], 'UTF-32, not UTF-8'],
  [[0xff, 0xfe], 'UTF-16, not UTF-8'],
  [[0xfe, 0xff], 'UTF-16, not UTF-8'],
  [[0x1f, 0x8b], 'compressed with gzip more than once'],
  [[0x50, 0x4b, 3, 4], 'a ZIP archive'],
  [[0x50, 0x4b, 5, 6], 'an empty ZIP archive'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed with Zstandard, not gzip'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], 'compressed with xz, not gzip'],
  [[0x42, 0x5a, 0x68], 'compressed with bzip2, not gzip'],
  [[0x04, 0x22, 0x4d, 0x18], 'compressed with LZ4, not gzip'],
  [[0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59], 'compressed with Snappy, not gzip'],
  [[0x1f, 0x9d], 'compressed with compress, not gzip'],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], 'a 7z archive'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file'],
  [[0x4f, 0x62, 0x6a, 1], 'an Avro file'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF file'],
]

/** What bytes show of a file before its lines are read, decompressed if it is gzip: that it is not text in UTF-8. */
export function isBinary(head: Uint8Array): string | undefined {
  const known = signatures.find(([bytes]) => bytes.every((it, at) => head[at] === it))
  if (known) return known[1]
  if (String.fromCharCode(...head.subarray(257, 262)) === 'ustar') return 'a tar archive'
  // Without a byte order mark, ASCII in UTF-16 has a zero in every pair.
  const pairs = [...head.subarray(0, 64)]
  const zeros = (odd: number) => pairs.filter((it, at) => at % 2 === odd && it === 0).length
  if (pairs.length >= 4 && Math.max(zeros(0), zeros(1)) === Math.floor(pairs.length / 2))
    return zeros(0) > 0 && zeros(1) > 0 ? 'UTF-32, not UTF-8' : 'UTF-16, not UTF-8'
  return undefined
}

/** What the beginning of a text without resources on its lines shows of it. */
export function documentIn(text: string): string | undefined {
  const begin = text.replace(/^\uFEFF/, '').trimStart()
  if (/^<(!doctype\s+html|html)\b/i.test(begin)) return 'an HTML page'
  if (/^<(\?xml|[A-Za-z][\w:.-]*[\s/>])/.test(begin)) return 'XML'
  if (begin.startsWith('[')) return 'a JSON array, not one resource on each line'
  if (!begin.startsWith('{')) return undefined
  if (/^\{[^{}[\]]*"resourceType"\s*:\s*"Bundle"/.test(begin)) return 'a Bundle, written over several lines'
  return isParsed(begin.split('\n', 1)[0] ?? '')
    ? 'JSON, but without FHIR resources'
    : 'JSON, written over several lines'
}

function isParsed(text: string): boolean {
  return jsonObjectOn(text) !== undefined
}

/** The JSON object on a line, perhaps with a comma behind it; `undefined` if there is none. */
function jsonObjectOn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(line.replace(/^\uFEFF/, '').replace(/,\s*$/, ''))
    return isJsonObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

/** Whether a line is a resource, or was meant as one. */
export function looksLikeResource(line: string): boolean {
  if (!/^\uFEFF?\s*\{/.test(line) || !/"resourceType"\s*:\s*"/.test(line)) return false
  const json = jsonObjectOn(line)
  return json === undefined || typeof json.resourceType === 'string'
}

/** Whether a line is an item of the log that export clients write (https://github.com/smart-on-fhir/bulk-data-client/wiki/Bulk-Data-Export-Log-Items). */
export function isLogItem(line: string): boolean {
  if (!line.includes('"exportId"') || !line.includes('"eventId"')) return false
  const json = jsonObjectOn(line)
  return (
    json !== undefined && ['exportId', 'timestamp', 'eventId'].every((name) => typeof json[name] === 'string')
  )
}
