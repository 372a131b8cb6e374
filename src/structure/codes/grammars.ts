/** A grammar that binds codes by a rule instead of a list. */
export interface CodeGrammar {
  readonly matches: (code: string) => boolean
  readonly expected: string
}

// RFC 6838 section 4.2; what parameters look like is left open.
const mimeType = /^[A-Za-z0-9!#$&^_.+-]+\/[A-Za-z0-9!#$&^_.+*-]+( ?;.*)?$/

// RFC 5646 section 2.1. Its irregular tags are in a list of their own.
const languageTag =
  /^((([a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z\d]{5,8}|\d[a-z\d]{3}))*(-[a-wyz\d](-[a-z\d]{2,8})+)*(-x(-[a-z\d]{1,8})+)?)|[ix](-[a-z\d]{1,8})+|en-gb-oed|sgn-(be-fr|be-nl|ch-de))$/i

/** MIME types. */
export const mime: CodeGrammar = {
  matches: (code) => mimeType.test(code),
  expected: 'a MIME type, such as application/pdf (BCP 13)',
}

/** Elements about formats may have names beside MIME types (CapabilityStatement.format). */
const format: CodeGrammar = {
  matches: (code) => mime.matches(code) || ['json', 'xml', 'ttl'].includes(code),
  expected: 'json, xml, ttl or a MIME type (BCP 13)',
}

/** Languages. */
export const language: CodeGrammar = {
  matches: (code) => languageTag.test(code),
  expected: 'a language tag, such as en-US (BCP 47)',
}

const mimeTypes = 'http://hl7.org/fhir/ValueSet/mimetypes'
/** The most that the binding of Expression.language allows. */
const bcp13 = 'http://www.rfc-editor.org/bcp/bcp13.txt'
const allLanguages = 'http://hl7.org/fhir/ValueSet/all-languages'

/** Value sets whose codes a grammar decides. */
export const grammarValueSets: readonly string[] = [mimeTypes, bcp13, allLanguages]

/** The grammar of the codes of an element, by its path and its value set. */
export function grammarOf(path: string, valueSet: string | undefined): CodeGrammar | undefined {
  if (valueSet === allLanguages) return language
  if (valueSet !== mimeTypes && valueSet !== bcp13) return undefined
  return path === 'CapabilityStatement.format' || path.startsWith('TestScript.') ? format : mime
}
