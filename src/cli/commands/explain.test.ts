import { expect, test } from 'vitest'
import { openTestCli } from '../fixtures/test-cli.ts'

const { bulkcheck } = openTestCli()

test('a requirement is explained with its tests and faults', async () => {
  const { code, out } = await bulkcheck(['explain', 'export.params.type.filters'])
  expect(code).toBe(0)
  expect(out).toMatch(/^SHALL {2}export\.params\.type\.filters\n\nWith `_type` only/)
  expect(out).toMatch(/^ {2}2\.0\.0 +https:\/\/hl7\.org\/fhir\/uv\/bulkdata\/STU2\//m)
  expect(out).toMatch(/^Test type\/filters {2}An export with _type/m)
  expect(out).toMatch(/^ {2}suites\/export\/type\.yaml:\d+, at system, patient and group level$/m)
  expect(out).toMatch(/^ {2}reads {3}one-type\.\w+, where one-type is \{"parameters":/m)
  expect(out).toMatch(/^ {2}one-type-too-many$/m)
})

test('a test at a level is explained by its row, without the other tests of its requirement', async () => {
  const { code, out } = await bulkcheck(['explain', 'type/filters@patient'])
  expect(code).toBe(0)
  expect(out.match(/^Test /gm)).toHaveLength(1)
})

test('a requirement without a test says why', async () => {
  const { out } = await bulkcheck(['explain', 'publish.tls'])
  expect(out).toMatch(/^No test: /m)
})

test('an unknown name is answered with the nearest one', async () => {
  const { code, err } = await bulkcheck(['explain', 'type/filtres'])
  expect(code).toBe(2)
  expect(err).toBe('no requirement or test is named type/filtres; did you mean `type/filters`?\n')
})
