import { isJsonObject, type JsonObject } from '../../model/json.ts'
import type { SupportedRelease } from '../../model/requirement.ts'

/** The release that a server most likely speaks, and what speaks for it; the text completes "because …". */
export interface LikelyRelease {
  readonly release: SupportedRelease
  readonly because: string
}

const guide = 'http://hl7.org/fhir/uv/bulkdata'

/** What only servers of 3.0.0 or later declare. */
const signsOf3: readonly (readonly [sign: RegExp, name: string])[] = [
  [/operation-not-supported/, 'the extension operation-not-supported'],
  [/bulk-cohort-group/, 'the profile bulk-cohort-group'],
  ...['_until', 'organizeOutputBy', 'allowPartialManifests', 'separate-export-status'].map(
    (it) => [new RegExp(`(?<!\\w)${it}(?!\\w)`), `\`${it}\``] as const,
  ),
]

/** The release of a server by its CapabilityStatement; `otherwise` if that names none. A ballot is never likely: it has to be asked for. */
export function likelyRelease(statement: JsonObject | undefined, otherwise: SupportedRelease): LikelyRelease {
  if (!statement)
    return { release: otherwise, because: 'the server has no CapabilityStatement, and this is the default' }
  const versions = canonicalsOf(statement).flatMap((it) => {
    const [, place = '', version = ''] = /^(.*)\|(\d+\.\d+[^|]*)$/.exec(it) ?? []
    return version && place.startsWith(guide) ? [{ canonical: it, version }] : []
  })
  const of = (pattern: RegExp) => versions.find(({ version }) => pattern.test(version))
  const named = (
    release: SupportedRelease,
    { canonical }: { readonly canonical: string },
  ): LikelyRelease => ({
    release,
    because: `the CapabilityStatement names ${canonical}`,
  })
  const third = of(/^3\./)
  if (third) return named('3.0.0', third)
  const text = JSON.stringify([statement.rest])
  const sign = signsOf3.find(([it]) => it.test(text))
  if (sign)
    return { release: '3.0.0', because: `the CapabilityStatement has ${sign[1]}, which is new in 3.0.0` }
  const second = of(/^(2\.|1\.1)/)
  if (second) return named('2.0.0', second)
  const first = of(/^1\./)
  if (first) return named('1.0.1', first)
  const ballot = of(/^4\./)
  if (ballot)
    return {
      release: '3.0.0',
      because: `the CapabilityStatement names ${ballot.canonical}, a ballot, which is tested only with --ig 4.0.0-ballot`,
    }
  return {
    release: otherwise,
    because: 'the CapabilityStatement names no version of the guide, and this is the default',
  }
}

/** The canonicals of a CapabilityStatement that can name the guide. */
function canonicalsOf({ instantiates, implementationGuide, rest }: JsonObject): readonly string[] {
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
  const rests = list(rest).filter(isJsonObject)
  const operations = [...rests, ...rests.flatMap((it) => list(it.resource)).filter(isJsonObject)]
    .flatMap((it) => list(it.operation))
    .filter(isJsonObject)
  return [
    ...list(instantiates),
    ...list(implementationGuide),
    ...operations.map((it) => it.definition),
  ].filter((it) => typeof it === 'string')
}
