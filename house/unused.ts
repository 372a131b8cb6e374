import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Finding } from './finding.ts'

/** What knip's JSON reporter says of one file. */
export interface Issue {
  readonly file: string
  readonly files: readonly unknown[]
  readonly exports: readonly Place[]
  readonly types: readonly Place[]
}

interface Place {
  readonly name: string
  readonly line: number
}

/** Files that nothing reaches, and exports that no other file imports, according to knip; tests count as users. */
export function unused(root: string): readonly Finding[] {
  return findingsOf(issuesIn(root))
}

/** Findings made of knip's. */
export function findingsOf(issues: readonly Issue[]): readonly Finding[] {
  return issues.flatMap(({ file, files, exports, types }): Finding[] => [
    ...files.map(() => ({
      rule: 'unused' as const,
      key: file,
      where: file,
      says: 'Nothing imports this file.',
      todo: 'Delete it, or name it as an entry in house/knip.json.',
    })),
    ...[...exports, ...types].map(({ name, line }) => ({
      rule: 'unused' as const,
      key: `${file}#${name}`,
      where: `${file}:${line}`,
      says: `No other file imports ${name}.`,
      todo: 'Drop `export`, or delete it if this file does not use it either.',
    })),
  ])
}

function issuesIn(root: string): readonly Issue[] {
  const knip = join(root, 'node_modules/knip/bin/knip.js')
  const options = ['--config', 'house/knip.json', '--include', 'files,exports,types', '--reporter', 'json']
  const { stdout, stderr, error } = spawnSync(process.execPath, [knip, ...options, '--no-exit-code'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (error || !stdout) throw new Error(`knip failed: ${error?.message ?? stderr}`)
  return (JSON.parse(stdout) as { issues: readonly Issue[] }).issues
}
