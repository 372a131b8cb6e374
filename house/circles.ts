import type { Finding } from './finding.ts'
import { importsOf, targetOf } from './imports.ts'
import { folderOf, type Source } from './source.ts'

/** What each file imports of ours. */
type Graph = ReadonlyMap<string, readonly string[]>

/** Groups of files that import each other in circles, types included. */
export function circles(sources: readonly Source[]): readonly Finding[] {
  const graph = graphOf(sources)
  return groups(graph).map((group) => {
    const folder = commonFolder(group)
    const short = (paths: readonly string[]) => paths.map((it) => (folder ? it.slice(folder.length + 1) : it))
    const shortest = shortestCircle(group, graph)
    const isAll = group.length === shortest.length - 1
    const others = isAll ? '' : ` Circles run through ${group.length} files: ${short(group).join(', ')}.`
    return {
      rule: 'circle',
      key: folder || '.',
      where: folder || '.',
      says: `${short(shortest).join(' → ')}.${others}`,
      todo: 'Move what both need into a file that imports neither.',
    }
  })
}

function graphOf(sources: readonly Source[]): Graph {
  const known = new Set(sources.map((it) => it.path))
  return new Map(
    sources.map((it) => {
      const targets = importsOf(it).flatMap((each) => targetOf(each) ?? [])
      return [it.path, [...new Set(targets)].filter((to) => known.has(to))]
    }),
  )
}

/** Files that reach each other form a group: Tarjan's strongly connected components, less those of one file. */
function groups(graph: Graph): readonly (readonly string[])[] {
  const found: string[][] = []
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []
  const visit = (at: string): number => {
    const number = order.size
    order.set(at, number)
    low.set(at, number)
    open.push(at)
    for (const to of graph.get(at) ?? []) {
      const reached = order.has(to) ? (open.includes(to) ? order.get(to) : undefined) : visit(to)
      low.set(at, Math.min(low.get(at) ?? number, reached ?? number))
    }
    if (low.get(at) === number) {
      const group = open.splice(open.indexOf(at))
      if (group.length > 1 || graph.get(at)?.includes(at)) found.push(group.sort())
    }
    return low.get(at) ?? number
  }
  for (const at of graph.keys()) if (!order.has(at)) visit(at)
  return found.sort((a, b) => `${a[0]}`.localeCompare(`${b[0]}`))
}

/** The shortest way through a group that ends where it begins. */
function shortestCircle(group: readonly string[], graph: Graph): readonly string[] {
  const [shortest] = group.map((it) => wayBack(it, graph)).sort((a, b) => a.length - b.length)
  return shortest ?? []
}

function wayBack(start: string, graph: Graph): readonly string[] {
  const seen = new Set<string>()
  let ways: readonly (readonly string[])[] = [[start]]
  while (ways.length > 0) {
    const further = ways.flatMap((way) => (graph.get(way.at(-1) ?? start) ?? []).map((to) => [...way, to]))
    const back = further.find((way) => way.at(-1) === start)
    if (back) return back
    ways = further.filter((way) => {
      const end = way.at(-1) ?? start
      const isNew = !seen.has(end)
      seen.add(end)
      return isNew
    })
  }
  return []
}

function commonFolder(paths: readonly string[]): string {
  return paths.map(folderOf).reduce((common, folder) => {
    const parts = folder.split('/')
    const differs = common.split('/').findIndex((it, i) => it !== parts[i])
    return differs < 0 ? common : parts.slice(0, differs).join('/')
  })
}
