import type { ProbeKind } from '../../model/parts.ts'
import type { ProbeKey } from '../../model/plan.ts'
import type { SupportedRelease } from '../../model/requirement.ts'
import { wireFormatOf } from '../../model/export/wire-format.ts'
import type { ExportProbe, RequestProbe, TokenProbe } from '../../model/suite.ts'

type Spec = Readonly<Record<string, unknown>>

const defaults: Readonly<Record<Exclude<ProbeKind, 'export'>, Spec>> = {
  request: { authorization: 'own', when: 'complete', headers: {} },
  token: { signedWith: 'own-key', spoilt: false, listedAudience: false, header: {}, claims: {}, form: {} },
  connection: {},
}

const exportDefaults: Spec = { authorization: 'own', polling: 'polite', parameters: {}, headers: {} }

/** A spec without what would be so anyway in a release, so that probes that do the same have the same content. */
export function withoutDefaults(kind: ProbeKind, spec: Spec, ig: SupportedRelease): Spec {
  const { method } = wireFormatOf(ig)
  const usual = kind === 'export' ? { ...exportDefaults, method } : defaults[kind]
  return Object.fromEntries(
    Object.entries(spec).filter(([key, value]) => canonicalJson(value) !== canonicalJson(usual[key])),
  )
}

/** The key of a probe by its content; references inside must name keys already. */
export function probeKey(kind: ProbeKind, spec: Spec): ProbeKey {
  return `${kind} ${canonicalJson(spec)}`
}

/** JSON with sorted keys and without white space. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
}

/** Whether a refusal of this export could have a cause that the plain export of its level would meet as well. */
export function exportDeviates(spec: ExportProbe): boolean {
  return [spec.authorization, spec.parameters, spec.headers, spec.method, spec.group].some(
    (it) => it !== undefined,
  )
}

/** Whether a token request says anything that the correct one of the same client does not. */
export function tokenDeviates({ client: _, ...spec }: TokenProbe): boolean {
  return Object.keys(spec).length > 0
}

/** Whether a request is sent with other credentials than the harness's own, to something that is not public anyway. */
export function requestDeviates(spec: RequestProbe): boolean {
  if (spec.authorization === undefined || spec.authorization === 'writer') return false
  const open = typeof spec.get === 'string' && /^(metadata|\.well-known\/)/.test(spec.get)
  return !(open && spec.authorization === 'none')
}
