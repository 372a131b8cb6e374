import { createRequire } from 'node:module'
import type { SaxesParser } from 'saxes'

/** What XHTML turns out to be. */
export interface XhtmlFacts {
  /** It is well-formed, and one div element in the namespace of XHTML. */
  readonly isDiv: boolean
  /** It has nothing that txt-1 certainly excludes. */
  readonly isBasic: boolean
  /** It has text that is not white space, or an image. Where it is not well-formed nobody knows, and it is taken to have. */
  readonly hasContent: boolean
}

/** Elements that narratives mostly have, and that nobody objects to. */
export const basicXhtmlElements: ReadonlySet<string> = new Set(
  `a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre
  q samp small span strong sub sup table tbody td tfoot th thead tr tt u ul var`.split(/\s+/),
)

// R4, narrative.html: what the content SHALL NOT contain, as far as it is named.
const excludedElements: ReadonlySet<string> = new Set([
  ...['head', 'body', 'script', 'form', 'base', 'link'],
  ...['frame', 'frameset', 'iframe', 'object', 'applet'],
])

const namespace = 'http://www.w3.org/1999/xhtml'

const noDiv: XhtmlFacts = { isDiv: false, isBasic: true, hasContent: true }

let last = { text: '', is: noDiv }

/** Reads XHTML as it stands in a narrative (http://hl7.org/fhir/R4/narrative.html). */
export function readXhtml(text: string): XhtmlFacts {
  // Its form and two invariants are asked for one after the other.
  if (last.text !== text) last = { text, is: read(text) }
  return last.is
}

let Parser: typeof SaxesParser | undefined

function read(text: string): XhtmlFacts {
  // Plain text is what is mostly there instead.
  if (!/^\s*</.test(text)) return noDiv
  // Loaded where it is needed: what is right is proven without it.
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
