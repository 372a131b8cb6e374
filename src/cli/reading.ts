import { size } from '../report/holdings.ts'
import { display, elapsed } from './display.ts'
import type { Io } from './io.ts'

/** Shows how the reading of files goes on. */
export interface Reading {
  /** So many more bytes were read. */
  bytes(more: number): void
  /** So many resources were judged in all. */
  resources(inAll: number): void
  end(): void
}

/** A bar with bytes, speed and the time that is left on a terminal, a line now and then elsewhere; nothing if quiet. */
export function reading(
  io: Io,
  options: {
    readonly quiet: boolean
    /** Bytes to be read; absent if nobody knows. */
    readonly total?: number | undefined
    readonly now: () => number
  },
): Reading {
  if (options.quiet) return { bytes: () => undefined, resources: () => undefined, end: () => undefined }
  const { total, now } = options
  const startedAt = now()
  const show = display(io, now)
  const done = { bytes: 0, resources: 0 }
  const line = () => amount({ ...done, total, ms: now() - startedAt }, io.width)
  return {
    bytes(more) {
      done.bytes += more
      show.again(line)
    },
    resources(inAll) {
      done.resources = inAll
      show.again(line)
    },
    end: () => show.end(),
  }
}

/** How much of something was read, and how fast. */
export interface Amount {
  readonly bytes: number
  readonly resources: number
  /** Absent if nobody knows. */
  readonly total?: number | undefined
  readonly ms: number
}

const barColumns = 24
const roomForBar = 92

/** The state of a reading on one line: `35%  1.2 GB of 3.4 GB  145.0 MB/s  82,000 resources/s  14s left`. */
export function amount({ bytes, resources, total, ms }: Amount, width: number): string {
  const seconds = Math.max(ms, 1) / 1000
  const share = total ? Math.min(1, bytes / total) : undefined
  const left = share ? (ms / share) * (1 - share) : undefined
  const fields = [
    ...(share === undefined ? [] : [percent(share, width)]),
    `${size(bytes)}${total === undefined ? '' : ` of ${size(total)}`}`,
    // The first moment says nothing about speed.
    ...(seconds < 1 ? [] : [`${size(Math.round(bytes / seconds))}/s`]),
    ...(seconds < 1 || resources === 0
      ? []
      : [`${Math.round(resources / seconds).toLocaleString('en-US')} resources/s`]),
    ...(left === undefined || seconds < 1 ? [] : [`${elapsed(left)} left`]),
  ]
  return fields.join('  ')
}

function percent(share: number, width: number): string {
  const text = `${String(Math.floor(share * 100)).padStart(3)}%`
  if (width < roomForBar) return text
  const full = Math.round(share * barColumns)
  return `${'█'.repeat(full)}${'░'.repeat(barColumns - full)} ${text}`
}
