import type { JudgeProgress } from '../../output/judge-progress.ts'
import { formatBytes } from '../../report/file-totals.ts'
import { formatNumber } from '../../report/standings.ts'
import { openDisplay, formatDuration } from './display.ts'
import type { Io } from './io.ts'

/** Shows the progress of reading files. */
export interface FileProgressDisplay {
  /** Ends with the totals. */
  update(done: JudgeProgress): void
  end(): void
}

/** A bar with bytes, speed and remaining time on a terminal, a line every few seconds elsewhere; nothing if quiet. */
export function showFileProgress(
  io: Io,
  options: {
    readonly quiet: boolean
    /** Bytes to be read; absent if unknown. */
    readonly total?: number | undefined
    readonly now: () => number
  },
): FileProgressDisplay {
  if (options.quiet) return { update: () => undefined, end: () => undefined }
  const { total, now } = options
  const startedAt = now()
  const show = openDisplay(io, now)
  return {
    update(done) {
      show.update(() => progressLine({ ...done, total, ms: now() - startedAt }, io.width))
    },
    end: () => show.end(),
  }
}

/** How much was judged, and in what time. */
export interface ProgressAmount extends JudgeProgress {
  /** Absent if unknown. */
  readonly total?: number | undefined
  readonly ms: number
}

const barColumns = 24
const minWidthForBar = 92

/** The state of a reading on one line: `35%  1.2 GB of 3.4 GB  145.0 MB/s  82,000 resources/s  14s left`. */
export function progressLine({ bytes, resources, ms, ...it }: ProgressAmount, width: number): string {
  const seconds = Math.max(ms, 1) / 1000
  // The end of a gzip file has the length of its last member only.
  const total = it.total !== undefined && bytes <= it.total ? it.total : undefined
  const share = total ? bytes / total : undefined
  const left = share ? (ms / share) * (1 - share) : undefined
  const fields = [
    ...(share === undefined ? [] : [percent(share, width)]),
    `${formatBytes(bytes)}${total === undefined ? '' : ` of ${formatBytes(total)}`}`,
    // The first moment says nothing about speed.
    ...(seconds < 1 ? [] : [`${formatBytes(Math.round(bytes / seconds))}/s`]),
    ...(seconds < 1 || resources === 0
      ? []
      : [`${formatNumber(Math.round(resources / seconds))} resources/s`]),
    ...(left === undefined || seconds < 1 ? [] : [share === 1 ? 'judging' : `${formatDuration(left)} left`]),
  ]
  return fields.join('  ')
}

function percent(share: number, width: number): string {
  const text = `${String(Math.floor(share * 100)).padStart(3)}%`
  if (width < minWidthForBar) return text
  const full = Math.round(share * barColumns)
  return `${'█'.repeat(full)}${'░'.repeat(barColumns - full)} ${text}`
}
