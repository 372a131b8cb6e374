import { describe, expect, test } from 'vitest'
import { circles } from './circles.ts'
import type { AllowList } from './finding.ts'
import { longFunctions } from './functions.ts'
import { layers, packages } from './layers.ts'
import { names } from './names.ts'
import { sift, skip } from './sift.ts'
import { fullFolders, longFiles } from './sizes.ts'
import { source } from './source.ts'
import { findingsOf } from './unused.ts'

/** Sources made of texts by their paths. */
function tree(texts: Readonly<Record<string, string>>) {
  return Object.entries(texts).map(([path, text]) => source(path, text))
}

const lines = (count: number) => '\n'.repeat(count)

describe('circles', () => {
  test('an import of a type closes one', () => {
    const sources = tree({
      'src/a/one.ts': "import { two } from './two.ts'",
      'src/a/two.ts': "export { three } from './deep/three.ts'",
      'src/a/deep/three.ts': "import type { One } from '../one.ts'",
      'src/a/four.ts': "import './one.ts'",
    })
    const [found, ...others] = circles(sources)
    expect(others).toEqual([])
    expect(found?.key).toBe('src/a')
    expect(found?.says).toBe('deep/three.ts → one.ts → two.ts → deep/three.ts.')
  })

  test('so do an import() and an import() of a type', () => {
    const sources = tree({
      'src/a.ts': "export const later = () => import('./b.ts')",
      'src/b.ts': "export type A = import('./a.ts').A",
    })
    expect(circles(sources)).toHaveLength(1)
  })

  test('of circles that touch, the shortest is shown and all files are named', () => {
    const sources = tree({
      'src/a.ts': "import './b.ts'",
      'src/b.ts': "import './c.ts'",
      'src/c.ts': "import './a.ts'; import './d.ts'",
      'src/d.ts': "import './c.ts'",
    })
    expect(circles(sources).map((it) => it.says)).toEqual([
      'c.ts → d.ts → c.ts. Circles run through 4 files: a.ts, b.ts, c.ts, d.ts.',
    ])
  })

  test('two ways to one file are not a cycle', () => {
    const sources = tree({
      'src/a.ts': "import './b.ts'; import './c.ts'",
      'src/b.ts': "import './d.ts'",
      'src/c.ts': "import './d.ts'",
      'src/d.ts': '',
    })
    expect(circles(sources)).toEqual([])
  })
})

describe('layers', () => {
  const table = { mayImport: { low: [], high: ['low'], shared: [] }, everyoneImports: ['shared'] }
  const all = { 'src/low/a.ts': '', 'src/high/a.ts': '', 'src/shared/a.ts': '' }
  const keys = (texts: Readonly<Record<string, string>>) =>
    layers(tree({ ...all, ...texts }), table).map((it) => it.key)

  test('a row says what may be imported, and everyone may import what is shared', () => {
    expect(keys({ 'src/high/b.ts': "import '../low/a.ts'; import './a.ts'" })).toEqual([])
    expect(keys({ 'src/low/b.ts': "import '../shared/a.ts'" })).toEqual([])
    expect(keys({ 'src/low/deep/b.ts': "import type { A } from '../../high/a.ts'" })).toEqual([
      'src/low/deep/b.ts imports high',
    ])
  })

  test('tests may import anything', () => {
    expect(keys({ 'src/low/b.test.ts': "import '../high/a.ts'" })).toEqual([])
  })

  test('a folder needs a row, and a row a folder', () => {
    expect(keys({ 'src/new/a.ts': '', 'beside/a.ts': '' })).toEqual(['new', 'beside'])
    expect(layers(tree({ 'src/low/a.ts': '', 'src/high/a.ts': '' }), table).map((it) => it.key)).toEqual([
      'shared',
    ])
  })
})

test('packages stay at home, have one, and no home is empty', () => {
  const sources = tree({
    'src/a/one.ts': "import ajv from 'ajv/dist/2020.js'; import 'node:fs'",
    'src/b/two.ts': "import type { Options } from 'ajv'; import '@some/stranger/file.js'",
    'src/b/two.test.ts': "import 'vitest'",
  })
  expect(packages(sources, { ajv: ['src/a', 'src/c.ts'] }).map((it) => it.key)).toEqual([
    'src/b/two.ts imports ajv',
    'src/b/two.ts imports @some/stranger',
    'src/c.ts without ajv',
  ])
})

describe('names', () => {
  test('a type and a function of one name are two meanings', () => {
    const sources = tree({
      'src/a.ts': 'export interface Part {}\nexport const other = 1',
      'src/b.ts': 'const x = 1\nexport function Part() {}\nexport { x as other }',
    })
    expect(names(sources).map((it) => [it.key, it.where, it.says])).toEqual([
      ['Part', 'src/a.ts:1', 'Part is exported by src/b.ts:2 as well.'],
      ['other', 'src/a.ts:2', 'other is exported by src/b.ts:3 as well.'],
    ])
  })

  test('overloads, a re-export, and what a file keeps to itself are not', () => {
    const sources = tree({
      'src/a.ts': 'export function f(a: string): void\nexport function f(a: unknown) {}\nexport type T = 1',
      'src/b.ts': "import { f } from './a.ts'\nexport { f }\nexport type { T } from './a.ts'",
      'src/c.ts': 'const f = 1\nexport default f',
    })
    expect(names(sources)).toEqual([])
  })
})

describe('sizes', () => {
  test('300 lines are a file, 301 too many, but for tests', () => {
    const sources = tree({
      'src/a.ts': lines(300),
      'src/b.ts': lines(301),
      'src/c.test.ts': lines(301),
    })
    expect(longFiles(sources).map((it) => it.key)).toEqual(['src/b.ts'])
  })

  test('20 files are a folder, 21 too many, but for tests and folders in it', () => {
    const files = (folder: string, ends: string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/${i}${ends}`, '']))
    const sources = tree({
      ...files('src/a', '.ts', 20),
      ...files('src/a', '.test.ts', 5),
      ...files('src/a/deep', '.ts', 5),
      ...files('src/b', '.ts', 21),
    })
    expect(fullFolders(sources).map((it) => it.key)).toEqual(['src/b'])
  })
})

describe('long functions', () => {
  const keys = (text: string) => longFunctions(tree({ 'src/a.ts': text })).map((it) => it.key)

  test('60 lines may reassign, 61 may not', () => {
    const one = (count: number) => `function f() {\nlet n = 0${lines(count - 3)}n += 1\n}`
    expect(keys(one(60))).toEqual([])
    expect(keys(one(61))).toEqual(['src/a.ts#f'])
  })

  test.each([
    ['a constant', 'const n = []; n.push(1)', []],
    ['a let that stays', 'let n = 0; use(n)', []],
    ['a property', 'let n = {}; n.a = 1', []],
    ['a variable of others', 'outside = 1', []],
    ['a let that counts', 'let n = 0; n++', ['src/a.ts#f']],
    ['a let in a pattern', 'let n; [{ n }] = use()', ['src/a.ts#f']],
    ['a let of a loop', 'let n; for (n of use()) use(n)', ['src/a.ts#f']],
    ['a let of a function within', 'const g = () => { let n = 0; return () => { n = 1 } }', ['src/a.ts#f']],
  ])('%s', (_, body, found) => {
    expect(keys(`const f = () => {${lines(70)}${body}}`)).toEqual(found)
  })

  test('methods are named, and consecutive functions are distinguished', () => {
    const long = `{${lines(70)}let n = 0; n = 1}`
    expect(keys(`class A { run() ${long} }`)).toEqual(['src/a.ts#run'])
    expect(keys(`const f = () => { let n = 0 }\nfunction g() {${lines(70)}n = 1}`)).toEqual([])
  })
})

test('of unused things, knip names the file, or file, line and export', () => {
  const found = findingsOf([
    { file: 'src/a.ts', files: [{}], exports: [], types: [] },
    { file: 'src/b.ts', files: [], exports: [{ name: 'f', line: 3 }], types: [{ name: 'T', line: 9 }] },
  ])
  expect(found.map((it) => [it.key, it.where])).toEqual([
    ['src/a.ts', 'src/a.ts'],
    ['src/b.ts#f', 'src/b.ts:3'],
    ['src/b.ts#T', 'src/b.ts:9'],
  ])
})

describe('the list of what is allowed', () => {
  const none: AllowList = {
    circle: {},
    layer: {},
    package: {},
    unused: {},
    name: {},
    longFile: {},
    fullFolder: {},
    longFunction: {},
  }
  const findings = longFiles(tree({ 'src/a.ts': lines(301) }))

  test('lets pass what it gives a reason for, by rule', () => {
    expect(sift(findings, none)).toEqual(findings)
    expect(sift(findings, { ...none, longFile: { 'src/a.ts': 'It is a table.' } })).toEqual([])
    expect(sift(findings, { ...none, circle: { 'src/a.ts': 'It is a table.' } })).toHaveLength(2)
  })

  test('fails where it gives no reason, and where nothing needs it', () => {
    expect(sift(findings, { ...none, longFile: { 'src/a.ts': ' ' } })[0]?.says).toBe(
      "'src/a.ts' gives no reason.",
    )
    expect(sift([], { ...none, longFile: { 'src/a.ts': 'It is a table.' } })[0]?.says).toBe(
      "'src/a.ts' no longer occurs.",
    )
  })

  test('skips folders that are there', () => {
    const sources = tree({ 'src/a/one.ts': '', 'src/ab/two.ts': '' })
    expect(skip(sources, { 'src/a': 'Is foreign.' }).map((it) => it.path)).toEqual(['src/ab/two.ts'])
    expect(() => skip(sources, { 'src/c': 'Is foreign.' })).toThrow('src/c')
  })
})
