import { appendFileSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { outputFile } from '../../checks/fixtures/evidence.ts'
import { resourceKey } from '../../model/fhir/reference-key.ts'
import type { Line, OutputFile } from '../../model/http/exchange.ts'
import { TemporaryStorageError, type ResourceIndex } from '../../model/fhir/resource-index.ts'
import { parseJsonLine } from '../lines/json-line.ts'
import { testFolder, removeTestFolders, testStore } from './fixtures/spilled-index.ts'
import { openIndexBuilder } from './builder.ts'
import { type RowBatch, openRowMaker } from './row-maker.ts'
import { openStore } from './store.ts'

afterAll(removeTestFolders)

const asked = { queries: ['Goal?lifecycle-status=active'], fhirUrl: 'https://fhir.example' }
const files = [0, 1, 2].map((number) => outputFile({ number, exchange: 20 + number }))

const goal = (id: string, more = {}) =>
  JSON.stringify({
    resourceType: 'Goal',
    id,
    lifecycleStatus: 'active',
    subject: { reference: `Patient/${id}` },
    ...more,
  })

function lineOf(file: OutputFile, number: number, text: string): Line {
  return { file, number, text, utf8: true, ...parseJsonLine({ number, text }) }
}

/** What a thread makes of some lines of a file. */
function read(file: OutputFile, first: number, texts: readonly string[]): RowBatch {
  const maker = openRowMaker(asked)
  for (const [at, text] of texts.entries()) maker.addLine(lineOf(file, first + at, text))
  return structuredClone(maker.take())
}

const [one, two, three] = files as [OutputFile, OutputFile, OutputFile]

function shown(index: ResourceIndex | undefined): readonly string[] {
  return Array.from(index?.rows() ?? [], (it) => `${it.file} ${it.line}`)
}

test.each([100, 1 << 12, 1 << 30])(
  'parts that come in any order are rows in order, in %i bytes',
  (memory) => {
    const gathering = openIndexBuilder(asked, testStore(memory))
    gathering.add(read(two, 1, [goal('d')]))
    gathering.add(read(one, 3, [goal('c'), goal('a', { note: [] })]))
    gathering.add(read(one, 1, [goal('a'), goal('b', { lifecycleStatus: 'planned' })]))
    const { index } = gathering.finish(files)
    expect(shown(index)).toEqual(['0 1', '0 2', '0 3', '0 4', '1 1'])
    expect(index?.size).toBe(5)
    expect([...(index?.repeated() ?? [])].map(([row, first]) => [row.line, first.line])).toEqual([[4, 1]])
    expect(index?.get(resourceKey('Goal/a'))?.line).toBe(1)
    expect(index?.get(resourceKey('Goal/b'))?.meets).toEqual([])
    expect(index?.get(resourceKey('Goal/d'))?.meets).toEqual(asked.queries)
    expect(index?.get(resourceKey('Goal/d'))?.patients).toEqual([resourceKey('Patient/d')])
    expect(index?.has(resourceKey('Goal/e'))).toBe(false)
    expect(index?.exchangeOf(1)).toBe(21)
    const lacking = index?.missingKeys(['d', 'z', 'a', 'z', 'q'].map((it) => resourceKey(`Goal/${it}`)))
    expect(lacking?.size).toBe(2)
    expect(['a', 'd', 'q', 'z'].filter((it) => lacking?.has(resourceKey(`Goal/${it}`)))).toEqual(['q', 'z'])
    const set = index?.keySet([resourceKey('Goal/e'), resourceKey('Goal/e'), resourceKey('Goal/f')])
    expect(['e', 'f', 'g'].map((it) => set?.has(resourceKey(`Goal/${it}`)))).toEqual([true, true, false])
  },
)

// In one pass, in several, and by a table on disk.
test.each([1 << 30, 1 << 20, 1 << 19, 1 << 16])(
  'a key that occurs twice among many is found, in %i bytes',
  (memory) => {
    const ids = Array.from({ length: 40_000 }, (_, at) => `g${at}`)
    const rows = ids.map((id) => JSON.stringify({ resourceType: 'Goal', id }))
    const differing = openIndexBuilder(asked, testStore(memory))
    differing.add(read(one, 1, rows))
    expect([...(differing.finish(files).index?.repeated() ?? [])]).toEqual([])
    const twice = openIndexBuilder(asked, testStore(memory))
    twice.add(read(one, 1, rows))
    twice.add(read(two, 1, [rows[31_234] ?? '']))
    const found = [...(twice.finish(files).index?.repeated() ?? [])]
    expect(found.map(([row, first]) => [row.file, first.file, first.line])).toEqual([[1, 0, 31_235]])
  },
)

test('a download that was given up does not count', () => {
  const gathering = openIndexBuilder(asked, testStore(100))
  const [first, second] = [{}, {}]
  gathering.add(read(one, 1, [goal('a'), 'x', JSON.stringify({ resourceType: 'Patient', id: 'p' })]), first)
  gathering.forget(first)
  gathering.add(read(one, 1, [goal('b')]), second)
  const { index, patientIds } = gathering.finish(files)
  expect(shown(index)).toEqual(['0 1'])
  expect(index?.has(resourceKey('Goal/a'))).toBe(false)
  expect(patientIds).toEqual([])
})

test('an incomplete index is absent, and the first faulty file is named', () => {
  const gathering = openIndexBuilder(asked, testStore(1 << 20))
  gathering.add(read(three, 1, [goal('a'), 'x']))
  gathering.add(read(two, 1, ['x']))
  const { index, noIndex } = gathering.finish(files)
  expect(index).toBeUndefined()
  expect(noIndex).toMatchObject({ exchange: 21 })
})

test('a document over several lines has its file to itself', () => {
  const document = JSON.stringify(JSON.parse(goal('a')), null, 1).split('\n')
  const alone = openIndexBuilder(asked, testStore(1 << 20))
  alone.add(read(one, 1, document))
  expect(shown(alone.finish(files).index)).toEqual(['0 1'])
  const among = openIndexBuilder(asked, testStore(1 << 20))
  among.add(read(one, 1, [goal('b')]))
  among.add(read(one, 2, document))
  expect(among.finish(files).noIndex).toMatchObject({ exchange: 20 })
})

test('patients are those that come first, each once', () => {
  const gathering = openIndexBuilder(asked, testStore(1 << 20))
  const patient = (id: string) => JSON.stringify({ resourceType: 'Patient', id })
  gathering.add(read(two, 1, [patient('c'), patient('a')]))
  gathering.add(read(one, 1, [patient('a'), patient('b')]))
  expect(gathering.finish(files).patientIds).toEqual(['a', 'b', 'c'])
})

test('files can be read by their owner alone, hold no id, and are gone in the end', () => {
  const folder = testFolder()
  const store = openStore(() => folder, 64)
  const gathering = openIndexBuilder(asked, store)
  gathering.add(read(one, 1, [goal('somebody'), JSON.stringify({ resourceType: 'Patient', id: 'somebody' })]))
  expect(gathering.finish(files).index?.has(resourceKey('Goal/somebody'))).toBe(true)
  const paths = readdirSync(folder).map((it) => join(folder, it))
  expect(paths.length).toBeGreaterThan(0)
  for (const it of paths) {
    expect(readFileSync(it).includes('somebody')).toBe(false)
    if (process.platform !== 'win32') expect(statSync(it).mode & 0o777).toBe(0o600)
  }
  store.close()
  expect(readdirSync(folder)).toEqual([])
})

test('what machines have written of parts of an export is one index', () => {
  const folder = testFolder()
  const written = [
    read(two, 1, [goal('c')]),
    read(one, 1, [
      goal('a'),
      goal('b', { Smith: 1 }),
      JSON.stringify({ resourceType: 'Patient', id: 'somebody' }),
    ]),
  ].map((it, at) => {
    const path = join(folder, `${at}.part`)
    const gathering = openIndexBuilder(asked, testStore(1 << at))
    gathering.add(it)
    gathering.write((it) => appendFileSync(path, it))
    expect(readFileSync(path).includes('somebody')).toBe(false)
    expect(readFileSync(path).includes('Smith')).toBe(false)
    return path
  })
  const store = testStore(1 << 20)
  const merged = openIndexBuilder(asked, store)
  for (const it of written) merged.addWritten(store.open(it), 0)
  const { index } = merged.finish(files)
  expect(shown(index)).toEqual(['0 1', '0 2', '0 3', '1 1'])
  expect(index?.queries).toEqual(asked.queries)
  expect(index?.get(resourceKey('Goal/c'))?.patients).toEqual([resourceKey('Patient/c')])
  const other = openIndexBuilder(asked, testStore(1 << 20))
  other.add(read(three, 1, ['x']))
  other.write((it) => appendFileSync(join(folder, 'flawed'), it))
  merged.addWritten(store.open(join(folder, 'flawed')), 0)
  expect(merged.finish(files).noIndex).toMatchObject({ exchange: 22 })
  expect(() => merged.addWritten(store.open(import.meta.filename), 0)).toThrow('not the index')
})

test('where nothing can be written there is no index, here or where another machine adds it, and it is said why', () => {
  const nowhere = () => {
    throw Object.assign(new Error('canary'), { code: 'ENOSPC' })
  }
  const gathering = openIndexBuilder(asked, openStore(nowhere, 100))
  gathering.add(read(one, 1, [goal('a')]))
  gathering.add(read(two, 1, [goal('b')]))
  const written: Uint8Array[] = []
  gathering.write((bytes) => written.push(Uint8Array.from(bytes)))
  expect(gathering.finish(files)).toEqual({
    noIndex: { kind: 'disk-full' },
    patientIds: [],
  })
  const file = join(testFolder(), 'part')
  for (const it of written) appendFileSync(file, it)
  const store = testStore(1 << 20)
  const merged = openIndexBuilder(asked, store)
  merged.add(read(three, 1, [goal('c')]))
  merged.addWritten(store.open(file), 0)
  expect(merged.finish(files).noIndex).toEqual({ kind: 'disk-full' })
})

test('where room ends while rows are kept, none of them stay on the disk', () => {
  const folder = testFolder()
  const store = openStore(() => folder, 100)
  let appended = 0
  const full: typeof store = {
    ...store,
    create() {
      const file = store.create()
      return {
        ...file,
        append(bytes) {
          appended += 1
          if (appended > 1) throw new TemporaryStorageError()
          return file.append(bytes)
        },
      }
    },
  }
  const gathering = openIndexBuilder(asked, full)
  gathering.add(read(one, 1, [goal('a')]))
  expect(readdirSync(folder)).toHaveLength(1)
  gathering.add(read(two, 1, [goal('b')]))
  expect(readdirSync(folder)).toEqual([])
})

test('an index that finds no room while it is asked says so', () => {
  const nowhere = () => {
    throw Object.assign(new Error('canary'), { code: 'ENOSPC' })
  }
  const gathering = openIndexBuilder(asked, openStore(nowhere, 1 << 10))
  gathering.add(read(one, 1, [goal('a')]))
  const { index } = gathering.finish(files)
  const keys = function* () {
    for (let at = 0; at < 5000; at += 1) yield resourceKey(`Patient/${at}`)
  }
  expect(() => index?.keySet(keys())).toThrow(TemporaryStorageError)
})
