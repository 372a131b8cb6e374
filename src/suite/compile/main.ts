import { writeFileSync } from 'node:fs'
import { checks, picks } from '../../checks/registry.ts'
import { compiledSuitesFile, compileSuites } from '../bundled.ts'
import { bundledSuitesFolder } from '../files.ts'
import { loadSuites } from '../load.ts'

// A step of the build.
const loaded = loadSuites({ paths: [bundledSuitesFolder], vocabulary: { checks, picks } })
writeFileSync(compiledSuitesFile, JSON.stringify(compileSuites(loaded)))
