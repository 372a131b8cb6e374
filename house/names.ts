import type { Finding } from './finding.ts'
import { groupBy } from './group.ts'
import { isTest, lineAt, type Source } from './source.ts'

interface Exported {
  readonly name: string
  readonly place: string
}

/** Names that two files export, each for a thing of its own; a re-export is no second meaning. */
export function names(sources: readonly Source[]): readonly Finding[] {
  const byName = groupBy(sources.filter((it) => !isTest(it)).flatMap(exportsOf), (it) => it.name)
  return [...byName].flatMap(([name, all]): Finding[] => {
    const [first, ...others] = all
    if (!first || others.length === 0) return []
    return [
      {
        rule: 'name',
        key: name,
        where: first.place,
        says: `${name} is exported by ${others.map((it) => it.place).join(', ')} as well.`,
        todo: 'If both mean the same, keep one and import it. Otherwise rename one.',
      },
    ]
  })
}

/** What a file exports of its own, each name once. */
function exportsOf(it: Source): readonly Exported[] {
  const own = it.parsed.module.staticExports
    .flatMap(({ entries }) => entries)
    .filter(({ moduleRequest }) => !moduleRequest)
    .flatMap(({ exportName, start }) => (exportName.name === null ? [] : [{ name: exportName.name, start }]))
  return own
    .filter(({ name }, i) => own.findIndex((other) => other.name === name) === i)
    .map(({ name, start }) => ({ name, place: `${it.path}:${lineAt(it, start)}` }))
}
