import { expect, test } from 'vitest'
import { openTestCli } from './fixtures/test-cli.ts'

const list = async (...more: readonly string[]) => {
  const { code, out, err } = await openTestCli().bulkcheck(['list', '--requirements', ...more])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out
}

test('a requirement has its tests and faults by release, and what Inferno asserts', async () => {
  const { requirements, totals } = JSON.parse(await list('--json', 'export.status.expires.*'))
  const row = requirements.find((it: { id: string }) => it.id === 'export.status.expires.may')
  expect(row).toMatchObject({
    level: 'MAY',
    releases: { '1.0.1': { tests: ['status/expires-optional'], faults: [expect.any(String)] } },
  })
  expect(Object.keys(row.releases)).toEqual(['1.0.1'])
  expect(totals).toContainEqual({
    ...{ release: '1.0.1', level: 'MAY', requirements: 1, tested: 1, untested: 0, inferno: 0 },
  })
})

test('a release has only its own requirements', async () => {
  const { requirements } = JSON.parse(await list('--json', '--ig', '1.0.1'))
  expect(new Set(requirements.flatMap((it: { releases: object }) => Object.keys(it.releases)))).toEqual(
    new Set(['1.0.1']),
  )
  expect(await list('--ig', '1.0.1')).not.toContain('2.0.0')
})

test('the text says why a requirement is untested', async () => {
  expect(await list('export.kickoff.references-form')).toMatch(/^ {7}untested: Either behavior conforms\./m)
  expect(await list('export.kickoff.content-location.absolute')).toMatch(
    /^ {7}inferno: names, but does not assert: bulk_data_kick_off, bulk_data_group_kick_off$/m,
  )
})
