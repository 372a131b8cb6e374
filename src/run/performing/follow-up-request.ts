import { header } from '../../model/http/exchange.ts'
import { parseHttpDate } from '../../model/http/http-date.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { Reason } from '../../model/reason.ts'
import type { Picker } from '../../checks/check.ts'

/**
 * How what an export left behind is asked for: without a token where its manifest says that files require none, and not
 * at all once it has expired.
 */
export function followUpRequest(
  spec: object,
  evidenceOf: (from: string) => Evidence | undefined,
  now: number,
  picks: readonly Picker[],
): { readonly authorization?: 'none' } | { readonly reason: Reason } {
  const { get, authorization } = spec as { get?: unknown; authorization?: unknown }
  const { from, pick } = (typeof get === 'object' ? (get ?? {}) : {}) as { from?: string; pick?: string }
  const urlOf = picks.find((it) => it.name === pick)?.urlOf
  const evidence = from !== undefined && urlOf && urlOf !== 'group' ? evidenceOf(from) : undefined
  if (evidence?.probe !== 'export' || evidence.export.state !== 'complete') return {}
  const { completion, manifest } = evidence.export
  const expires = parseHttpDate(
    header(completion.response?.headers ?? [], 'expires') ?? '',
    Date.parse(completion.startedAt),
  )
  if (expires !== undefined && now > expires)
    return { reason: { kind: 'expired', exchange: completion.number } }
  return urlOf === 'file' && manifest.requiresAccessToken === false && authorization === undefined
    ? { authorization: 'none' }
    : {}
}
