import { parseHttpUrl } from '../model/http/url.ts'
import { ConfigError } from './error.ts'

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>

/** The proxy for a URL after HTTPS_PROXY, HTTP_PROXY and NO_PROXY in either case; never one for this machine. Throws ConfigError. */
export function proxyFrom(variables: Variables): (url: URL) => string | undefined {
  const proxies: Readonly<Record<string, string | undefined>> = {
    'http:': checked(variables, 'HTTP_PROXY'),
    'https:': checked(variables, 'HTTPS_PROXY'),
  }
  const exempt = (value(variables, 'NO_PROXY') ?? '')
    .split(/[\s,]+/)
    .map((it) => it.toLowerCase())
    .filter((it) => it !== '')
  return (url) =>
    isLoopback(url.hostname) || exempt.some((it) => meets(url, it)) ? undefined : proxies[url.protocol]
}

/** The proxies that these variables name, whatever they are for. */
export function proxiesIn(variables: Variables): readonly string[] {
  return ['HTTP_PROXY', 'HTTPS_PROXY'].flatMap((name) => value(variables, name) ?? [])
}

function value(variables: Variables, name: string): string | undefined {
  return variables[name.toLowerCase()] || variables[name] || undefined
}

function checked(variables: Variables, name: string): string | undefined {
  const text = value(variables, name)
  if (text === undefined) return undefined
  const url = parseHttpUrl(text)
  // The value is not shown: it may hold a password.
  if (!url) throw new ConfigError(`${name} is not the http or https URL of a proxy`)
  return url.href
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  )
}

function meets(url: URL, entry: string): boolean {
  if (entry === '*') return true
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? []
  const actual = url.port || (url.protocol === 'https:' ? '443' : '80')
  if (port !== undefined && port !== actual) return false
  const name = (host ?? '').replace(/^\*?\./, '')
  return url.hostname === name || url.hostname.endsWith(`.${name}`)
}
