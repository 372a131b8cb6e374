import { hasHttpScheme, isAbsoluteUrl, resolveUrl } from '../../model/http/url.ts'
import type { Digest } from './digest.ts'
import { isParameterName, isPlainSegment } from './shown.ts'

/** Shows URLs of which others wrote a part. */
export interface UrlMask {
  /** From now on the parts of this URL or path are shown wherever they are: it is our own, or the location of a job. */
  know(url: string): void
  /** The URL with a digest in place of every part that is not known and may be a secret or name somebody. */
  show(url: string): string
}

/** Opens a mask of URLs; these words are shown in each. */
export function openUrlMask(digest: Digest, words: ReadonlySet<string>): UrlMask {
  const known = new Set<string>()
  const part = (text: string, isPlain: (it: string) => boolean): string => {
    const decoded = decode(text)
    return known.has(decoded) || words.has(decoded) || isPlain(decoded) ? text : digest(decoded)
  }
  const never = (text: string) => text === ''
  const parameter = (text: string): string => {
    const equals = text.indexOf('=')
    if (equals < 0) return part(text, never)
    const value = decodeForm(text.slice(equals + 1))
    const name = part(text.slice(0, equals), isParameterName)
    return `${name}=${known.has(value) || words.has(value) ? text.slice(equals + 1) : digest(value)}`
  }
  return {
    know(url) {
      const { path, query, fragment } = split(url)
      for (const it of [...path.split('/'), fragment ?? '']) known.add(decode(it))
      for (const it of (query ?? '').split('&')) {
        known.add(decodeForm(it.replace(/=.*/s, '')))
        known.add(decodeForm(it.replace(/^[^=]*=/s, '')))
      }
    },
    show(url) {
      // What is no URL stays none.
      if (resolveUrl(url, 'http://h/') === undefined || (hasHttpScheme(url) && !isAbsoluteUrl(url)))
        return url.replace(/^https?:|[\p{L}\p{N}\p{M}]+/giu, (it) => (it.endsWith(':') ? it : digest(it)))
      const { origin, path, query, fragment } = split(url)
      return [
        origin.replace(
          /^(.*\/\/)(.*)@/s,
          (_all, slashes: string, user: string) => `${slashes}${digest(user)}@`,
        ),
        path
          .split('/')
          .map((it) => part(it, isPlainSegment))
          .join('/'),
        query === undefined ? '' : `?${query.split('&').map(parameter).join('&')}`,
        fragment === undefined ? '' : `#${part(fragment, never)}`,
      ].join('')
    },
  }
}

/** A URL in pieces that make it up again; a relative one has no origin. */
function split(url: string) {
  const [, origin = '', path = '', query, fragment] =
    /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*|\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(url) ?? []
  return { origin, path, query, fragment }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A percent sign that encodes nothing stands for itself.
    return text
  }
}

function decodeForm(text: string): string {
  return decode(text.replaceAll('+', ' '))
}
