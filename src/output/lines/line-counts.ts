import { isJsonObject } from '../../model/json.ts'
import { isResourceType } from '../../r4/facts.ts'
import type { Line } from '../../model/http/exchange.ts'

/** How many lines of a file were read, and how many resources of each type were among them. */
export interface LineCounts {
  lines: number
  bytes: number
  readonly resources: Record<string, number>
}

/** Counts a line that is not blank, and its resource if FHIR R4 defines the type. */
export function countLine(counted: LineCounts, { text, json }: Line): void {
  if (text.trim() === '') return
  counted.lines += 1
  const type = isJsonObject(json) ? json.resourceType : undefined
  if (isResourceType(type)) addResourceCount(counted, type, 1)
}

/** Adds to the count of one type; their lines are counted separately. */
export function addResourceCount({ resources }: LineCounts, type: string, count: number): void {
  resources[type] = (resources[type] ?? 0) + count
}

/** Adds the counts of another part of a file. */
export function addCounts(to: LineCounts, { lines, bytes, resources }: LineCounts): void {
  to.lines += lines
  to.bytes += bytes
  for (const [type, count] of Object.entries(resources)) addResourceCount(to, type, count)
}
