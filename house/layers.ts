import type { Finding } from './finding.ts'
import { type Import, importsOf, packageOf, targetOf } from './imports.ts'
import { isTest, type Source } from './source.ts'

/** Which folder may import which, by name. */
export interface Layers {
  readonly mayImport: Readonly<Record<string, readonly string[]>>
  readonly everyoneImports: readonly string[]
}

/** Where each package may be imported. */
export type Homes = Readonly<Record<string, readonly string[]>>

/** Imports that the table of layers does not allow, folders without a row, rows without a folder; tests may import anything. */
export function layers(sources: readonly Source[], table: Layers): readonly Finding[] {
  return [...unlike(sources, table), ...importsOfAll(sources).flatMap((it) => againstTable(it, table))]
}

function unlike(sources: readonly Source[], { mayImport }: Layers): readonly Finding[] {
  const folders = new Set(sources.map((it) => layerOf(it.path)))
  const rows = new Set(Object.keys(mayImport))
  const about = (folder: string, says: string, todo: string): Finding => ({
    rule: 'layer',
    key: folder,
    where: folder,
    says,
    todo,
  })
  return [
    ...[...folders]
      .filter((it) => !rows.has(it))
      .map((it) =>
        about(it, 'The table of layers has no row for this folder.', 'Add one in house/table.ts.'),
      ),
    ...[...rows]
      .filter((it) => !folders.has(it))
      .map((it) => about(it, 'This folder does not exist.', 'Remove its row from house/table.ts.')),
  ]
}

function againstTable(it: Import, { mayImport, everyoneImports }: Layers): readonly Finding[] {
  const target = targetOf(it)
  if (target === undefined) return []
  const [layer, other] = [layerOf(it.from.path), layerOf(target)]
  const row = Object.hasOwn(mayImport, layer) ? mayImport[layer] : undefined
  if (layer === other || !row || row.includes(other) || everyoneImports.includes(other)) return []
  return [
    {
      rule: 'layer',
      key: `${it.from.path} imports ${other}`,
      where: placeOf(it),
      says: `${layer} may not import ${other} (${target}).`,
      todo: `Move what it needs to a folder that ${layer} may import, or pass it as a parameter.`,
    },
  ]
}

/** Imports of packages outside the folders that may import them, packages without such a folder, and folders that do not import theirs. */
export function packages(sources: readonly Source[], homes: Homes): readonly Finding[] {
  const imports = importsOfAll(sources).flatMap((it) => {
    const name = packageOf(it)
    return name === undefined ? [] : [{ it, name }]
  })
  const away = imports.flatMap(({ it, name }): Finding[] => {
    const allowed = Object.hasOwn(homes, name) ? (homes[name] ?? []) : []
    if (allowed.some((home) => isWithin(it.from.path, home))) return []
    const says =
      allowed.length > 0 ? `Only ${allowed.join(', ')} may import ${name}.` : `No folder may import ${name}.`
    const todo = 'Use what these files export, or change the table in house/table.ts.'
    return [{ rule: 'package', key: `${it.from.path} imports ${name}`, where: placeOf(it), says, todo }]
  })
  const empty = Object.entries(homes).flatMap(([name, allowed]) =>
    allowed
      .filter((home) => !imports.some((it) => it.name === name && isWithin(it.it.from.path, home)))
      .map((home): Finding => {
        const says = `Nothing imports ${name} here.`
        const todo = 'Remove it from house/table.ts.'
        return { rule: 'package', key: `${home} without ${name}`, where: home, says, todo }
      }),
  )
  return [...away, ...empty]
}

function importsOfAll(sources: readonly Source[]): readonly Import[] {
  return sources.filter((it) => !isTest(it)).flatMap(importsOf)
}

/** The folder below src that a path lies in, or the folder beside src. */
function layerOf(path: string): string {
  const [top = '', below = ''] = path.split('/')
  return top === 'src' ? below : top
}

function isWithin(path: string, home: string): boolean {
  return path === home || path.startsWith(`${home}/`)
}

function placeOf({ from, line }: Import): string {
  return `${from.path}:${line}`
}
