import { checks, picks } from '../checks/index.ts'
import { compileBundled } from './compiled.ts'
import { bundledSuites } from './files.ts'
import { loadSuites } from './load.ts'

compileBundled(loadSuites({ paths: [bundledSuites], vocabulary: { checks, picks } }))
