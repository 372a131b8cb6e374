import { expect, test } from 'vitest'
import type { ExportIntent } from '../../model/export/export.ts'
import { openScripted, type ScriptedAnswer } from '../fixtures/scripted-session.ts'

const upToKickoff: ExportIntent = { upTo: 'kickoff', again: false, polling: 'polite' }
const job = (number: number) => `https://ehr.example.org/job/${number}`
const accepted = (number: number, status = 202): ScriptedAnswer => ({
  ...{ status, headers: [['Content-Location', job(number)]] },
})

test.each([200, 201, 204, 206])(
  'a kick-off that is answered %i and names a location is deleted',
  async (status) => {
    const { session, lines } = openScripted((it) =>
      it.line === 'GET /fhir/$export' ? accepted(1, status) : undefined,
    )
    await session.performExport({ level: 'system' }, upToKickoff)
    await session.deleteJobs(() => new Set())
    expect(lines()).toEqual(['GET /fhir/$export', 'DELETE /job/1'])
    expect(session.jobs).toEqual({ started: 1, deleted: 1, perhapsLeft: [] })
  },
)

test('a resource that a 201 names may be more than a job: it is left, and listed', async () => {
  const resource = 'https://ehr.example.org/fhir/Patient/1'
  const { session, lines } = openScripted((it) =>
    it.line === 'GET /fhir/$export' ? { status: 201, headers: [['Location', resource]] } : undefined,
  )
  await session.performExport({ level: 'system' }, upToKickoff)
  await session.close()
  expect(lines()).toEqual(['GET /fhir/$export'])
  expect(session.jobs).toEqual({ started: 1, deleted: 0, perhapsLeft: [resource] })
})

test.each([
  ['gone', 405, 404, { deleted: 1, perhapsLeft: [] }],
  ['gone, in other words', 500, 410, { deleted: 1, perhapsLeft: [] }],
  ['still there', 404, 200, { deleted: 0, perhapsLeft: [job(1)] }],
  ['running', 501, 202, { deleted: 0, perhapsLeft: [job(1)] }],
] as const)('a job whose deletion is refused is asked for: %s', async (_, deletion, status, counts) => {
  const { session, lines } = openScripted((it) => {
    if (it.line === 'DELETE /job/1') return { status: deletion }
    return it.line === 'GET /job/1' ? { status } : undefined
  })
  await session.performExport({ level: 'system' }, upToKickoff)
  await session.deleteJobs(() => new Set())
  await session.deleteJobs(() => new Set())
  await session.close()
  expect(lines().slice(1)).toEqual(['DELETE /job/1', 'GET /job/1'])
  expect(session.jobs).toEqual({ started: 1, ...counts })
})

test('a job whose deletion failed for now is deleted at the end', async () => {
  const { session, lines } = openScripted((it) =>
    it.line === 'DELETE /job/1' && it.times === 1 ? { status: 409 } : undefined,
  )
  await session.performExport({ level: 'system' }, upToKickoff)
  await session.deleteJobs(() => new Set())
  await session.deleteJobs(() => new Set())
  expect(session.jobs.deleted).toBe(0)
  await session.close()
  expect(lines().slice(1)).toEqual(['DELETE /job/1', 'GET /job/1', 'DELETE /job/1'])
  expect(session.jobs.deleted).toBe(1)
})

test.each([502, 504] as const)(
  'a kick-off that is answered %i may have started a job: it is counted, not as a URL',
  async (status) => {
    const { session } = openScripted((it) =>
      it.line === 'GET /fhir/$export' && it.times === 1 ? { status } : undefined,
    )
    await session.performExport({ level: 'system' }, upToKickoff)
    await session.close()
    expect(session.jobs).toEqual({
      ...{ started: 1, deleted: 1, perhapsLeft: [] },
      unlocated: [{ exchange: expect.any(Number), answer: status }],
    })
  },
)

test('a kick-off that is refused has started no job, and one without a location an unknown one', async () => {
  const answers = [400, 503, 503, 503, 503, 202]
  const { session } = openScripted((it) =>
    it.line === 'GET /fhir/$export' ? { status: answers[it.times - 1] ?? 500 } : undefined,
  )
  for (let times = 0; times < 3; times += 1) await session.performExport({ level: 'system' }, upToKickoff)
  expect(session.jobs).toEqual({
    ...{ started: 0, deleted: 0, perhapsLeft: [] },
    unlocated: [{ exchange: expect.any(Number), answer: 202 }],
  })
})

test('clean-up deletes a few jobs at a time, waits as it is asked to, and ends within its limit', async () => {
  const { session, seen, lines, mostAtOnce } = openScripted((it) => {
    if (it.line === 'GET /fhir/$export') return accepted(it.times)
    if (!it.line.startsWith('DELETE')) return undefined
    return it.line === 'DELETE /job/1' && it.times === 1
      ? { status: 429, headers: [['Retry-After', '45']] }
      : { status: 202 }
  })
  for (let times = 0; times < 9; times += 1) await session.performExport({ level: 'system' }, upToKickoff)
  await session.close()
  expect(session.jobs).toMatchObject({ started: 9, deleted: 9 })
  expect(mostAtOnce()).toBe(3)
  expect(seen.filter((it) => it.line === 'DELETE /job/1').map((it) => it.at)).toEqual([0, 45_000])
  expect(seen.filter((it) => it.line === 'DELETE /job/9').map((it) => it.at)).toEqual([45_000])
  expect(lines().filter((it) => it.startsWith('DELETE'))).toHaveLength(10)
})

test('clean-up deletes one job at a time where the server wants no more', async () => {
  const { session, seen } = openScripted((it) => {
    if (it.line === 'GET /fhir/$export') return accepted(it.times)
    if (!it.line.startsWith('DELETE')) return undefined
    return it.together > 1 ? { status: 429, headers: [['Retry-After', '1']] } : { status: 202 }
  })
  for (let times = 0; times < 9; times += 1) await session.performExport({ level: 'system' }, upToKickoff)
  await session.close()
  expect(session.jobs).toEqual({ started: 9, deleted: 9, perhapsLeft: [] })
  expect(seen.filter((it) => it.line.startsWith('DELETE') && it.together > 1).length).toBeLessThanOrEqual(4)
})

test('what clean-up may not wait for is listed', async () => {
  const { session, lines } = openScripted((it) => {
    if (it.line === 'GET /fhir/$export') return accepted(it.times)
    return it.line.startsWith('DELETE') ? { status: 429, headers: [['Retry-After', '600']] } : undefined
  })
  for (let times = 0; times < 5; times += 1) await session.performExport({ level: 'system' }, upToKickoff)
  await session.close()
  expect(session.closingLimitMs).toBe(120_000)
  expect(lines().filter((it) => it.startsWith('DELETE')).length).toBeLessThanOrEqual(3)
  expect(session.jobs.perhapsLeft).toEqual([1, 2, 3, 4, 5].map(job))
})
