import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeNewFile, writeWholeFile, writeWholeFileSync } from './whole-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkcheck-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const contents = () => readdirSync(folder).sort()

test('a file is replaced as a whole, and only its owner reads it if so asked', async () => {
  const file = join(folder, 'a')
  writeFileSync(file, 'before')
  await writeWholeFile(file, 'after', 0o600)
  expect(readFileSync(file, 'utf8')).toBe('after')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  writeWholeFileSync(file, (append) => {
    append(Buffer.from('in '))
    append(Buffer.from('pieces'))
  })
  expect(readFileSync(file, 'utf8')).toBe('in pieces')
  expect(contents()).toEqual(['a'])
})

test('what cannot be written leaves nothing behind', async () => {
  mkdirSync(join(folder, 'taken', 'by'), { recursive: true })
  await expect(writeWholeFile(join(folder, 'taken'), 'x')).rejects.toThrow()
  expect(() => writeWholeFileSync(join(folder, 'taken'), (append) => append(Buffer.from('x')))).toThrow()
  expect(contents()).toEqual(['taken'])
  expect(() => writeWholeFileSync(join(folder, 'no', 'such'), () => undefined)).toThrow('ENOENT')
})

test('a file that was there remains if its contents fail', () => {
  const file = join(folder, 'a')
  writeFileSync(file, 'before')
  expect(() =>
    writeWholeFileSync(file, (append) => {
      append(Buffer.from('half'))
      throw new Error('no more')
    }),
  ).toThrow('no more')
  expect(readFileSync(file, 'utf8')).toBe('before')
  expect(contents()).toEqual(['a'])
})

test('a new file is not written over another', async () => {
  const file = join(folder, 'a')
  await writeNewFile(file, 'first', 0o600)
  await expect(writeNewFile(file, 'second')).rejects.toMatchObject({ code: 'EEXIST' })
  expect(readFileSync(file, 'utf8')).toBe('first')
})
