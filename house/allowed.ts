import type { AllowList } from './finding.ts'

/** Folders that the house rules do not look at, and why. */
export const skipped: Readonly<Record<string, string>> = {
  'src/prover/assembly': 'Is AssemblyScript, and exports by design what src/prover/core/machine.ts exports.',
}

/** What the house rules allow, and why; an entry that is no longer needed fails. */
export const allowed: AllowList = {
  circle: {
    'src/prover/core': 'An object holds values and a value holds objects: recursive descent follows them.',
  },
  layer: {},
  package: {},
  unused: {
    'src/selftest/generated-documents.ts#writeDocuments': '`npm run documents` calls it.',
  },
  name: {},
  longFile: {},
  fullFolder: {},
  longFunction: {},
}
