import { exportFailure } from '../../model/export/failure.ts'
import type { FileKind } from '../../model/http/exchange.ts'
import type { Manifest, ManifestItem } from '../../model/export/export.ts'
import type { Evidence } from '../../model/evidence.ts'
import { originOf } from '../../model/http/url.ts'
import { type Reason, stated } from '../../model/reason.ts'
import type { Picker, PickSource } from '../check.ts'
import { exportableTypes } from '../exchange/declared-support.ts'
import { instantOf, parseInstant } from '../../model/fhir/instants.ts'

type NoValue = { readonly reason: Reason }

/** The export of a request that is sent to what it left behind, or of one that takes a value from it. */
const askedExport = 'its export'

const none = (text: string): NoValue => ({ reason: stated(text) })

function statusUrlOf(evidence: Evidence): string | NoValue {
  if (evidence.probe !== 'export') return none('only an export has a polling location')
  const it = evidence.export
  return 'statusUrl' in it ? it.statusUrl : { reason: exportFailure(it, askedExport) }
}

function manifestOf({ evidence }: PickSource): Manifest | NoValue {
  if (evidence.probe !== 'export') return none('only an export has a manifest')
  const it = evidence.export
  return 'manifest' in it && it.manifest ? it.manifest : { reason: exportFailure(it, askedExport) }
}

function firstUrl(source: PickSource, kind: FileKind): string | NoValue {
  return listedUrl(source, (items) => items.find((it) => it.kind === kind), {
    reason: { kind: 'no-files-listed', files: kind },
  })
}

/** The URL of the item of the manifest that is chosen; without one, why there is none. */
function listedUrl(
  source: PickSource,
  choose: (items: readonly ManifestItem[]) => ManifestItem | undefined,
  otherwise: NoValue,
): string | NoValue {
  const manifest = manifestOf(source)
  if ('reason' in manifest) return manifest
  return choose(manifest.items)?.url ?? otherwise
}

/** An id that is well-formed like the given one and that probably nothing has. */
function alteredId(id: string): string {
  // Short or numeric ids are often consecutive, so a neighbor may exist.
  if (/\d$/.test(id) && (/^\d+$/.test(id) || !/[0-9a-f-]{16,}$/i.test(id))) return `${id}987654`
  if (id.length < 8) return `${id}x9z7`
  return id.replace(/[A-Za-z0-9](?=[^A-Za-z0-9]*$)/, (last) => (last === '0' ? '1' : '0'))
}

function alteredPath(path: string): string {
  const slash = path.replace(/\/$/, '').lastIndexOf('/')
  const segment = path.slice(slash + 1).replace(/\/$/, '')
  const [, base = segment, extension = ''] = /^(.+?)((?:\.[A-Za-z]+)*)$/.exec(segment) ?? []
  return path.slice(0, slash + 1) + alteredId(base) + extension
}

/** A URL at which there is probably nothing: its last path segment, or the id in the query of an operation, is changed. */
export function unknownUrl(url: string): string {
  const [path = '', query] = url.split('?', 2)
  const operation = /\/\$[^/]*$/.test(path)
  // The longest parameter most likely names the job.
  const [named] = (query ?? '').split('&').toSorted((a, b) => b.length - a.length)
  if (operation && query && named)
    return `${path}?${query.replace(named, named.replace(/[^=&]+(?=[^=&]*$)/, alteredId))}`
  return alteredPath(path) + (query === undefined ? '' : `?${query}`)
}

function timeOf(source: PickSource): number | NoValue {
  const manifest = manifestOf(source)
  if ('reason' in manifest) return manifest
  const { transactionTime } = manifest
  return parseInstant(transactionTime) ?? none('`transactionTime` of the manifest is not an instant')
}

const dayMs = 86_400_000

/** Picks from the responses of an export without its files. */
export const exportPicks: readonly Picker[] = [
  {
    name: 'statusUrl',
    states: 'The polling location of an export.',
    needs: 'kickoff',
    urlOf: 'status',
    from: ({ evidence }) => statusUrlOf(evidence),
  },
  {
    name: 'unknownStatusUrl',
    states: 'A polling location of the same form at which there is no export.',
    needs: 'kickoff',
    alters: 'statusUrl',
    from({ evidence }) {
      const url = statusUrlOf(evidence)
      return typeof url === 'string' ? unknownUrl(url) : url
    },
  },
  {
    name: 'nextManifestUrl',
    states: 'The URL of the first manifest that the manifest links to.',
    needs: 'completion',
    urlOf: 'status',
    from({ evidence }) {
      const it = evidence.probe === 'export' ? evidence.export : undefined
      const [url] = (it && 'pageUrls' in it && it.pageUrls) || []
      return url ?? none('the manifest links to no other manifest')
    },
  },
  {
    name: 'firstOutputUrl',
    states: 'The URL of the first output file.',
    needs: 'completion',
    urlOf: 'file',
    from: (source) => firstUrl(source, 'output'),
  },
  {
    name: 'lastOutputUrl',
    states: 'The URL of the last output file.',
    needs: 'completion',
    urlOf: 'file',
    from: (source) =>
      listedUrl(
        source,
        (items) => items.findLast((it) => it.kind === 'output'),
        none('the manifest lists no output files'),
      ),
  },
  {
    name: 'fileHosts',
    states: 'A URL on each host that the manifest names.',
    needs: 'completion',
    urlOf: 'file',
    from(source) {
      const manifest = manifestOf(source)
      if ('reason' in manifest) return manifest
      const hosts = new Map(manifest.items.map((it) => [originOf(it.url), it.url]))
      return hosts.size > 0 ? [...hosts.values()] : { reason: { kind: 'no-files-listed' } }
    },
  },
  {
    name: 'firstErrorUrl',
    states: 'The URL of the first error file.',
    needs: 'completion',
    urlOf: 'file',
    from: (source) => firstUrl(source, 'error'),
  },
  {
    name: 'firstDeletedUrl',
    states: 'The URL of the first deleted file.',
    needs: 'completion',
    urlOf: 'file',
    from: (source) => firstUrl(source, 'deleted'),
  },
  {
    name: 'firstNonPatientUrl',
    states: 'The URL of the first output file whose type is not Patient.',
    needs: 'completion',
    urlOf: 'file',
    from: (source) =>
      listedUrl(
        source,
        (items) => items.find((it) => it.kind === 'output' && it.type !== undefined && it.type !== 'Patient'),
        none('the manifest lists no output file of a type other than Patient'),
      ),
  },
  {
    name: 'outputTypes',
    states: 'The types of the output files, each once.',
    needs: 'completion',
    from(source) {
      const manifest = manifestOf(source)
      if ('reason' in manifest) return manifest
      const types = manifest.items.flatMap(({ kind, type }) => (kind === 'output' ? (type ?? []) : []))
      return types.length > 0 ? [...new Set(types)] : none('the manifest lists no output files with a type')
    },
  },
  {
    name: 'declaredType',
    states:
      'A resource type that a CapabilityStatement lists without the extension operation-not-supported: the last by name.',
    needs: 'kickoff',
    from({ evidence }) {
      const exchange = evidence.probe === 'request' ? evidence.exchanges.at(-1) : undefined
      const types = exchange ? exportableTypes(exchange) : []
      return types.toSorted().at(-1) ?? none('the CapabilityStatement lists no resource types')
    },
  },
  {
    name: 'kickoffUrl',
    states: 'The URL of an accepted kick-off request with its query, relative to the FHIR base.',
    needs: 'kickoff',
    from({ evidence }) {
      const accepted = statusUrlOf(evidence)
      if (typeof accepted !== 'string') return accepted
      const [url] =
        evidence.probe === 'export'
          ? (/(?:Patient\/|Group\/[^/?]+\/)?\$export(?:\?.*)?$/.exec(evidence.sent.url) ?? [])
          : []
      return url ?? none('the URL of the kick-off request has no operation')
    },
  },
  {
    name: 'groupUrl',
    states: 'The URL of the exported Group, relative to the FHIR base.',
    needs: 'kickoff',
    urlOf: 'group',
    from({ evidence }) {
      const [, id] =
        evidence.probe === 'export' ? (/\/Group\/([^/?]+)\/\$export/.exec(evidence.sent.url) ?? []) : []
      return id ? `Group/${id}` : none('the export is not a group export')
    },
  },
  {
    name: 'unknownFileUrl',
    states: 'A URL of the same form as that of the first output file, at which there is no file.',
    needs: 'completion',
    alters: 'firstOutputUrl',
    from(source) {
      const url = firstUrl(source, 'output')
      return typeof url === 'string' ? unknownUrl(url) : url
    },
  },
  {
    name: 'future',
    states: 'An instant one day after transactionTime.',
    needs: 'completion',
    from(source) {
      const time = timeOf(source)
      return typeof time === 'number' ? instantOf(time + dayMs) : time
    },
  },
]
