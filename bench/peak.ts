import { readFileSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

// Loaded before a process that is measured: at its end it leaves how much memory all threads held at most.

/** Linux counts what the parent held at the start of a process to `maxRSS`, but not to VmHWM. */
function peak(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    if (kilobytes !== undefined) return Number(kilobytes) * 1024
  } catch {
    // Other systems have no such file.
  }
  return process.resourceUsage().maxRSS * 1024
}

const path = process.env.BENCH_PEAK
if (isMainThread && path !== undefined) process.on('exit', () => writeFileSync(path, String(peak())))
