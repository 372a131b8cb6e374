/** The same text with every letter and digit replaced by `x`: type, emptiness and length remain. */
export function mask(text: string): string {
  return text.replace(/[\p{L}\p{N}\p{M}]/gu, (it) => 'x'.repeat(it.length))
}

/** Masks secrets and concealed values in texts. */
export interface Masker {
  /** A credential: masked wherever it shows, in whatever common encoding. */
  addSecret(value: string): void
  /** A value such as a patient's id; a short one is masked only where it names a patient. */
  conceal(value: string): void
  mask(text: string): string
}

const sensitiveNames =
  '[\\w.-]*(?:token|secret|signature|password|assertion|credential|apikey|api_key|api-key)[\\w.-]*|x-amz-[\\w-]+|x-goog-[\\w-]+|googleaccessid|awsaccesskeyid|key-pair-id|policy|sig|code|jwt|patient|sv|se|sr|sp|st|spr|sip|ss|srt|skoid|sktid|skt|ske|sks|skv'
const queryParameter = new RegExp(`([?&#;](?:${sensitiveNames})=)([^&#\\s"'<>]+)`, 'gi')
const userinfo = /(\/\/)([^/?#\s@"'<>]+)(?=@)/g
const jwt = /eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g
const shortest = 6
const mostMasked = 1 << 10
const longestMasked = 1 << 8

/** A text to be masked, in lower case. */
interface Needle {
  readonly text: string
  /** Only where no letter or digit stands before or after it. */
  readonly whole: boolean
}

/**
 * Needles by their first characters. A run knows hundreds of secrets in several encodings: one regular expression of them
 * all took two thirds of a run's time.
 */
class NeedleIndex {
  readonly #byStart = new Map<number, Needle[]>()
  readonly #known = new Set<string>()

  add(values: readonly string[], whole: boolean): void {
    for (const value of values) {
      const text = value.toLowerCase()
      if (text.length < shortest || this.#known.has(`${whole}${text}`)) continue
      this.#known.add(`${whole}${text}`)
      const start = startOf(text, 0)
      const list = this.#byStart.get(start) ?? []
      // The longest first. All assertions begin alike, so that a list may be long.
      const shorter = list.findIndex((it) => it.text.length < text.length)
      list.splice(shorter < 0 ? list.length : shorter, 0, { text, whole })
      this.#byStart.set(start, list)
    }
  }

  mask(text: string): string {
    if (text.length < shortest || this.#byStart.size === 0) return text
    const folded = text.toLowerCase()
    // A few letters change their length with their case, which would shift positions.
    const lower = folded.length === text.length ? folded : text
    let masked = ''
    let done = 0
    for (let at = 0; at + shortest <= lower.length; at += 1) {
      const found = this.#byStart.get(startOf(lower, at))?.find((it) => occursAt(it, lower, at))
      if (!found) continue
      const end = at + found.text.length
      masked += text.slice(done, at) + mask(text.slice(at, end))
      done = end
      at = end - 1
    }
    return done === 0 ? text : masked + text.slice(done)
  }
}

function startOf(text: string, at: number): number {
  let start = 0
  for (let next = at; next < at + 4; next += 1) start = (Math.imul(start, 257) + text.charCodeAt(next)) | 0
  return start
}

function occursAt({ text, whole }: Needle, lower: string, at: number): boolean {
  if (!lower.startsWith(text, at)) return false
  return !whole || !(isWord(lower[at - 1]) || isWord(lower[at + text.length]))
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[a-z0-9]/.test(character)
}

/** A masker that knows no secrets yet. */
export function openMasker(): Masker {
  const haystack = new NeedleIndex()
  const patients = new Set<string>()
  let ofPatients: RegExp | undefined
  // Names and values of header fields repeat.
  const masked = new Map<string, string>()
  return {
    addSecret(value) {
      if (value.length < shortest) return
      haystack.add(encodings(value), false)
      masked.clear()
    },
    conceal(value) {
      const id = value.replace(/^.*\//, '')
      if (id === '') return
      masked.clear()
      for (const it of encodings(id)) patients.add(it)
      ofPatients = undefined
      if (id.length >= shortest) haystack.add(encodings(id), true)
    },
    mask(text) {
      const known = masked.get(text)
      if (known !== undefined) return known
      ofPatients ??= patternOf(patients)
      const it = haystack
        .mask(text)
        .replace(ofPatients, mask)
        .replace(jwt, mask)
        .replace(userinfo, (_all, slashes: string, user: string) => slashes + mask(user))
        .replace(queryParameter, (_all, name: string, value: string) => name + mask(value))
      if (masked.size === mostMasked) masked.clear()
      if (text.length <= longestMasked) masked.set(text, it)
      return it
    },
  }
}

/** Ids where they name patients, however short. */
function patternOf(ids: ReadonlySet<string>): RegExp {
  const escaped = [...ids]
    .sort((a, b) => b.length - a.length)
    .map((it) => it.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
  if (escaped.length === 0) return /(?!)/g
  return new RegExp(`(?<=Patient(?:/|%2F|\\\\/))(?:${escaped.join('|')})(?![A-Za-z0-9.-])`, 'gi')
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
