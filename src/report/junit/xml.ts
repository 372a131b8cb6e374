import { visible, visibleLines } from '../visible-text.ts'

/** An element: attributes in order, then children or text. */
export interface XmlElement {
  readonly name: string
  readonly attributes?: Readonly<Record<string, string | number>>
  readonly content?: string | readonly XmlElement[]
}

/** A well-formed XML 1.0 document, whatever its texts hold: what is no XML character is encoded visibly, the rest escaped; no CDATA. */
export function xmlDocument(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, '')}\n`
}

function element({ name, attributes = {}, content }: XmlElement, indent: string): string {
  const start = `${indent}<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(visible(String(value)))}"`)
    .join('')}`
  if (content === undefined || content.length === 0) return `${start}/>`
  if (typeof content === 'string') return `${start}>${escaped(visibleLines(content))}</${name}>`
  return `${start}>\n${content.map((child) => element(child, `${indent}  `)).join('\n')}\n${indent}</${name}>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (it) => entities[it] ?? it)
}
