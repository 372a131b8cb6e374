import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../config/harness-package.ts'
import type { Jwks } from '../reference/authorization/clients.ts'

/** Files with the private keys of the clients that `bulkcheck serve` registers: published on purpose. */
export const testKeyFiles = {
  own: join(packageRoot, 'fixtures/keys/bulkcheck.test-only.private.json'),
  other: join(packageRoot, 'fixtures/keys/bulkcheck-other.test-only.private.json'),
} as const

/** The secret of the client that has one. */
export const testSecret = 'bulkcheck-test-secret'

/** The keys in those files. */
export function testKeys(): { readonly own: Jwks; readonly other: Jwks; readonly secret: string } {
  return { own: readKeys(testKeyFiles.own), other: readKeys(testKeyFiles.other), secret: testSecret }
}

function readKeys(file: string): Jwks {
  const { keys } = JSON.parse(readFileSync(file, 'utf8')) as Jwks
  return { keys }
}
