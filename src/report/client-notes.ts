import type { FlakyAnswer } from '../model/http/flaky.ts'
import type { RunResult } from '../model/result.ts'
import { countOf, joinFirst } from './standings.ts'

/** What a reader should know of how the server answered, besides verdicts: lines with a name each. */
export function clientNotes({
  jobs,
  flaky = [],
}: RunResult): readonly { readonly name: string; readonly value: string }[] {
  const { unlocated = [] } = jobs
  const gateway = flaky.filter((it) => it.answer !== 401)
  const dead = flaky.filter((it) => it.answer === 401)
  return [
    ...(unlocated.length > 0
      ? [
          {
            name: 'Jobs without a known polling location',
            value: `${countOf(unlocated.length, 'kick-off request')} may have started such a job: ${joinFirst(unlocated.map(({ exchange, answer }) => `exchange ${exchange} (${answer})`))}`,
          },
        ]
      : []),
    ...(gateway.length > 0
      ? [
          {
            name: 'Repeated requests',
            value: `${countOf(gateway.length, 'request')} failed for a moment: ${joinFirst(gateway.map(({ exchange, request, answer }) => `exchange ${exchange} (${request}, ${answer})`))}`,
          },
        ]
      : []),
    ...(dead.length > 0
      ? [
          {
            name: 'Access tokens that stopped working early',
            value: `${countOf(dead.length, 'request')} with such a token: ${joinFirst(dead.map((it) => `exchange ${it.exchange} (${lifeText(it)})`))}`,
          },
        ]
      : []),
  ]
}

function lifeText({ token }: FlakyAnswer): string {
  const promised =
    token?.promised === undefined
      ? '; the token response had no expires_in'
      : `, although expires_in was ${token.promised} s`
  return `rejected after ${token?.lived ?? 0} s${promised}`
}
