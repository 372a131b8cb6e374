import { findExchange } from '../../model/http/exchange.ts'
import type { Finding } from '../../model/judgement.ts'
import type { RunResult } from '../../model/result.ts'
import { curlCommand } from '../curl.ts'
import { fileOf, locationText } from '../location.ts'
import type { EntryFinding, EntryRow, RequirementEntry } from '../findings/requirement-entries.ts'
import { countOf, joinFirst } from '../standings.ts'
import { truncate, visible } from '../visible-text.ts'
import { fieldLine, indent, wrappedProse } from './fields.ts'
import type { TextContext } from './text-context.ts'

/** An entry in full, with every kind of finding that is listed. */
export function entryInFull(entry: RequirementEntry, label: string, page: TextContext): readonly string[] {
  const { requirement, findings, rest, listed } = entry
  return [
    `${label}  ${page.style('bold', visible(entry.title))}`,
    `  ${visible(nameAndLevels(entry))}`,
    ...(requirement.level === 'MAY' ? ['  optional, not met'] : []),
    ...findings.flatMap((finding) => {
      const seen = findExchange(page.result.exchanges, finding.where.exchange)
      const command = seen && curlCommand(seen)
      return [
        `  ${visible(truncate(finding.message, 300))}`,
        ...kindOf(finding, page.result),
        ...(command ? [`  ${'repeat'.padEnd(indent - 2)}${command}`] : []),
        ...(findings.length > 1 && isOfSomeTests(finding, entry)
          ? [fieldLine('found by', joinFirst(finding.seen.map(({ test }) => test.id)))]
          : []),
      ]
    }),
    ...(rest ? [`  ${rest}; --max-findings lists more`] : []),
    ...listedLines(listed),
    fieldLine('spec', requirement.url),
    ...wrappedProse(requirement.statement, page.options.width),
    ...(requirement.note ? wrappedProse(`Our reading: ${requirement.note}`, page.options.width) : []),
    ...(requirement.cites ? [fieldLine('cites', requirement.cites)] : []),
    ...testLines(entry),
  ]
}

/** What the known-failing file says. */
export function listedLines(texts: readonly string[]): readonly string[] {
  return texts.map((it) => fieldLine('known', it))
}

function isOfSomeTests({ seen }: EntryFinding, { rows }: RequirementEntry): boolean {
  const tests = rows.reduce((total, row) => total + row.tests.length, 0)
  return new Set(seen.map(({ test }) => test)).size < tests
}

function nameAndLevels({ requirement, levels }: RequirementEntry): string {
  return levels.length === 0 ? requirement.id : `${requirement.id} at ${levels.join(' · ')} level`
}

function testLines(entry: RequirementEntry): readonly string[] {
  const { rows } = entry
  const name = rows.length > 1 ? 'tests' : 'test'
  return rows.map((row, at) => fieldLine(at === 0 ? name : '', rowText(row, entry)))
}

/** Levels are named where other tests of the entry have more. */
function rowText({ id, tests, source }: EntryRow, { levels }: RequirementEntry): string {
  const own = tests.flatMap(([, level]) => level ?? [])
  const at = own.length > 0 && own.length < levels.length ? ` at ${own.join(' · ')} level` : ''
  return `${id}${at}  ${source.file}:${source.line}`
}

/** A kind of violation without its message. */
function kindOf(
  { expected, expectedInMessage, actual, where, times }: Finding,
  result: RunResult,
): readonly string[] {
  const seen = locationText(result, where)
  const again = times > 1 ? `and ${countOf(times - 1, 'more time')}` : ''
  const here = [
    fieldLine('actual', actual),
    ...(fileOf(result, where.exchange)
      ? [fieldLine('seen in', again ? `${seen} ${again}` : seen)]
      : [fieldLine('seen in', seen), ...(again ? [`${' '.repeat(indent)}${again}`] : [])]),
  ]
  return expectedInMessage ? here : [fieldLine('expected', expected), ...here]
}

/** An entry with its first kind of finding. */
export function entryInBrief(entry: RequirementEntry, label: string, page: TextContext): readonly string[] {
  const { requirement, title, findings, rest, listed } = entry
  const [first, ...others] = findings
  return [
    `${label}  ${visible(title)}`,
    `  ${visible(nameAndLevels(entry))}`,
    `  ${requirement.level === 'MAY' ? 'Optional, not met: ' : ''}${visible(truncate(first?.message ?? '', 300))}`,
    ...(first ? kindOf(first, page.result) : []),
    ...(others.length > 0 || rest
      ? [
          `${' '.repeat(indent)}and ${rest ? 'more kinds' : countOf(others.length, 'more kind')} of violation; --verbose lists them`,
        ]
      : []),
    ...listedLines(listed),
    fieldLine('spec', requirement.url),
    ...testLines(entry),
  ]
}
