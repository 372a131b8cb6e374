import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { vocabulary } from './fixtures/vocabulary.ts'
import { loadSuites } from './load.ts'
import { SuiteError } from './problem.ts'
import { loadRequirements } from './requirements.ts'

const fixtures = new URL('./fixtures/', import.meta.url).pathname
const requirements = loadRequirements([join(fixtures, 'requirements.yaml')])

function problemsOf(paths: readonly string[]): string {
  try {
    loadSuites({ paths, vocabulary, requirements })
    return ''
  } catch (error) {
    if (error instanceof SuiteError) return error.message
    throw error
  }
}

describe('what authors see when they err', () => {
  for (const name of readdirSync(fixtures).filter((it) => it.endsWith('.broken.yaml')))
    it(name, async () => {
      const seen = problemsOf([join(fixtures, name)]).replaceAll(`src/suite/fixtures/${name}:`, '')
      await expect(`${seen}\n`).toMatchFileSnapshot(
        join(fixtures, name.replace('.broken.yaml', '.problems.txt')),
      )
    })
})

describe('loading', () => {
  let folder: string
  const write = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  const small = (id: string) =>
    `suite: ${id}\ntitle: Small\nlevels: [system]\nexports: { plain: {} }\ntests:\n  one:\n    title: It answers\n    requirement: kickoff.accepted\n    on: plain.kickoff\n    expect: { status: 202 }\n`
  const load = (...paths: readonly string[]) => loadSuites({ paths, vocabulary, requirements })

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bulkcheck-load-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('opens folders, in order, and adds the requirements of a vendor', () => {
    const loaded = load(join(fixtures, 'planned'), join(fixtures, 'acme'))
    expect(loaded.suites.map((it) => it.suite.suite)).toEqual(['kick-off', 'since', 'token', 'acme'])
    expect(loaded.requirements.get('acme:output.protected')?.level).toBe('SHALL')
    expect(requirements.has('acme:output.protected')).toBe(false)
  })

  it('leaves schemas and hidden files out', () => {
    write('suite.schema.json', '{}')
    write('.hidden.yaml', 'nonsense')
    write('a.yaml', small('a'))
    expect(load(folder).suites).toHaveLength(1)
  })

  it('knows on which line a test begins', () => {
    expect(load(write('a.yaml', small('a'))).suites[0]?.lineOf('one')).toBe(6)
  })

  it('accepts JSON, with a `$schema` that is no part of the suite', () => {
    const [loaded] = load(write('a.yaml', small('a'))).suites
    const json = JSON.stringify({ $schema: './suite.schema.json', ...loaded?.suite })
    expect(load(write('b.json', json)).suites[0]?.suite).toEqual(loaded?.suite)
  })

  it('has a digest of what the files say, not of where they stand', () => {
    const first = load(write('a.yaml', small('a')), write('b.yaml', small('b')))
    const moved = load(write('c.yaml', small('b')), write('d.yaml', small('a')))
    const other = load(write('e.yaml', small('e')))
    expect(moved.sha256).toBe(first.sha256)
    expect(other.sha256).not.toBe(first.sha256)
  })

  it('reports the problems of all files at once', () => {
    const paths = [
      write('a.yaml', small('a')),
      write('b.yaml', small('a')),
      write('c.yaml', small('c').replace('202', '{}')),
      join(folder, 'missing.yaml'),
    ]
    expect(problemsOf(paths).replaceAll(`${folder}/`, '')).toMatchInlineSnapshot(`
      "missing.yaml:1:1 no such file or folder
      b.yaml:1:8 the suite \`a\` already exists in a.yaml
      c.yaml:10:23 \`status\` must be a whole number or a class like \`4XX\`"
    `)
  })

  it('takes a probe whose name is misspelled for read', () => {
    const text = small('a').replace('on: plain', 'on: plian')
    expect(problemsOf([write('a.yaml', text)])).toMatch(/^\S+ unknown probe `plian`; did you mean `plain`\?$/)
  })

  it('accepts rows that are there already only if they say the same', () => {
    const known = load(join(fixtures, 'acme')).requirements
    const again = (rows: typeof known) =>
      loadSuites({ paths: [join(fixtures, 'acme')], vocabulary, requirements: rows })
    expect(again(known).requirements.size).toBe(known.size)
    const row = known.get('acme:output.protected')
    if (!row) throw new Error('no row')
    const changed = new Map([...known, [row.id, { ...row, level: 'MAY' as const }]])
    expect(() => again(changed)).toThrow(/the requirement `acme:output.protected` already exists$/)
  })

  it('says that a folder holds no suite', () => {
    expect(problemsOf([folder])).toMatch(/:1:1 this folder contains no suites$/)
  })
})
