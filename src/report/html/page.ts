import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Handlebars from 'handlebars'
import type { Reporter } from '../../model/result.ts'
import { visibleLines } from '../visible-text.ts'
import { resultView } from '../view/result.ts'

/** One page that holds everything and loads nothing; complete without its script. */
export const htmlReporter: Reporter = (result, options = {}) =>
  renderPage('report', resultView(result, options))

/** Fills the template `reports/html/<name>.hbs`. The page may run and load only what is in it, by hash. */
export function renderPage(name: 'report' | 'matrix' | 'comparison', view: object): string {
  const style = source('style.css')
  const script = source('script.js')
  const policy = [
    "default-src 'none'",
    `style-src '${digest(style)}'`,
    `script-src '${digest(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return template(name)({ ...(withVisibleTexts(view) as object), style, script, policy })
}

/** Every string of a view with what is invisible made visible; what is left is escaped by the template. */
function withVisibleTexts(value: unknown): unknown {
  if (typeof value === 'string') return visibleLines(value)
  if (Array.isArray(value)) return value.map(withVisibleTexts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, withVisibleTexts(it)]))
}

const templates = new Map<string, Handlebars.TemplateDelegate>()

function template(name: string): Handlebars.TemplateDelegate {
  const known = templates.get(name)
  if (known) return known
  const compiled = Handlebars.create().compile(source(`${name}.hbs`), { knownHelpersOnly: true })
  templates.set(name, compiled)
  return compiled
}

function source(file: string): string {
  // A browser hashes the text with line feeds only, whatever a checkout made of them.
  return readFileSync(new URL(`../../../reports/html/${file}`, import.meta.url), 'utf8').replaceAll(
    '\r\n',
    '\n',
  )
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
