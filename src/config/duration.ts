/** What a duration looks like: a number and its unit. */
export const durationPattern = '^\\d+(\\.\\d+)?(ms|s|m|h)$'

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Milliseconds of `250ms`, `30s`, `1.5m`, `2h` or of a number, which is milliseconds already; `undefined` if it is not a duration. */
export function durationMs(value: string | number): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (!new RegExp(durationPattern).test(value.trim())) return undefined
  const [, amount, unit] = /^([\d.]+)([a-z]+)$/.exec(value.trim()) ?? []
  return Math.round(Number(amount) * (unitsMs[unit ?? ''] ?? Number.NaN))
}

/** A duration given as text; another text is added to the problems under `name`. */
export function parseDuration(
  text: string | undefined,
  note: { readonly name: string; readonly problems: string[] },
): number | undefined {
  const ms = text === undefined ? undefined : durationMs(text)
  if (text !== undefined && ms === undefined)
    note.problems.push(`${note.name} must be a time such as \`500ms\`, \`30s\`, \`5m\` or \`1h\``)
  return ms
}

/** A duration in the largest unit that it is a whole number of: `90s`, `2m`. */
export function durationText(ms: number): string {
  const [unit, unitMs] = Object.entries(unitsMs).findLast(([, it]) => ms >= it && ms % it === 0) ?? ['ms', 1]
  return `${ms / unitMs}${unit}`
}
