import { createRequire } from 'node:module'
import type { SaxesParser } from 'saxes'

/** The properties of a text that should be XHTML. */
export interface XhtmlFacts {
  /** It is well-formed and consists of one div element in the namespace of XHTML. */
  readonly isDiv: boolean
  /** It contains nothing that txt-1 certainly excludes; true if it is not well-formed. */
  readonly isBasic: boolean
  /** It has text that is not white space, or an image; true if it is not well-formed. */
  readonly hasContent: boolean
}

/** Common elements of narratives; all are allowed. */
export const basicXhtmlElements: ReadonlySet<string> = new Set(
  `a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre
  q samp small span strong sub sup table tbody td tfoot th thead tr tt u ul var`.split(/\s+/),
)

// Elements that R4, narrative.html, names as those that the content SHALL NOT contain.
const excludedElements: ReadonlySet<string> = new Set([
  ...['head', 'body', 'script', 'form', 'base', 'link'],
  ...['frame', 'frameset', 'iframe', 'object', 'applet'],
])

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
    if (excludedElements.has(local)) isBasic = false
    if (local === 'img') says = true
    for (const { prefix, local: name } of Object.values(attributes))
      if (prefix === '' && name.startsWith('on')) isBasic = false
  })
  const look = (characters: string) => {
    if (/[^ \t\r\n]/.test(characters)) says = true
  }
  parser.on('text', look)
  parser.on('cdata', look)
  parser.write(text).close()
  return { isDiv, isBasic: isBasic || !isDiv, hasContent: says || !isDiv }
}
