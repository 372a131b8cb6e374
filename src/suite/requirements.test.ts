import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SuiteError } from './problem.ts'
import { loadRequirements } from './requirements.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkcheck-requirements-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const bases = 'base: { 1.0.1: https://example.org/1/, 2.0.0: https://example.org/2/ }'

function load(...texts: readonly string[]) {
  const files = texts.map((text, at) => {
    const file = join(folder, `${at}.yaml`)
    writeFileSync(file, text)
    return file
  })
  return loadRequirements(files)
}

function problemsOf(...texts: readonly string[]): readonly string[] {
  try {
    load(...texts)
    return []
  } catch (error) {
    if (!(error instanceof SuiteError)) throw error
    return error.problems.map((it) => `${it.line}:${it.column} ${it.message}`)
  }
}

const row = (more: string) =>
  `${bases}\nrequirements:\n  a.b: { level: SHALL, statement: It holds., ${more} }\n`

describe('links', () => {
  it.each([
    [
      'at: p.html#a',
      {
        '1.0.1': 'https://example.org/1/p.html#a',
        '2.0.0': 'https://example.org/2/p.html#a',
        '3.0.0': 'https://example.org/2/p.html#a',
        '4.0.0-ballot': 'https://example.org/2/p.html#a',
      },
    ],
    [
      'at: { 1.0.1: x.html, 2.0.0: y.html }',
      {
        '1.0.1': 'https://example.org/1/x.html',
        '2.0.0': 'https://example.org/2/y.html',
        '3.0.0': 'https://example.org/2/y.html',
        '4.0.0-ballot': 'https://example.org/2/y.html',
      },
    ],
    [
      'since: 2.0.0, at: { 2.0.0: y.html, 4.0.0-ballot: z.html }',
      {
        '2.0.0': 'https://example.org/2/y.html',
        '3.0.0': 'https://example.org/2/y.html',
        '4.0.0-ballot': 'https://example.org/2/z.html',
      },
    ],
  ])('%s', (more, at) => {
    expect(load(row(more)).get('a.b')?.at).toEqual(at)
  })

  it('have the address of a later release where a section moved', () => {
    const moved = 'moved: { 3.0.0: { p.html#a: q.html#b }, 4.0.0-ballot: { q.html#b: r.html } }'
    const text = row('at: p.html#a').replace('\nrequirements:', `\n${moved}\nrequirements:`)
    expect(Object.values(load(text).get('a.b')?.at ?? {})).toEqual([
      'https://example.org/1/p.html#a',
      'https://example.org/2/p.html#a',
      'https://example.org/2/q.html#b',
      'https://example.org/2/r.html',
    ])
  })

  it('keep full URLs, whatever the release', () => {
    const at = load(row('at: https://rfc.example/6749')).get('a.b')?.at
    expect(new Set(Object.values(at ?? {}))).toEqual(new Set(['https://rfc.example/6749']))
  })

  it('come after one base for all releases as well', () => {
    const text = row('at: http.html').replace(bases, 'base: http://hl7.org/fhir/R4/')
    expect(load(text).get('a.b')?.at['1.0.1']).toBe('http://hl7.org/fhir/R4/http.html')
  })
})

describe('mistakes', () => {
  it.each([
    ['at: { 2.0.0: y.html }', '3:50 `a.b` applies to 1.0.1 but has no link for it'],
    [
      'at: p, since: 2.0.0, until: 2.0.0',
      '3:74 `a.b` applies to no release: it begins with 2.0.0 and ends with 2.0.0',
    ],
    ['at: p, since: 2.0', '3:60 unknown release `2`; use one of `1.0.1`, `2.0.0`, `3.0.0` or `4.0.0-ballot`'],
    ['at: p, untestd: no', '3:53 unknown key `untestd`; did you mean `untested`?'],
    ['at: "http://[x"', '3:50 `http://[x` is not an absolute URL'],
  ])('%s', (more, problem) => {
    expect(problemsOf(row(more))).toEqual([problem])
  })

  it('include an id that two files use', () => {
    expect(problemsOf(row('at: p'), row('at: p'))).toEqual(['3:3 the requirement `a.b` already exists'])
  })
})
