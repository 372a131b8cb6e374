/** Everything that is wrong with the configuration, the environment or the command line, one problem per line of the message. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[] | string) {
    const list = typeof problems === 'string' ? [problems] : problems
    super(list.join('\n'))
    this.name = 'ConfigError'
    this.problems = list
  }
}

/** A mistake on the command line; the message says what to do, and the exit code is 2. */
export class UsageError extends Error {}

const reasonsByCode: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'it exists already',
  ENAMETOOLONG: 'the name is too long',
}

/** What a failed file operation means for people, without the words of the error. */
export function fileErrorReason(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return reasonsByCode[code] ?? (code ? `the system says ${code}` : 'the system says no')
}
