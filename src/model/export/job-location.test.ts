import { expect, test } from 'vitest'
import type { HeaderList } from '../http/exchange.ts'
import { jobLocationOf } from './job-location.ts'

const fhirUrl = 'https://h/fhir'
const kickoffUrl = `${fhirUrl}/$export`
const locationOf = (status: number, ...headers: HeaderList) =>
  jobLocationOf({ status, headers, url: kickoffUrl }, { fhirUrl, kickoffUrl })

test.each([200, 201, 202, 204, 206])('a kick-off answered %i starts the job that it names', (status) => {
  expect(locationOf(status, ['Content-Location', '/job/1'])).toEqual({
    statusUrl: 'https://h/job/1',
    isCertain: true,
  })
  expect(locationOf(status, ['location', 'https://other/job/1'])?.statusUrl).toBe('https://other/job/1')
})

test('a kick-off that is refused, or names itself or nothing, starts no job that can be deleted', () => {
  expect(locationOf(400, ['Content-Location', '/job/1'])).toBeUndefined()
  expect(locationOf(303, ['Location', '/job/1'])).toBeUndefined()
  expect(locationOf(202)).toBeUndefined()
  expect(locationOf(200, ['Content-Location', `${kickoffUrl}?_type=Patient`])).toBeUndefined()
})

test('a resource is a job only where the status is 202', () => {
  const resource = ['Location', `${fhirUrl}/Patient/1`] as const
  expect(locationOf(201, resource)?.isCertain).toBe(false)
  expect(locationOf(202, resource)?.isCertain).toBe(true)
  expect(locationOf(201, ['Location', `${fhirUrl}/bulk/Patient/1`])?.isCertain).toBe(true)
  expect(locationOf(201, ['Location', 'https://h/fhir2/Patient/1'])?.isCertain).toBe(true)
})
