import type { Finding } from './finding.ts'
import { groupBy } from './group.ts'
import { folderOf, isTest, linesOf, type Source } from './source.ts'

const mostLines = 300
const mostFiles = 20

/** Files that are too long; tests are not counted. */
export function longFiles(sources: readonly Source[]): readonly Finding[] {
  return sources
    .filter((it) => !isTest(it) && linesOf(it) > mostLines)
    .map((it) => ({
      rule: 'longFile',
      key: it.path,
      where: it.path,
      says: `${linesOf(it)} lines, more than ${mostLines}.`,
      todo: 'Split it by what its parts are about.',
    }))
}

/** Folders that hold too many files of their own; tests are not counted. */
export function fullFolders(sources: readonly Source[]): readonly Finding[] {
  const byFolder = groupBy(
    sources.filter((it) => !isTest(it)),
    (it) => folderOf(it.path),
  )
  return [...byFolder]
    .filter(([, files]) => files.length > mostFiles)
    .map(([folder, files]) => ({
      rule: 'fullFolder',
      key: folder,
      where: folder,
      says: `${files.length} files, more than ${mostFiles}.`,
      todo: 'Give files that belong together a folder of their own.',
    }))
}
