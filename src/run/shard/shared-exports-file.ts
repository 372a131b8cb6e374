import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import type { Manifest } from '../../model/export/export.ts'
import type { ProbeKey } from '../../model/plan.ts'
import type { RequestCredentials } from '../../model/suite.ts'
import { fileErrorReason } from '../../storage/file-error.ts'
import { writeWholeFileSync } from '../../storage/whole-file.ts'
import { PartError } from './part-file.ts'
import type { ResolvedValue } from '../resolve-references.ts'

/** What the first of several machines shares with the others. Its URLs may be signed: only its owner can read it. */
export interface SharedExportsFile {
  readonly bulkcheckShared: 2
  /** The run that all of them are part of. */
  readonly run: string
  /** Digest of the options; those of the other machines must be the same. */
  readonly asked: string
  /** No export will be added. */
  readonly complete: boolean
  readonly exports: readonly SharedExport[]
}

/** An export whose files several machines download. */
export interface SharedExport {
  readonly probe: ProbeKey
  /** With whose token it was started. */
  readonly as: RequestCredentials
  /** Live. */
  readonly statusUrl: string
  /** The same, masked. */
  readonly shown: string
  readonly manifest: Manifest
  /** Candidates among the queries that are evaluated. */
  readonly queries: readonly string[]
  /** What has been picked for its checks, by `key#pick`. */
  readonly picked: Readonly<Record<string, ResolvedValue<string | readonly string[]>>>
}

/** Where the first machine adds exports for the others. */
export interface SharedExportsWriter {
  readonly run: string
  add(one: SharedExport): void
  /** Records that there are no more exports. */
  end(): void
}

/** Begins a file for other machines; replaces an existing file. */
export function openSharedExportsWriter(path: string, asked: string): SharedExportsWriter {
  const run = randomUUID()
  const exports: SharedExport[] = []
  const write = (complete: boolean) => {
    const file: SharedExportsFile = { bulkcheckShared: 2, run, asked, complete, exports }
    writeWholeFileSync(path, (append) => append(Buffer.from(JSON.stringify(file))), 0o600)
  }
  // A waiting machine must not read the file of another run.
  rmSync(path, { force: true })
  return {
    run,
    add(one) {
      exports.push(one)
      write(false)
    },
    end: () => write(true),
  }
}

/** What has been shared so far; `undefined` if the file does not exist yet. Throws PartError. */
export function readSharedExports(path: string): SharedExportsFile | undefined {
  let text: string
  let isOlder = false
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new PartError(`${path} (--manifest) cannot be read: ${fileErrorReason(error)}`)
  }
  try {
    const file = JSON.parse(text) as Partial<SharedExportsFile>
    if (file.bulkcheckShared === 2) return file as SharedExportsFile
    isOlder = (file.bulkcheckShared as unknown) === 1
  } catch {
    // The error of the parser would quote the file.
  }
  throw new PartError(
    isOlder
      ? 'an older version of bulkcheck wrote the file of --manifest: start the first machine again with this version'
      : '--manifest names a file that the first machine did not write',
  )
}
