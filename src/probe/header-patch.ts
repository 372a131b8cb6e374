import type { MergePatch } from '../model/suite.ts'

type HeaderFields = readonly (readonly [string, string])[]

/** Header fields with a patch applied: `null` removes, a text replaces, a list of texts sends several lines. */
export function patchHeaders(fields: HeaderFields, patch: MergePatch | undefined): HeaderFields {
  let result = fields
  for (const [name, value] of Object.entries(patch ?? {})) {
    const lines =
      value === null ? [] : [value].flat().map((it): readonly [string, string] => [name, String(it)])
    const at = result.findIndex(([key]) => isSame(key, name))
    const others = result.filter(([key]) => !isSame(key, name))
    result = at < 0 ? [...others, ...lines] : [...others.slice(0, at), ...lines, ...others.slice(at)]
  }
  return result
}

/** Whether a patch says something about a header field. */
export function patchesHeader(patch: MergePatch | undefined, name: string): boolean {
  return Object.keys(patch ?? {}).some((key) => isSame(key, name))
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
