import { mask } from '../../model/secrets/mask.ts'

const words =
  /\b(in[ -]progress|complet(e|ed|ing)|queued|pending|accepted|running|started|processing|done|exporting|percent|of|files?|resources?)\b/gi

/** Numbers, among them percentages and `3/9`; not parts of ids or dates. */
const numbers = /(?<![\p{L}\p{N}\p{M}./:_-])\d+([.,]\d+)*(\/\d+)?%?(?![\p{L}\p{N}\p{M}/:_-])/gu

/** Whether a progress text shows only how far an export is. */
function isPlainProgress(value: string): boolean {
  return !/[\p{L}\p{M}]/u.test(value.replace(words, ''))
}

/** A progress text for whoever watches the run: its numbers and known words remain, and all else is masked. */
export function shownProgress(value: string): string {
  if (isPlainProgress(value)) return value
  const known = new RegExp(`${numbers.source}|${words.source}`, 'giu')
  let shown = ''
  let done = 0
  for (const { 0: text, index } of value.matchAll(known)) {
    shown += mask(value.slice(done, index)) + text
    done = index + text.length
  }
  return shown + mask(value.slice(done))
}
