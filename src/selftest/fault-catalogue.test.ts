import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { honestConfigurations } from '../reference/conduct/honest-configurations.ts'
import { faultById, faultFile, faults } from '../reference/faults/registry.ts'
import { fileForFaultOf, levelBroken, unknownRequirements } from './fault-catalogue.ts'
import { documentPath } from './generated-documents.ts'
import { loadBundledSuites } from './provider-runs.ts'

const { requirements } = loadBundledSuites()
const fault = faultById('no-counts')

test('faults and configurations name requirements that exist', () => {
  expect(unknownRequirements(requirements)).toEqual([])
})

test('each fault stands in the file that messages name', () => {
  const elsewhere = faults.filter(
    ({ id }) => !readFileSync(documentPath(faultFile(id)), 'utf8').includes(`'${id}'`),
  )
  expect(elsewhere.map((it) => it.id)).toEqual([])
})

test('a requirement that does not exist is a problem that names the file to mend', () => {
  const [configuration] = honestConfigurations
  if (!configuration) throw new Error('there are configurations')
  expect(
    unknownRequirements(
      requirements,
      [
        { ...fault, breaks: 'export.nothing' },
        { ...fault, also: ['export.no-more', 'export.kickoff.get'] },
      ],
      [{ ...configuration, lacks: ['export.never'] }],
    ),
  ).toEqual([
    'src/reference/faults/optional.ts: the fault no-counts breaks export.nothing, but no file in suites/requirements has this requirement',
    'src/reference/faults/optional.ts: the fault no-counts lists export.no-more in `also`, but no file in suites/requirements has this requirement',
    'src/reference/conduct/honest-configurations.ts: the configuration default lists export.never in `lacks`, but no file in suites/requirements has this requirement',
  ])
})

test('a fault of a requirement that does not exist has no level', () => {
  expect(levelBroken(fault, requirements)).toBe(requirements.get(fault.breaks)?.level)
  expect(() => levelBroken({ ...fault, breaks: 'export.nothing' }, requirements)).toThrow(
    /^src\/reference\/faults\/optional\.ts: the fault no-counts breaks export\.nothing/,
  )
})

test('a fault of a requirement is looked for beside those of its neighbors', () => {
  expect(fileForFaultOf('auth.token.jwt.new')).toBe('src/reference/faults/authorization/assertion.ts')
  expect(fileForFaultOf('export.delete.new')).toBe('src/reference/faults/delete.ts')
  expect(fileForFaultOf('nothing.like.it')).toBe('src/reference/faults/')
})
