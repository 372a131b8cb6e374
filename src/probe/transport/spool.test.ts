import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSpoolStore } from './spool-store.ts'
import type { Spool } from './spool.ts'

const outer = process.env.TMPDIR
let temporary: string
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'spool-test-'))
  process.env.TMPDIR = temporary
})
afterEach(() => {
  if (outer === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = outer
  rmSync(temporary, { recursive: true })
})

async function bytesOf(spool: Spool): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of spool.read()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('a small body stays in memory', async () => {
  const spool = openSpoolStore().create()
  spool.write(Buffer.from('ab'))
  spool.write(Buffer.from('c'))
  spool.end()
  expect((await bytesOf(spool)).toString()).toBe('abc')
  expect(readdirSync(temporary)).toEqual([])
})

test('a large one becomes a file that only its owner can read, and that does not remain', async () => {
  const spools = openSpoolStore()
  const spool = spools.create()
  const part = Buffer.alloc(700_000, 'x')
  for (let at = 0; at < 3; at += 1) spool.write(part)
  spool.end()
  const [folder = ''] = readdirSync(temporary)
  const [file = ''] = readdirSync(join(temporary, folder))
  expect(statSync(join(temporary, folder)).mode & 0o777).toBe(0o700)
  expect(statSync(join(temporary, folder, file)).mode & 0o777).toBe(0o600)
  expect((await bytesOf(spool)).equals(Buffer.alloc(2_100_000, 'x'))).toBe(true)
  spools.close()
  expect(readdirSync(temporary)).toEqual([])
})

test('many small bodies do not fill the memory', () => {
  const spools = openSpoolStore()
  for (let at = 0; at < 70; at += 1) spools.create().write(Buffer.alloc(1 << 20))
  expect(readdirSync(temporary)).toHaveLength(1)
  spools.close()
})

test('what cannot be written stays in memory, and is read from there', async () => {
  process.env.TMPDIR = join(temporary, 'missing')
  const spool = openSpoolStore().create()
  const part = Buffer.alloc(700_000, 'x')
  for (let at = 0; at < 3; at += 1) spool.write(part)
  spool.end()
  expect((await bytesOf(spool)).equals(Buffer.alloc(2_100_000, 'x'))).toBe(true)
})

test('what cannot be kept is counted; a mere copy of it takes no memory', async () => {
  const file = join(temporary, 'file')
  writeFileSync(file, '')
  const spools = openSpoolStore(join(file, 'kept'))
  const [read, copy] = [spools.create(), spools.create(true)]
  for (const [at, it] of [read, copy].entries()) {
    it.write(Buffer.alloc(1_100_000, 'x'))
    it.write(Buffer.from('end'))
    it.keepAs(`${at}.ndjson`)
  }
  expect(spools.unkept).toBe(2)
  expect((await bytesOf(read)).length).toBe(1_100_003)
  expect((await bytesOf(copy)).length).toBe(0)
  spools.close()
})

test('what cannot be kept takes what another run has left there with it, and nothing unfinished remains', () => {
  const folder = join(temporary, 'kept')
  const spools = openSpoolStore(folder)
  const [lost, left] = [spools.create(true), spools.create(true)]
  lost.write(Buffer.alloc(1_100_000))
  for (const it of readdirSync(folder)) rmSync(join(folder, it))
  writeFileSync(join(folder, '7.ndjson'), 'of another run')
  lost.keepAs('7.ndjson')
  expect(spools.unkept).toBe(1)
  left.write(Buffer.alloc(1_100_000))
  expect(readdirSync(folder)).toHaveLength(1)
  spools.close()
  expect(readdirSync(folder)).toEqual([])
})

test('what is kept is named and remains, what is dropped does not', async () => {
  const folder = join(temporary, 'kept')
  const spools = openSpoolStore(folder)
  const [kept, dropped] = [spools.create(), spools.create()]
  for (const it of [kept, dropped]) it.write(Buffer.from('abc'))
  kept.keepAs('7.ndjson')
  dropped.drop()
  spools.close()
  expect(readdirSync(folder)).toEqual(['7.ndjson'])
  expect(readFileSync(join(folder, '7.ndjson'), 'utf8')).toBe('abc')
  expect((await bytesOf(kept)).toString()).toBe('abc')
  expect(existsSync(folder)).toBe(true)
})
