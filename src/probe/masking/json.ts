import { mask } from '../../model/secrets/mask.ts'

/** How texts of a body are shown. */
export interface TextMasks {
  /** Text in which only secrets are masked. */
  readonly open: (text: string) => string
  /** Free text of the server's, which may name patients. */
  readonly free: (text: string) => string
}

type MaskRule = 'open' | 'free' | 'hidden'
type MaskRuleOf = (path: readonly string[]) => MaskRule

const deepest = 64
const credentialName = /(?:token|secret|assertion|password)$/i
const identifierName = /^[A-Za-z_$@][\w$.:-]{0,63}$/

/** The text of a JSON body with everything masked that is not known to be harmless; `undefined` if it is no JSON object or array. */
export function maskJson(text: string, shown: TextMasks): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The caller decides what becomes of a body that does not parse.
    return undefined
  }
  try {
    return JSON.stringify(
      maskValue(value, [], { ruleOf: rulesFor(value), shown, clinical: isClinical(value) }),
    )
  } catch {
    // Nested too deeply to be shown.
    return undefined
  }
}

interface MaskContext {
  readonly ruleOf: MaskRuleOf
  readonly shown: TextMasks
  readonly clinical: boolean
}

function maskValue(value: unknown, path: readonly string[], how: MaskContext): unknown {
  if (path.length > deepest) throw new Error('nested too deeply')
  if (typeof value === 'string') return maskString(value, how.ruleOf(path), how.shown)
  if (typeof value === 'number') return how.clinical && path.at(-1) !== 'total' ? 0 : value
  if (Array.isArray(value)) return value.map((it) => maskValue(it, path, how))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => [
      identifierName.test(key) ? how.shown.open(key) : mask(key),
      maskValue(it, [...path, key], how),
    ]),
  )
}

function maskString(text: string, rule: MaskRule, shown: TextMasks): string {
  return rule === 'open' ? shown.open(text) : rule === 'free' ? shown.free(text) : mask(text)
}

/** Resources that may hold data about patients. */
function isClinical(value: unknown): boolean {
  const type = typeOf(value)
  return (
    type !== undefined &&
    type !== 'CapabilityStatement' &&
    type !== 'OperationOutcome' &&
    type !== 'Parameters'
  )
}

function typeOf(value: unknown): string | undefined {
  const type = (value as { resourceType?: unknown }).resourceType
  return typeof type === 'string' ? type : undefined
}

/** Which of the texts in a body are shown: by what kind of body it is. */
function rulesFor(value: unknown): MaskRuleOf {
  const type = typeOf(value)
  const has = (...names: readonly string[]) =>
    !Array.isArray(value) && names.some((it) => Object.hasOwn(value as object, it))
  if (type === 'OperationOutcome') return outcomeRule
  if (type === 'CapabilityStatement') return documentationRule
  if (type === 'Parameters') return parametersRule
  if (type !== undefined) return structureRule
  if (has('output', 'transactionTime')) return manifestRule
  if (has('token_endpoint', 'capabilities', 'grant_types_supported')) return documentationRule
  if (has('access_token', 'error')) return tokenRule
  return () => 'hidden'
}

const documentationRule: MaskRuleOf = (path) =>
  path.at(-1) === 'div' || credentialName.test(path.at(-1) ?? '') ? 'hidden' : 'open'

const structureRule: MaskRuleOf = (path) =>
  path.at(-1) === 'resourceType' || (path.length === 1 && path[0] === 'type') ? 'open' : 'hidden'

const outcomeRule: MaskRuleOf = (path) => {
  const name = path.at(-1) ?? ''
  if (name === 'resourceType' || name === 'severity' || name === 'code' || name === 'system') return 'open'
  return name === 'id' ? 'hidden' : 'free'
}

const parametersRule: MaskRuleOf = (path) =>
  path.at(-1) === 'reference' || path.at(-1) === 'resource' ? 'hidden' : 'open'

const manifestTexts = new Set([
  'transactionTime',
  'request',
  'resourceType',
  'type',
  'url',
  'count',
  'relation',
])
const manifestRule: MaskRuleOf = (path) =>
  manifestTexts.has(path.at(-1) ?? '') || path.at(-1) === 'requiresAccessToken' ? 'open' : 'hidden'

const tokenRule: MaskRuleOf = ([name = '', ...rest]) => {
  if (rest.length > 0 || credentialName.test(name)) return name === 'token_type' ? 'open' : 'hidden'
  if (name === 'error_description') return 'free'
  return ['token_type', 'expires_in', 'scope', 'error', 'error_uri'].includes(name) ? 'open' : 'hidden'
}
