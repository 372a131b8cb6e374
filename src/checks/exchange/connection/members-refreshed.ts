import { isJsonObject } from '../../../model/json.ts'
import { displayValue, satisfied, undecided, violated } from '../../../model/judgement.ts'
import { type Check, exchangeCheck } from '../../check.ts'
import { noParams } from '../../params.ts'
import { bodyMember } from '../response-body.ts'

const url = 'http://hl7.org/fhir/uv/bulkdata/StructureDefinition/members-refreshed'

// In a recorded body, digits and letters of such a value are masked, and the other characters are not.
const dateTime = /^\w{4}(-\w\w(-\w\w(\w\w\w:\w\w:\w\w(\.\w+)?(\w|[+-]\w\w:\w\w))?)?)?$/

const membersRefreshed = exchangeCheck<true>({
  name: 'members-refreshed',
  states:
    'Every extension `members-refreshed` of a Group has a value in the form of a dateTime. Without the extension the check is inconclusive: the members may not have been calculated yet.',
  params: noParams,
  judge(exchange) {
    const extensions = bodyMember(exchange, 'extension')
    const found = (Array.isArray(extensions) ? extensions : []).filter(
      (it) => isJsonObject(it) && it.url === url,
    )
    if (found.length === 0)
      return undecided(
        'the Group has no `members-refreshed`, and its members may not have been calculated yet',
      )
    const wrong = found.find(({ valueDateTime: it }) => typeof it !== 'string' || !dateTime.test(it))
    if (wrong === undefined) return satisfied
    return violated({
      message: '`members-refreshed` of a Group has no dateTime.',
      expected: 'valueDateTime with a date, or with a date, a time and a time zone',
      actual: displayValue(wrong.valueDateTime),
      where: { exchange: exchange.number, part: { pointer: '/extension' } },
    })
  },
})

/** Checks on Groups whose members the server calculates. */
export const calculatedGroupChecks: readonly Check[] = [membersRefreshed]
