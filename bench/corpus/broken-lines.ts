import type { CorpusResource } from './resource.ts'

type MutableResource = Record<string, unknown>

/** Each breaks a resource in one way that servers were seen to; some make a line that is no JSON. */
const breakages: readonly ((resource: MutableResource, line: string) => string)[] = [
  (it) => text({ ...it, patientId: 'x' }),
  (it) => text({ ...it, status: 'Final' in it ? 1 : 'FINAL', active: 'yes' }),
  (it) => text({ ...it, meta: { lastUpdated: '2021-02-30T10:00:00Z' } }),
  (it) => text({ ...it, identifier: { value: 'one' } }),
  (it) => text({ ...it, extension: [] }),
  (it) => text({ ...it, extension: [{ url: 'http://example.org/note' }] }),
  (it) => text({ ...it, text: null }),
  (it) => text({ ...it, implicitRules: '' }),
  (it) => text({ ...it, language: ['en'] }),
  (it) => text({ ...it, meta: { ...(it.meta as MutableResource), lastUpdated: '2021-03-04T10:00:00' } }),
  (it) => text({ ...it, contained: [{ resourceType: 'Basic', note: 1 }] }),
  (it) => text({ ...it, extension: [{ url: 'http://example.org/n', valueString: 'a', valueCode: 'a' }] }),
  (it) => text({ ...it, text: { status: 'generated', div: 'no markup' } }),
  (it) => text({ ...it, resourceType: `${it.resourceType}s` }),
  (_, line) => line.replace('"meta":', '"meta":{},"meta":'),
  (_, line) => line.slice(0, -1),
]

const text = (it: unknown) => JSON.stringify(it)

/** A line that is not valid any more, broken in one of the ways in turn. */
export function breakLine(line: string, index: number): string {
  const way = breakages[index % breakages.length]
  return way ? way(JSON.parse(line) as CorpusResource & MutableResource, line) : line
}
