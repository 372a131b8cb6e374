import type { ListedFailure, TestResult } from '../../model/result.ts'
import { groupBy, joinList } from '../standings.ts'

/** What an entry of a known-failing file says, in a few sentences. */
export function listedText({ reason, owner, until, expired }: ListedFailure): string {
  const listed = expired
    ? `The entry in the known-failing file expired on ${until}.`
    : `Listed as known failing${until === undefined ? '' : ` until ${until}`}.`
  return [
    listed,
    ...(reason === undefined ? [] : [`Reason: ${reason.replace(/\.$/, '')}.`]),
    ...(owner === undefined ? [] : [`Owner: ${owner}.`]),
  ].join(' ')
}

/** What the entries of some tests say, each once; it names their tests where it is not about all. */
export function listedTexts(tests: readonly TestResult[]): readonly string[] {
  const found = tests.flatMap(({ id, listed }) => (listed ? [{ id, text: listedText(listed) }] : []))
  return groupBy(found, (it) => it.text).map((group) => {
    const [{ text }] = group
    return group.length === tests.length ? text : `${text} Applies to ${joinList(group.map((it) => it.id))}.`
  })
}
