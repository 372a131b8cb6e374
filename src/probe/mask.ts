/** The same text with every letter and digit replaced by `x`: type, emptiness and length remain. */
export function mask(text: string): string {
  return text.replace(/[\p{L}\p{N}\p{M}]/gu, (it) => 'x'.repeat(it.length))
}

/** Masks secrets and concealed values wherever they occur in a text. */
export interface Masker {
  /** A credential: masked wherever it shows, in whatever common encoding. */
  addSecret(value: string): void
  /** A value such as a patient's id; a short one is masked only where it stands for a patient. */
  conceal(value: string): void
  text(text: string): string
}

const sensitiveNames =
  '[\\w.-]*(?:token|secret|signature|password|assertion|credential|apikey|api_key|api-key)[\\w.-]*|x-amz-[\\w-]+|x-goog-[\\w-]+|googleaccessid|awsaccesskeyid|key-pair-id|policy|sig|code|jwt|patient|sv|se|sr|sp|st|spr|sip|ss|srt|skoid|sktid|skt|ske|sks|skv'
const queryParameter = new RegExp(`([?&#;](?:${sensitiveNames})=)([^&#\\s"'<>]+)`, 'gi')
const userinfo = /(\/\/)([^/?#\s@"'<>]+)(?=@)/g
const jwt = /eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g
const shortest = 6

/** A masker that knows no secrets yet. */
export function openMasker(): Masker {
  const forms = new Set<string>()
  const whole = new Set<string>()
  const patients = new Set<string>()
  let pattern: RegExp | undefined
  const add = (set: Set<string>, values: readonly string[]) => {
    for (const it of values) set.add(it)
    pattern = undefined
  }
  const build = () => {
    const parts = [
      ...longestFirst(forms),
      ...longestFirst(whole).map((it) => `(?<![A-Za-z0-9])${it}(?![A-Za-z0-9])`),
      ...longestFirst(patients).map((it) => `(?<=Patient(?:/|%2F|\\\\/))${it}(?![A-Za-z0-9.-])`),
    ]
    return new RegExp(parts.length > 0 ? parts.join('|') : '(?!)', 'gi')
  }
  return {
    addSecret(value) {
      if (value.length >= shortest) add(forms, encodings(value))
    },
    conceal(value) {
      const id = value.replace(/^.*\//, '')
      if (id === '') return
      add(patients, encodings(id))
      if (id.length >= shortest) add(whole, encodings(id))
    },
    text(text) {
      pattern ??= build()
      return text
        .replace(pattern, mask)
        .replace(jwt, mask)
        .replace(userinfo, (_all, slashes: string, user: string) => slashes + mask(user))
        .replace(queryParameter, (_all, name: string, value: string) => name + mask(value))
    },
  }
}

function longestFirst(values: ReadonlySet<string>): readonly string[] {
  return [...values]
    .sort((a, b) => b.length - a.length)
    .map((it) => it.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
}

/** A value as it looks in a URL, a form, JSON and Base64. */
function encodings(value: string): readonly string[] {
  const url = encodeURIComponent(value)
  const json = JSON.stringify(value).slice(1, -1)
  return [
    value,
    url,
    url.replace(/%20/g, '+'),
    json,
    json.replace(/\//g, '\\/'),
    ...(value.length >= 12 ? base64(value) : []),
  ]
}

/** The part of its Base64 that is the same wherever it starts, at each of the three offsets. */
function base64(value: string): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.from('\0'.repeat(offset) + value)
      .toString('base64')
      .replace(/=+$/, '')
    const inner = text.slice(offset === 0 ? 0 : offset + 1, -1)
    return [inner, inner.replace(/\+/g, '-').replace(/\//g, '_')]
  })
}
