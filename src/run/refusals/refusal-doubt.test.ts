import { expect, test } from 'vitest'
import { type LikeRequest, refusalDoubt } from './refusal-doubt.ts'

const kind = { requests: 'kick-off', level: 'patient' } as const
const accepted = (exchange: number): LikeRequest => ({ accepted: true, outcome: { exchange, status: 202 } })
const wronged = (exchange: number): LikeRequest => ({ accepted: false, outcome: { exchange, status: 403 } })
const doubt = (...like: readonly LikeRequest[]) => refusalDoubt(10, kind, like)

test('a refusal between two accepted requests counts, in whichever order they are given', () => {
  expect(doubt(accepted(3), accepted(20))).toBeUndefined()
  expect(doubt(accepted(20), accepted(3))).toBeUndefined()
})

test('only the nearest requests decide', () => {
  expect(doubt(wronged(1), accepted(3), accepted(20), wronged(30))).toBeUndefined()
})

test('a correct request beside it that was refused casts doubt on it', () => {
  const outcome = (exchange: number) => ({
    ...{ kind: 'refused-alike', ...kind },
    outcome: { exchange, status: 403 },
  })
  expect(doubt(accepted(3), wronged(9), accepted(20))).toEqual(outcome(9))
  expect(doubt(accepted(3), wronged(11), accepted(20))).toEqual(outcome(11))
})

test('without an accepted request on one side it shows nothing', () => {
  expect(doubt(accepted(3), accepted(7))).toEqual({
    ...{ kind: 'none-accepted', ...kind },
    ...{ side: 'after', exchange: 7 },
  })
  expect(doubt(accepted(20))).toEqual({
    ...{ kind: 'none-accepted', ...kind },
    ...{ side: 'before', exchange: 20 },
  })
  expect(doubt()).toEqual({ kind: 'none-accepted', ...kind })
})

test('a request is not like itself', () => {
  expect(doubt(accepted(3), wronged(10), accepted(20))).toBeUndefined()
})
