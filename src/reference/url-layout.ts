/**
 * Where a provider has what, as templates: `{base}` is the FHIR base, `{root}` what is before its path, `{name}` the rest of the
 * URL, and every other name one segment or the value of one parameter.
 */
export interface UrlLayout {
  /** The path of the FHIR base below the root. */
  readonly base: string
  readonly token: string
  /** With `{job}`. */
  readonly status: string
  /** Of a manifest that another one links to: with `{job}` and `{page}`. */
  readonly manifest: string
  /** With `{job}` and `{name}`. */
  readonly file: string
}

/** The layout of the reference provider itself. */
export const ownLayout: UrlLayout = {
  base: '/fhir',
  token: '{root}/auth/token',
  status: '{base}/bulk/status/{job}',
  manifest: '{base}/bulk/manifests/{job}/{page}',
  file: '{base}/bulk/files/{job}/{name}',
}

/** A layout with the public FHIR base of a provider, which has no trailing slash. */
export interface PlacedLayout {
  readonly layout: UrlLayout
  readonly base: string
}

/** The root: the FHIR base without as many segments as the layout gives it. */
function rootOf({ layout, base }: PlacedLayout): string {
  const segments = layout.base.split('/').length - 1
  return base.split('/').slice(0, -segments).join('/')
}

/** The URL that a template stands for. */
export function urlFrom(
  template: string,
  placed: PlacedLayout,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const all: Readonly<Record<string, string | number>> = {
    base: placed.base,
    root: rootOf(placed),
    ...values,
  }
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(all[name]))
}

/** What the names of a template stand for in a URL; `undefined` if the template does not fit it. */
export function matchUrl(
  template: string,
  placed: PlacedLayout,
  url: URL,
): Readonly<Record<string, string>> | undefined {
  const [path = '', query = ''] = template.split('?')
  const paths = { '{base}': decodedPath(placed.base), '{root}': decodedPath(rootOf(placed)) }
  const pattern = path.split(/(\{\w+\})/).map((part) => {
    if (part === '{base}' || part === '{root}') return literal(paths[part])
    if (part === '{name}') return '(?<name>.+)'
    return part.startsWith('{') ? `(?<${part.slice(1, -1)}>[^/]+?)` : literal(part)
  })
  const found = new RegExp(`^${pattern.join('')}$`).exec(decodedPath(url.href))
  if (!found) return undefined
  const { name, ...segments } = found.groups ?? {}
  const values: Record<string, string> = { ...segments }
  for (const [parameter, place] of new URLSearchParams(query)) {
    const value = url.searchParams.get(parameter)
    if (value === null) return undefined
    values[place.slice(1, -1)] = value
  }
  return name === undefined ? values : { ...values, name: `${name}${url.search}` }
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function decodedPath(url: string): string {
  return new URL(url).pathname.split('/').map(decoded).join('/').replace(/\/$/, '')
}

/** A segment without percent-encoding, as far as it is well-formed. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
