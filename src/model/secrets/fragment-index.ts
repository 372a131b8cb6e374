/** A part of a secret that is at least this long is secret too. */
export const shortestPart = 12

/** A shorter part in words, such as `client_secret_post` or `X-Gateway-Key`, says nothing about a secret that contains it. */
const shortestWords = 20
const words = /^(?:[A-Z]?[a-z]*|[A-Z]+)(?:[._/:+ -](?:[A-Z]?[a-z]*|[A-Z]+))*$/

const window = 6
/** Every part of 12 characters contains a whole window that begins at a multiple of this. */
const step = shortestPart - window + 1
const base = 257
/** What the first character of a window counts. */
const first = (base ** (window - 1) % 2 ** 32) | 0

/** A window of a secret, with as much around it as a part of 12 characters can have. */
interface Fragment {
  readonly text: string
  /** Where the window begins. */
  readonly at: number
  /** How many characters must be the same. */
  readonly least: number
  /** No letter or digit may stand before or after it. */
  readonly alone: boolean
}

/** Finds secrets and parts of them in one pass over a text, however many there are. */
export interface FragmentIndex {
  /** `alone`: found only as a whole, between characters that belong to no word. */
  add(secret: string, how: { readonly alone: boolean }): void
  hide(text: string): string
}

/**
 * Opens an index without secrets. Upper and lower case, and the two alphabets of Base64, are the same to it. It keeps every seventh
 * window of six characters: a run knows hundreds of secrets, each in a dozen encodings, and a regular expression of them all took two
 * thirds of a run's time.
 */
export function openFragmentIndex(): FragmentIndex {
  const byHash = new Map<number, Fragment[]>()
  const wholes = new Set<string>()
  /** One bit for the lower 21 bits of each hash. */
  const maybe = new Uint8Array(1 << 18)

  function keep(fragment: Fragment): void {
    const { text, at, least, alone } = fragment
    const hash = hashOf(text, at)
    const list = byHash.get(hash)
    // All assertions of a run begin alike.
    if (list?.some((it) => it.text === text && it.at === at && it.least === least && it.alone === alone))
      return
    if (list) list.push(fragment)
    else byHash.set(hash, [fragment])
    const bit = hash & 0x1fffff
    maybe[bit >> 3] = (maybe[bit >> 3] ?? 0) | (1 << (bit & 7))
  }

  return {
    add(secret, { alone }) {
      const text = folded(secret)
      if (text.length < window) return
      wholes.add(text)
      if (alone || text.length < shortestPart) return keep({ text, at: 0, least: text.length, alone })
      for (let at = 0; at + window <= text.length; at += step) {
        const from = Math.max(0, at - step + 1)
        keep({
          text: text.slice(from, at + shortestPart),
          at: at - from,
          least: shortestPart,
          alone: false,
        })
      }
    },
    hide(text) {
      if (byHash.size === 0 || text.length < window) return text
      const found: [number, number][] = []
      let hash = 0
      for (let end = 0; end < text.length; end += 1) {
        if (end >= window) hash -= Math.imul(foldedAt(text, end - window), first)
        hash = (Math.imul(hash, base) + foldedAt(text, end)) | 0
        if (((maybe[(hash & 0x1fffff) >> 3] ?? 0) & (1 << (hash & 7))) === 0 || end < window - 1) continue
        for (const fragment of byHash.get(hash) ?? []) addMatch(fragment, text, end - window + 1, found)
      }
      if (found.length === 0) return text
      return hideRanges(
        text,
        joined(found).filter((it) => isSecret(text, it, wholes)),
      )
    },
  }
}

/** Adds the range in which a fragment is the same as the text around a window that both have. */
function addMatch(
  { text: secret, at, least, alone }: Fragment,
  text: string,
  start: number,
  found: [number, number][],
): void {
  for (let it = 0; it < window; it += 1) if (foldedAt(text, start + it) !== secret.charCodeAt(at + it)) return
  let before = 0
  while (before < at && foldedAt(text, start - before - 1) === secret.charCodeAt(at - before - 1)) before += 1
  let length = window
  while (at + length < secret.length && foldedAt(text, start + length) === secret.charCodeAt(at + length))
    length += 1
  const from = start - before
  const to = start + length
  if (to - from < least) return
  if (alone && (isPartOfWord(text[from - 1]) || isPartOfWord(text[to]))) return
  const last = found.at(-1)
  if (last && from <= last[1] && from >= last[0]) last[1] = Math.max(last[1], to)
  else found.push([from, to])
}

function joined(ranges: readonly [number, number][]): readonly [number, number][] {
  const all: [number, number][] = []
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = all.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else all.push([from, to])
  }
  return all
}

function isSecret(text: string, [from, to]: readonly [number, number], wholes: ReadonlySet<string>): boolean {
  const found = text.slice(from, to)
  if (to - from < shortestWords && words.test(found) && !wholes.has(folded(found))) return false
  // A number of a JSON document is none: `x` in its place would end the document.
  return !(
    /^[\d.+-]+$/.test(found) &&
    /(?:":|[[,])\s*$/.test(text.slice(Math.max(0, from - 64), from)) &&
    /^\s*[,\]}]/.test(text.slice(to, to + 64))
  )
}

function hideRanges(text: string, ranges: readonly (readonly [number, number])[]): string {
  let hidden = ''
  let done = 0
  for (const [from, to] of ranges) {
    const [start, end] = [Math.max(done, startOfEscape(text, from)), endOfEscape(text, to)]
    hidden +=
      text.slice(done, start) + text.slice(start, end).replace(characters, (it) => 'x'.repeat(it.length))
    done = end
  }
  return hidden + text.slice(done)
}

/** Letters and digits, and the escapes of JSON, HTML and XML, which must not be masked in part. */
const characters = /\\u[0-9a-f]{4}|\\[^u]|&(?:#x?)?\w{1,8};|[\p{L}\p{N}\p{M}]/giu

/** Where an escape begins that a range would cut. */
function startOfEscape(text: string, from: number): number {
  const before = text.slice(Math.max(0, from - 10), from)
  const cut =
    /(?<!\\)(?:\\\\)*(\\(?:u[0-9a-f]{0,3})?)$/i.exec(before)?.[1] ?? /&(?:#x?)?\w{0,8}$/i.exec(before)?.[0]
  return from - (cut?.length ?? 0)
}

/** Where an escape ends that a range would cut. */
function endOfEscape(text: string, to: number): number {
  const cut = /(?:(?<!\\)(?:\\\\)*\\(?:u[0-9a-f]{0,3})?|&(?:#x?)?\w{0,8})$/i.exec(
    text.slice(Math.max(0, to - 10), to),
  )?.[0]
  if (cut === undefined) return to
  const rest = text.slice(to, to + 10)
  const more = cut.startsWith('&')
    ? /^#?\w{0,8};/.exec(rest)?.[0].length
    : /^[0-9a-f]*/i.exec(rest)?.[0].slice(0, 4).length
  return to + (more ?? 0)
}

function isPartOfWord(character = ''): boolean {
  return /[A-Za-z0-9]/.test(character)
}

const foldedCodes = Uint8Array.from({ length: 128 }, (_, code) => {
  const it = String.fromCharCode(code)
  return (it === '-' ? '+' : it === '_' ? '/' : it.toLowerCase()).charCodeAt(0)
})

/** The code of a character, of which upper and lower case are the same; 0 outside of the text. */
function foldedAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code < 128) return foldedCodes[code] ?? 0
  // A few letters change their length with their case: they remain what they are.
  const it = String.fromCharCode(code).toLowerCase()
  return it.length === 1 ? it.charCodeAt(0) : code
}

function folded(text: string): string {
  let lower = ''
  for (let at = 0; at < text.length; at += 1) lower += String.fromCharCode(foldedAt(text, at))
  return lower
}

function hashOf(text: string, at: number): number {
  let hash = 0
  for (let it = 0; it < window; it += 1) hash = (Math.imul(hash, base) + text.charCodeAt(at + it)) | 0
  return hash
}
