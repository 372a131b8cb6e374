import { encodingsOf } from './encodings.ts'
import { openFragmentIndex, shortestPart } from './fragment-index.ts'
import { mask } from './mask.ts'

/** The secrets that a run knows, wherever they are in a text. */
export interface KnownSecrets {
  /** A credential: found in every common encoding, and also if only 12 characters of it are there. */
  add(secret: string): void
  /** The id of a patient, or a reference to one: found as a whole, and a short one only where it names a patient. */
  conceal(reference: string): void
  /** The text with `x` in place of the letters and digits of secrets; JSON, HTML and URLs remain what they are. */
  hide(text: string): string
  /** How many there are. A text in which they are hidden is to be looked at again when there are more. */
  readonly size: number
}

/** Shorter credentials, and shorter ones that are a word, cannot be told from other text. */
const shortest = 6
const shortestWord = 8
/** What a server calls a token may be a megabyte; of such a text the beginning is looked for. */
const longest = 1 << 14
/** A shorter code of another kind would be found by chance. */
const shortestCode = 8

/** Opens a list that has no secret yet. */
export function openKnownSecrets(): KnownSecrets {
  const index = openFragmentIndex()
  const known = new Set<string>()
  const patients = new Set<string>()
  let ofPatients: RegExp | undefined
  return {
    get size() {
      return known.size
    },
    add(text) {
      const secret = text.slice(0, longest)
      if (secret.length < shortest || known.has(secret)) return
      known.add(secret)
      const [plain = '', ...codes] = new Set(encodingsOf(secret))
      const word = isWord(secret)
      if (!word || secret.length >= shortestWord) index.add(plain, { alone: word })
      for (const it of codes) if (it.length >= shortestCode) index.add(it, { alone: false })
    },
    conceal(reference) {
      const id = reference.replace(/^.*\//, '')
      if (id === '' || known.has(`Patient/${id}`)) return
      known.add(`Patient/${id}`)
      for (const it of [id, encodeURIComponent(id)]) patients.add(it)
      ofPatients = undefined
      if (id.length >= shortest && !isWord(id))
        for (const it of new Set(encodingsOf(id)))
          if (it === id || it.length >= shortestPart) index.add(it, { alone: true })
    },
    hide(text) {
      if (known.size === 0) return text
      ofPatients ??= patternOf(patients)
      return index.hide(text).replace(ofPatients, mask)
    },
  }
}

function isWord(text: string): boolean {
  return text.length < shortestPart && /^[A-Za-z]+$/.test(text)
}

/** Ids where they name patients, however short. */
function patternOf(ids: ReadonlySet<string>): RegExp {
  const escaped = [...ids]
    .sort((a, b) => b.length - a.length)
    .map((it) => it.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
  if (escaped.length === 0) return /(?!)/g
  return new RegExp(`(?<=Patient(?:/|%2F|\\\\/))(?:${escaped.join('|')})(?![A-Za-z0-9.-])`, 'gi')
}
