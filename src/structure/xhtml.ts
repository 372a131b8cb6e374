import { createRequire } from 'node:module'
import type { SaxesParser } from 'saxes'

/** The properties of a text that should be XHTML. */
export interface XhtmlFacts {
  /** It is well-formed and consists of one div element in the namespace of XHTML. */
  readonly isDiv: boolean
  /** It has only elements and attributes that a narrative may have, as far as that is certain; true if it is not well-formed. */
  readonly isBasic: boolean
  /** It has text that is not white space, or an image; true if it is not well-formed. */
  readonly hasContent: boolean
}

/** Common elements of narratives; all are allowed. */
export const basicXhtmlElements: ReadonlySet<string> = new Set(
  `a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre
  q samp small span strong sub sup table tbody td tfoot th thead tr tt u ul var`.split(/\s+/),
)

// Elements of HTML that R4 does not exclude by name or kind. Whether a narrative may have those that basicXhtmlElements lacks is not certain.
const otherElements: ReadonlySet<string> = new Set(
  `address area article aside basefont bdi bdo blink center data del details dialog dir figcaption figure font footer header hgroup ins kbd listing main map
  mark marquee menu nav nobr picture plaintext rb rp rt rtc ruby s search section strike summary time wbr xmp`.split(
    /\s+/,
  ),
)

/** Attributes that an element of HTML may have, and that run no scripts. */
export const htmlAttributes: ReadonlySet<string> = new Set(
  `abbr accesskey align alink alt axis background bgcolor border bordercolor cellpadding cellspacing char charoff charset cite class clear code
  codebase color cols colspan compact content contenteditable coords crossorigin data datetime decoding dir download draggable enterkeyhint face
  fetchpriority for frame frameborder headers height hidden href hreflang hspace id inert inputmode is ismap itemid itemprop itemref itemscope
  itemtype label lang link loading longdesc media name nohref noshade nowrap open part ping popover profile referrerpolicy rel rev reversed role
  rows rowspan rules scope shape size sizes slot span spellcheck src srcset start style summary tabindex target text title translate type usemap
  valign value version vlink vspace width xmlns`.split(/\s+/),
)

/** Whether an attribute is one that HTML has; the names of `data-` and `aria-` attributes are open. */
function isAttribute(name: string): boolean {
  return htmlAttributes.has(name) || /^(data|aria)-/.test(name)
}

const namespace = 'http://www.w3.org/1999/xhtml'

const noDiv: XhtmlFacts = { isDiv: false, isBasic: true, hasContent: true }

let last = { text: '', is: noDiv }

/** Reads XHTML as it stands in a narrative (http://hl7.org/fhir/R4/narrative.html). */
export function readXhtml(text: string): XhtmlFacts {
  // The form and two invariants read the same text one after the other.
  if (last.text !== text) last = { text, is: read(text) }
  return last.is
}

let Parser: typeof SaxesParser | undefined

function read(text: string): XhtmlFacts {
  // Most texts that are not XHTML are plain text.
  if (!/^\s*</.test(text)) return noDiv
  // Loaded when it is needed: the prover proves most narratives without it.
  Parser ??= (createRequire(import.meta.url)('saxes') as typeof import('saxes')).SaxesParser
  const parser = new Parser({ xmlns: true })
  let isDiv = true
  let isBasic = true
  let says = false
  let isFirst = true
  parser.on('error', () => {
    isDiv = false
  })
  parser.on('doctype', () => {
    isDiv = false
  })
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (isFirst && (local !== 'div' || uri !== namespace)) isDiv = false
    isFirst = false
    if (uri !== namespace || !(basicXhtmlElements.has(local) || otherElements.has(local))) isBasic = false
    if (local === 'img') says = true
    for (const { prefix, local: name } of Object.values(attributes))
      if (prefix === '' && !isAttribute(name)) isBasic = false
  })
  const look = (characters: string) => {
    if (/[^ \t\r\n]/.test(characters)) says = true
  }
  parser.on('text', look)
  parser.on('cdata', look)
  parser.write(text).close()
  return { isDiv, isBasic: isBasic || !isDiv, hasContent: says || !isDiv }
}
