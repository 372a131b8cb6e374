import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { takeEnvironment } from '../environment.ts'
import { settingsFromFile } from '../file-settings.ts'
import { packageRoot } from '../harness-package.ts'
import { presetNames, withPreset } from './registry.ts'

test('what a user sets takes precedence, and limits are merged', () => {
  const given = { preset: 'medplum', levels: ['group'], limits: { requestTimeoutMs: 5 } } as const
  expect(withPreset({ limits: { pollFloorMs: 1 } }, given)).toMatchObject({
    levels: ['group'],
    client: { scope: 'system/*.cruds' },
    limits: { pollFloorMs: 2_000, requestTimeoutMs: 5 },
  })
  expect(withPreset({}, { ...given, client: { scope: 'system/*.rs' } }).client).toEqual({
    scope: 'system/*.rs',
  })
})

test('what a system asks of one client, it asks of the other', () => {
  const otherClient = { clientId: 'other' }
  expect(withPreset({}, { preset: 'medplum', otherClient }).otherClient).toEqual({
    ...{ clientId: 'other', scope: 'system/*.cruds' },
  })
  expect(withPreset({}, { preset: 'medplum' })).not.toHaveProperty('otherClient')
})

test('a configuration file and the environment can name a preset', () => {
  const file = { file: 'harness.config.json', folder: '/', config: { target: { preset: 'hapi' } } }
  expect(settingsFromFile(file, {}).wishes.preset).toBe('hapi')
  expect(takeEnvironment({ BULKCHECK_PRESET: 'bcda' }, '/').settings.preset).toBe('bcda')
  expect(takeEnvironment({ BULKCHECK_PRESET: 'bcdq' }, '/').problems).toHaveLength(1)
})

test('each preset has a page', () => {
  const pages = readdirSync(join(packageRoot, 'docs/systems'))
  expect(pages.sort()).toEqual(presetNames.map((it) => `${it}.md`).sort())
})

test('each preset but that of Smile CDR, which is HAPI, has a known-failing file', () => {
  const files = presetNames.filter((it) => existsSync(join(packageRoot, `presets/${it}.known-failing.txt`)))
  expect(files).toEqual(presetNames.filter((it) => it !== 'smile-cdr'))
})
