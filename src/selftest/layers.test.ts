import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize, sep } from 'node:path'
import { describe, expect, test } from 'vitest'

const src = join(import.meta.dirname, '..')

/** Which of our folders each folder may import. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  checks: ['model'],
  suite: ['model', 'checks'],
  probe: ['model'],
  output: ['model', 'checks', 'r4', 'structure', 'prover', 'profiles'],
  run: ['model', 'checks', 'suite', 'probe', 'output'],
  report: ['model'],
  config: ['model', 'checks', 'suite'],
  reference: [],
  r4: [],
  structure: ['model', 'r4'],
  prover: ['model', 'r4', 'structure'],
  profiles: ['model', 'r4'],
}

/** Where each third-party package may be imported: files or folders below src. */
const homes: Readonly<Record<string, readonly string[]>> = {
  undici: ['probe'],
  jose: ['probe/token.ts', 'probe/assertion.ts', 'reference', 'cli/keygen.ts', 'config/keys.ts'],
  ajv: ['suite', 'config', 'checks/json.ts', 'report/validate.ts'],
  yaml: ['suite', 'config'],
  yargs: ['cli'],
  jiti: ['config'],
  handlebars: ['report/html.ts'],
  ndjson: ['reference'],
  fhirpath: ['profiles/invariants.ts', 'selftest/mutants'],
  saxes: ['structure/xhtml.ts'],
  tar: ['profiles/package.ts', 'profiles/fixtures'],
  assemblyscript: ['prover/compile/wasm.ts'],
}

interface Import {
  readonly file: string
  readonly folder?: string
  readonly package?: string
}

function importsOf(folder: string): readonly Import[] {
  return sources(join(src, folder)).flatMap((path) => {
    const file = path
      .slice(src.length + 1)
      .split(sep)
      .join('/')
    const text = readFileSync(path, 'utf8')
    const atOnce = text.matchAll(/^(?:import |(?:import|export|\}).* from )'([^']+)'$/gm)
    const later = text.matchAll(/\bimport\('([^']+)'\)/g)
    return [...atOnce, ...later].flatMap(([, name]): Import[] => {
      if (!name || name.startsWith('node:')) return []
      if (!name.startsWith('.'))
        return [
          {
            file,
            package: name
              .split('/')
              .slice(0, name.startsWith('@') ? 2 : 1)
              .join('/'),
          },
        ]
      const target = normalize(join(path, '..', name)).slice(src.length + 1)
      const other = target.split(sep)[0]
      return other && other !== folder ? [{ file, folder: other }] : []
    })
  })
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.ts') && !it.endsWith('.test.ts'))
    .map((it) => join(folder, it))
}

describe('layers', () => {
  for (const [folder, allowed] of Object.entries(mayImport)) {
    test(`${folder} imports ${allowed.join(', ') || 'nothing of ours'}`, () => {
      for (const it of importsOf(folder)) if (it.folder) expect(allowed, it.file).toContain(it.folder)
    })
  }

  test('the rule sees imports at all', () => {
    expect(importsOf('run').some((it) => it.folder === 'probe')).toBe(true)
  })
})

describe('homes of packages', () => {
  const folders = [...Object.keys(mayImport), 'cli', 'selftest']
  for (const [name, allowed] of Object.entries(homes)) {
    test(`${name} lives in ${allowed.join(', ')}`, () => {
      const users = folders.flatMap(importsOf).filter((it) => it.package === name)
      expect(users.length).toBeGreaterThan(0)
      for (const { file } of users)
        expect(
          allowed.some((home) => file === home || file.startsWith(`${home}/`)),
          file,
        ).toBe(true)
    })
  }

  test('no other package is imported', () => {
    const known = new Set([...Object.keys(homes), 'fhir'])
    const strangers = folders.flatMap(importsOf).filter((it) => it.package && !known.has(it.package))
    expect(strangers).toEqual([])
  })
})
