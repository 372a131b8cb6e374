import { expect, test } from 'vitest'
import { type LikeRequest, refusalDoubt } from './refusal-doubt.ts'

const kind = { requests: 'kick-off', level: 'patient' } as const
const startedAt = '2026-03-02T09:00:00.000Z'
const accepted = (exchange: number): LikeRequest => ({
  ...{ accepted: true, exchange, startedAt },
  outcome: { exchange, status: 202 },
})
const wronged = (exchange: number): LikeRequest => ({
  ...{ accepted: false, exchange, startedAt },
  outcome: { exchange, status: 403 },
})
const doubt = (...like: readonly LikeRequest[]) => refusalDoubt({ exchange: 10, startedAt }, kind, like)

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

test('time decides, whatever the numbers of exchanges', () => {
  const early = { ...accepted(20), startedAt: '2026-03-02T08:59:59.000Z' }
  expect(doubt(early, accepted(30))).toBeUndefined()
  expect(doubt(early)).toMatchObject({ side: 'after', exchange: 20 })
})
