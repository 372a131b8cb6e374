import { join } from 'node:path'
import { textOf, inspect } from './house.ts'

const findings = inspect(join(import.meta.dirname, '..'))
console.log(textOf(findings))
process.exitCode = findings.length > 0 ? 1 : 0
