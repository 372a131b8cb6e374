import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolder } from './folder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkcheck-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a folder is made with those above it, for its owner alone if so asked', () => {
  const path = join(folder, 'a', 'b', 'c')
  makeFolder(path, 0o700)
  expect(statSync(path).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700)
  makeFolder(path)
})

test('what is no folder is left, and the error says so', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  for (const path of [file, join(file, 'x'), join(file, 'x', 'y')])
    expect(() => makeFolder(path)).toThrow(expect.objectContaining({ code: 'ENOTDIR' }))
})

test.runIf(existsSync('/proc/self'))('where nothing can be made, that ends', () => {
  expect(() => makeFolder('/proc/x/y')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})
