const units: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 }

/** The bytes that `--bulk` asks for. */
export function bulkBytesFrom(text: string | undefined, problems: string[]): number | undefined {
  if (text === undefined) return undefined
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(kB|MB|GB)$/.exec(text) ?? []
  if (amount === undefined) problems.push('--bulk must be a size such as `500MB` or `10GB`')
  return Number(amount) * (units[unit] ?? Number.NaN)
}
