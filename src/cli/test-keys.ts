import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../config/harness-package.ts'
import type { Jwks } from '../reference/authorization/clients.ts'
import type { ListenerCertificates } from '../reference/http-listener.ts'

/** Files with the private keys of the clients that `bulkcheck serve` registers: published on purpose. */
export const testKeyFiles = {
  own: join(packageRoot, 'fixtures/keys/bulkcheck.test-only.private.json'),
  other: join(packageRoot, 'fixtures/keys/bulkcheck-other.test-only.private.json'),
} as const

const tlsFile = (name: string) => join(packageRoot, 'fixtures/tls', name)

/** The files with the authorities of the certificates that `bulkcheck serve` has. */
export const testAuthorityFiles = {
  own: tlsFile('authority.pem'),
  foreign: tlsFile('elsewhere.pem'),
} as const

/** The certificates of `bulkcheck serve`: the keys are published on purpose. */
export function testCertificates(): ListenerCertificates {
  const read = (name: string) => ({
    cert: readFileSync(tlsFile(`${name}.pem`), 'utf8'),
    key: readFileSync(tlsFile(`${name}.test-only.private.pem`), 'utf8'),
  })
  return { own: read('server'), foreign: read('elsewhere') }
}

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
