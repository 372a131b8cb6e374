import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isTemporaryMark, removeTemporary, temporaryMark } from './temporary-names.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkcheck-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what one process left is removed, and nothing of others', () => {
  mkdirSync(join(folder, `${temporaryMark}abc`))
  writeFileSync(join(folder, `${temporaryMark}abc`, 'lines'), 'x')
  for (const name of [`.${temporaryMark}1-1.part`, 'bulkcheck-0000000000000000-x', 'results.json'])
    writeFileSync(join(folder, name), 'x')
  expect(removeTemporary(temporaryMark, [folder, folder, join(folder, 'nowhere')])).toBe(2)
  expect(readdirSync(folder).sort()).toEqual(['bulkcheck-0000000000000000-x', 'results.json'])
})

test.each([
  ['', false],
  ['bulkcheck-', false],
  ['../', false],
  ['bulkcheck-0123456789abcdef-', true],
  [temporaryMark, true],
])('%j is a mark: %j', (text, expected) => {
  expect(isTemporaryMark(text)).toBe(expected)
})
