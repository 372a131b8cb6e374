#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'

// By default the heap may grow to several times what is in use before it is collected: an export of 40,000 files took 433 MB.
setFlagsFromString('--heap-growing-percent=25')

/** With fewer files that may be open at once, not even all modules can be loaded. */
const leastFiles = 128

/** How many files this process may have open at once; `undefined` where the system does not say. */
function mostFiles(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? undefined : Number(soft)
  } catch {
    // Only Linux has this file.
    return undefined
  }
}

const most = mostFiles()
if (most !== undefined && most < leastFiles) {
  process.stderr.write(
    `this shell allows a process only ${most} open files, and bulkcheck needs ${leastFiles}: raise the limit with \`ulimit -n 1024\`\n`,
  )
  process.exitCode = 2
} else await (await import('./command-line.ts')).runProcess()
