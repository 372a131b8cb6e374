import { writeFileSync } from 'node:fs'
import { checks, picks } from '../checks/index.ts'
import { compiledFile, compiledFrom } from './compiled.ts'
import { bundledSuites } from './files.ts'
import { loadSuites } from './load.ts'

// A step of the build.
const loaded = loadSuites({ paths: [bundledSuites], vocabulary: { checks, picks } })
writeFileSync(compiledFile, JSON.stringify(compiledFrom(loaded)))
