import { readFileSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

// Loaded into a measured process: writes the peak memory of all threads, and their processor time, to BENCH_PEAK at the end.

/** Peak memory in bytes. On Linux `maxRSS` includes what the parent held when the process started; VmHWM does not. */
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
if (isMainThread && path !== undefined)
  process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    writeFileSync(path, JSON.stringify({ peak: peak(), processorMs: (user + system) / 1e3 }))
  })
