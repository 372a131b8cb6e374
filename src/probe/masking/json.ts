import { mask } from '../../model/secrets/mask.ts'
import { type BodyKind, isMemberName, isShownNumber, type TextRule, textRule } from './shown.ts'

/** How texts of a body are shown. */
export interface TextMasks {
  /** Text in which only secrets are masked. */
  readonly open: (text: string) => string
  /** Free text of the server's, which may name patients. */
  readonly free: (text: string) => string
  readonly url: (text: string) => string
  /** The name of a member that is not known. */
  readonly name: (text: string) => string
  /** Whether a suite mentions a name, and so may test its value. */
  readonly isMentioned: (name: string) => boolean
}

const deepest = 64
const longestNote = 200

/** A JSON body with everything masked that is not known to be harmless; `undefined` if it is no JSON object or array. */
export function maskJson(text: string, shown: TextMasks): string | undefined {
  return rewritten(text, (value) => maskMember(value, [], { kind: kindOf(value), shown }))
}

/** A JSON body of our own, in which only secrets and references are masked; `undefined` if it is no JSON object or array. */
export function openJson(text: string, { open }: TextMasks): string | undefined {
  return rewritten(text, (value) =>
    JSON.parse(
      JSON.stringify(value, (name, it: unknown) =>
        typeof it !== 'string' ? it : name === 'reference' ? mask(it) : open(it),
      ),
    ),
  )
}

/** Texts in a JSON body that are secret by the name of their member. */
export function secretsInJson(text: string): readonly string[] {
  const found: string[] = []
  // Most bodies have no such member, and parsing takes time.
  if (!/(?:token|secret|assertion|password|api_?key)"\s*:\s*["[{]/i.test(text)) return found
  const collect = (value: unknown, path: readonly string[]): void => {
    if (path.length > deepest) return
    if (typeof value === 'string') {
      if (textRule('other', path) === 'secret') found.push(value)
    } else if (Array.isArray(value)) for (const it of value) collect(it, path)
    else if (typeof value === 'object' && value !== null)
      for (const [key, it] of Object.entries(value)) collect(it, [...path, key])
  }
  collect(parsed(text), [])
  return found
}

function rewritten(text: string, rewrite: (value: object) => unknown): string | undefined {
  const value = parsed(text)
  if (value === undefined) return undefined
  try {
    return JSON.stringify(rewrite(value))
  } catch {
    // Nested too deeply to be shown.
    return undefined
  }
}

function parsed(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text) as object
  } catch {
    // The caller decides what becomes of a body that does not parse.
    return undefined
  }
}

function kindOf(value: object): BodyKind {
  const has = (...names: readonly string[]) =>
    !Array.isArray(value) && names.some((it) => Object.hasOwn(value, it))
  const { resourceType } = value as { resourceType?: unknown }
  if (resourceType === 'OperationOutcome') return 'outcome'
  if (resourceType === 'CapabilityStatement') return 'documentation'
  if (typeof resourceType === 'string') return 'resource'
  if (has('output', 'transactionTime')) return 'manifest'
  if (has('token_endpoint', 'capabilities', 'grant_types_supported')) return 'documentation'
  return has('access_token', 'error') ? 'token' : 'other'
}

function maskMember(
  value: unknown,
  path: readonly string[],
  how: { readonly kind: BodyKind; readonly shown: TextMasks },
): unknown {
  const { kind, shown } = how
  if (path.length > deepest) throw new Error('nested too deeply')
  if (typeof value === 'string') {
    const rule = textRule(kind, path)
    // Documents about a server are public; of patients they say nothing.
    const isTested = kind === 'documentation' && shown.isMentioned(path.at(-1) ?? '')
    return maskText(value, isTested && rule !== 'secret' && rule !== 'hidden' ? 'open' : rule, shown)
  }
  if (typeof value === 'number') return isShownNumber(kind, path) ? value : 0
  if (Array.isArray(value)) return value.map((it) => maskMember(it, path, how))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => [
      isMemberName(key) ? key : shown.name(key),
      maskMember(it, [...path, key], how),
    ]),
  )
}

function maskText(text: string, rule: TextRule, shown: TextMasks): string {
  if (typeof rule === 'function') return rule(text) ? shown.open(text) : mask(text)
  if (typeof rule === 'object') return text.replace(rule.of, (it) => maskText(it, rule.each, shown))
  if (rule === 'note') return shown.open(text.slice(0, longestNote))
  return rule === 'secret' || rule === 'hidden' ? mask(text) : shown[rule](text)
}
