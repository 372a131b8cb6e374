import type { Exchange } from '../../model/http/exchange.ts'
import { isSuccess } from '../../model/http/status.ts'
import {
  type Judgement,
  neverArose,
  satisfied,
  displayValue,
  undecided,
  violated,
} from '../../model/judgement.ts'
import { bodyMember } from './response-body.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { objectParams, textListParam, textParam } from '../params.ts'

const notations = {
  v1: {
    called: 'the notation of SMART 1, as in system/Patient.read',
    form: /^system\/(?:[A-Z][A-Za-z]*|\*)\.(?:read|write|\*)$/,
  },
  v2: {
    called: 'the notation of SMART 2, as in system/Patient.rs',
    form: /^system\/(?:[A-Z][A-Za-z]*|\*)\.c?r?u?d?s?(?:\?\S+)?$/,
  },
} as const

interface ScopeParams {
  readonly types?: readonly string[]
  readonly notation?: keyof typeof notations
  readonly 'at-most'?: readonly string[]
}

const grantedScope = exchangeCheck<ScopeParams>({
  name: 'granted-scope',
  states:
    'The system scopes of a token response have only these resource types, only these permissions, or this notation.',
  params: objectParams(
    {
      types: textListParam('Resource types that system scopes may name.'),
      notation: {
        enum: Object.keys(notations),
        description: '`v1`: system/Patient.read; `v2`: system/Patient.rs.',
      },
      'at-most': {
        type: 'array',
        items: { enum: ['c', 'r', 'u', 'd', 's'] },
        description: 'Permissions that system scopes may grant.',
      },
    },
    [],
  ),
  judge(exchange, wanted) {
    if (!isSuccess(exchange.response?.status)) return neverArose('no token was granted')
    const value = bodyMember(exchange, 'scope')
    if (typeof value !== 'string') return undecided('the token response has no string `scope`')
    const scopes = value.split(/\s+/).filter((it) => it.startsWith('system/'))
    if (scopes.length === 0) return undecided('the token response grants no system scope')
    const wrong = scopes.find((it) => !fits(it, wanted))
    return wrong === undefined ? satisfied : finding(wrong, wanted, exchange)
  },
})

function fits(granted: string, { types, notation, 'at-most': most }: ScopeParams): boolean {
  const [type = '', suffix = ''] = granted.slice('system/'.length).split('.')
  return (
    (!types || types.includes(type)) &&
    (!notation || notations[notation].form.test(granted)) &&
    (!most || [...permissions(suffix)].every((it) => most.includes(it)))
  )
}

function permissions(suffix: string): string {
  return { read: 'rs', write: 'cud', '*': 'cruds' }[suffix] ?? suffix.split('?')[0] ?? ''
}

/** What is before the first dot, and after it; a query may contain others. */
function scopeParts(scope: string): readonly [type: string, suffix: string] {
  const [type = '', ...rest] = scope.replace(/^system\//, '').split('.')
  return [type, rest.join('.')]
}

function queryOf(suffix: string): string | undefined {
  return suffix.split('?')[1]
}

function finding(
  granted: string,
  { types, notation, 'at-most': most }: ScopeParams,
  { number }: Exchange,
): Judgement {
  const expected = [
    types && `only the resource types ${types.join(', ')}`,
    notation && notations[notation].called,
    most && `only the permissions ${most.join(', ')}`,
  ]
  return violated({
    message: 'The server granted a scope that was not requested.',
    expected: expected.filter((it) => it !== undefined).join('; '),
    actual: displayValue(granted),
    where: { exchange: number, part: { pointer: '/scope' } },
  })
}

const grantsNot = exchangeCheck<string>({
  name: 'grants-not',
  states: 'No token is granted that permits all of this scope.',
  params: { ...textParam, description: 'A system scope.' },
  judge(exchange, denied) {
    if (!isSuccess(exchange.response?.status)) return satisfied
    const value = bodyMember(exchange, 'scope')
    if (typeof value !== 'string') return undecided('the token response has no string `scope`')
    const [type, suffix] = scopeParts(denied)
    const granted = value.split(/\s+/).map(scopeParts)
    // A scope with a query permits only some of the resources.
    const permitted = (letter: string) =>
      granted.some(
        ([of, how]) =>
          (of === type || of === '*') &&
          permissions(how).includes(letter) &&
          (queryOf(how) === undefined || queryOf(how) === queryOf(suffix)),
      )
    if (![...permissions(suffix)].every(permitted)) return satisfied
    return violated({
      message: 'The server granted a scope that the client must not get.',
      expected: `no token that permits ${denied}`,
      actual: displayValue(value),
      where: { exchange: exchange.number, part: { pointer: '/scope' } },
    })
  },
})

/** Checks on the scope of a token response. */
export const scopeChecks: readonly Check[] = [grantedScope, grantsNot]
