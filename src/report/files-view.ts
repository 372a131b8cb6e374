import type { RunResult } from '../model/result.ts'
import { contents, holdings, size } from './holdings.ts'
import { count, grouped } from './outline.ts'

const mostFiles = 200

/** What a page shows of the files that were judged; nothing if there are none. */
export function filesView(result: RunResult): object {
  const all = holdings(result)
  if (!all || all.files === 0) return {}
  const files = result.files ?? []
  return {
    held: {
      count: grouped(files.length),
      types: all.types.map(({ type, number }) => ({ type, number: grouped(number) })),
      files: files.slice(0, mostFiles).map((it) => ({
        name: it.name ?? `exchange ${it.exchange}`,
        kind: it.kind,
        contents: contents(it),
        lines: grouped(it.lines),
        size: size(it.bytes),
      })),
      ...(files.length > mostFiles
        ? { more: `and ${count(files.length - mostFiles, 'more file')} in results.json` }
        : {}),
    },
  }
}
