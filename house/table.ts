/** What every folder may import, even where its row does not say so. */
export const everyoneImports: readonly string[] = ['storage']

const run = ['model', 'r4', 'checks', 'suite', 'probe', 'output']
const verdicts = [...run, 'config', 'profiles', 'report', 'run']

/** Which of our folders each folder may import: those below src, then those beside it. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  storage: [],
  model: [],
  checks: ['model', 'r4'],
  suite: ['model', 'checks'],
  probe: ['model', 'r4'],
  output: ['model', 'checks', 'r4', 'structure', 'prover', 'profiles'],
  run,
  report: ['model'],
  config: ['model', 'r4', 'checks', 'suite', 'report'],
  reference: [],
  r4: [],
  structure: ['model', 'r4'],
  prover: ['model', 'r4', 'structure'],
  profiles: ['model', 'r4'],
  validate: verdicts,
  cli: [...verdicts, 'reference', 'selftest', 'validate'],
  selftest: [...run, 'report', 'profiles', 'prover', 'r4', 'reference', 'run', 'structure'],
  bench: [],
  house: [],
}

/** Where each package of others may be imported: files or folders. */
export const homes: Readonly<Record<string, readonly string[]>> = {
  undici: ['src/probe/transport'],
  jose: ['src/probe/authorization', 'src/reference', 'src/cli/commands/keygen.ts'],
  ajv: ['src/suite', 'src/config', 'src/checks/exchange/json-body.ts', 'src/report/json/parser.ts'],
  yaml: ['src/suite', 'src/config'],
  yargs: ['src/cli'],
  jiti: ['src/config'],
  handlebars: ['src/report/html/page.ts'],
  ndjson: ['src/reference'],
  fhirpath: ['src/profiles/compile/fhirpath.ts', 'src/selftest/fixtures/mutants'],
  saxes: ['src/structure/xhtml.ts'],
  tar: ['src/profiles/package/load.ts', 'src/profiles/fixtures'],
  assemblyscript: ['src/prover/compile/wasm.ts'],
  'oxc-parser': ['house'],
}
