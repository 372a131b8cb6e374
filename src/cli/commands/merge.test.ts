import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../model/fixtures/seeded-random.ts'
import type { Io } from '../terminal/io.ts'
import { openTestCli } from '../fixtures/test-cli.ts'

const { cwd, put, bulkcheck } = openTestCli()

const resource = (type: string, id: string, more: object = {}) =>
  JSON.stringify({ resourceType: type, id, meta: { lastUpdated: '2024-01-01T00:00:00Z' }, ...more })

/** Files with errors that are found in one file, across files, and by the manifest; a broken line leaves nothing to compare. */
function files(broken: boolean): Readonly<Record<string, string | Uint8Array>> {
  const random = seededRandom(7)
  const observations = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) =>
      resource('Observation', `o${from + at}`, {
        status: 'final',
        code: { text: 'x', coding: [{ system: 'http://loinc.org', code: '1-8' }] },
        subject: { reference: `Patient/${random(10) === 0 ? 'stranger' : `p${at % 5}`}` },
        ...(random(20) === 0 ? { nonsense: true } : {}),
      }),
    )
  return {
    'Patient.ndjson': [0, 1, 2, 3, 4].map((it) => resource('Patient', `p${it}`)).join('\n'),
    'Observation.1.ndjson': [
      ...observations(0, 40),
      ...(broken ? ['{"resourceType":"Observation"'] : []),
      '',
    ].join('\n'),
    'Observation.2.ndjson.gz': gzipSync([...observations(35, 90)].join('\n')),
    'Observation.3.ndjson': [...observations(90, 99), '', resource('Device', 'd')].join('\n'),
    'Condition.ndjson': [resource('Condition', 'c', { subject: { reference: 'Patient/p0' } })].join('\r\n'),
    'deleted.ndjson': resource('Bundle', 'b', {
      type: 'transaction',
      entry: [{ request: { method: 'DELETE', url: 'Patient/p1' } }],
    }),
  }
}

const manifest = {
  transactionTime: '2023-06-01T00:00:00Z',
  request: 'http://127.0.0.1/fhir/Patient/$export',
  requiresAccessToken: false,
  output: [
    { type: 'Patient', url: 'Patient.ndjson', count: 5 },
    { type: 'Observation', url: 'Observation.1.ndjson', count: 12 },
    { type: 'Observation', url: 'Observation.2.ndjson.gz' },
    { type: 'Observation', url: 'Observation.3.ndjson' },
    { type: 'Condition', url: 'Condition.ndjson', count: 1 },
  ],
  deleted: [{ type: 'Bundle', url: 'deleted.ndjson' }],
  error: [],
}

beforeAll(() => {
  for (const folder of ['export', 'whole']) {
    mkdirSync(join(cwd, folder))
    for (const [name, bytes] of Object.entries(files(folder === 'export'))) put(join(folder, name), bytes)
    put(join(folder, 'manifest.json'), JSON.stringify(manifest))
  }
})

/** What is the same however often it is done. */
function lasting(folder: string): Record<string, unknown> {
  const {
    run: _run,
    startedAt: _at,
    durationMs: _ms,
    ...rest
  } = JSON.parse(readFileSync(join(cwd, folder, 'results.json'), 'utf8')) as Record<string, unknown>
  return rest
}

const ways: readonly (readonly [string, readonly string[], readonly number[]])[] = [
  ['a folder', ['export'], [1, 2]],
  ['a manifest', ['--manifest', 'export/manifest.json'], [3]],
  ['a folder without a broken line', ['whole'], [3, 9]],
  ['a manifest without a broken line', ['--manifest', 'whole/manifest.json'], [2, 5]],
]

async function partsOf(named: readonly string[], of: number): Promise<readonly string[]> {
  const names: string[] = []
  for (let number = 1; number <= of; number += 1) {
    const name = `${number}-of-${of}.part`
    const done = await bulkcheck([
      'validate',
      ...named,
      '--shard',
      `${number}/${of}`,
      '--part',
      name,
      '--workers',
      '0',
    ])
    expect(done).toMatchObject({ code: 0, err: expect.stringMatching(/^(Not judged: .*\n)?$/) })
    expect(done.out).toMatch(new RegExp(`^part ${number} of ${of}: .*\n${name}\n$`))
    names.push(name)
  }
  return names
}

describe.each(ways)('files of %s', (_, named, machines) => {
  let alone: number
  beforeAll(async () => {
    alone = (await bulkcheck(['validate', ...named, '--output', 'alone', '--workers', '0'])).code
  })

  test.each(machines)('judged by %i machines, they are judged as by one', async (of) => {
    const parts = await partsOf(named, of)
    const turned = [...parts.slice(of >> 1), ...parts.slice(0, of >> 1)].reverse()
    const { code, err } = await bulkcheck(['merge', ...turned, '--output', 'merged'])
    expect({ code, err }).toEqual({ code: alone, err: '' })
    const { tests } = lasting('alone') as { tests: { verdict: { is: string } }[] }
    expect(tests.filter((it) => it.verdict.is === 'fail').length).toBeGreaterThan(2)
    expect(lasting('merged')).toEqual(lasting('alone'))
  })
})

test('a part holds no value of a resource, and only its owner can read it', async () => {
  const [name = ''] = await partsOf(['export'], 1)
  expect(statSync(join(cwd, name)).mode & 0o777).toBe(0o600)
  const bytes = readFileSync(join(cwd, name), 'latin1')
  for (const it of ['stranger', 'nonsense', 'Patient/p', 'o36']) expect(bytes).not.toContain(it)
})

describe('a file that cannot be read', () => {
  const share = (folder: string, number: number) =>
    bulkcheck(['validate', folder, '--shard', `${number}/2`, '--part', `${number}.part`, '--workers', '0'])

  test('is reported by its machine, and by merge as on one machine', async () => {
    mkdirSync(join(cwd, 'damaged'))
    for (const [name, bytes] of Object.entries(files(true))) put(join('damaged', name), bytes)
    const zipped = readFileSync(join(cwd, 'damaged/Observation.2.ndjson.gz'))
    put('damaged/Observation.2.ndjson.gz', zipped.subarray(0, zipped.length - 4))
    const { code } = await bulkcheck(['validate', 'damaged', '--output', 'alone', '--workers', '0'])
    expect(code).toBe(1)
    const said = [await share('damaged', 1), await share('damaged', 2)]
    expect(said.map((it) => it.code)).toEqual([0, 0])
    const warning = 'damaged/Observation.2.ndjson.gz cannot be read: it is not a complete gzip file\n'
    expect(said.filter((it) => it.out.includes(warning)).length).toBe(1)
    expect((await bulkcheck(['merge', '1.part', '2.part', '--output', 'merged'])).code).toBe(1)
    expect(lasting('merged')).toEqual(lasting('alone'))
    expect(lasting('merged').warnings).toEqual([expect.stringContaining(warning.trim())])
  })

  test('and no other is a mistake', async () => {
    mkdirSync(join(cwd, 'dead'))
    put('dead/a.ndjson', gzipSync(resource('Patient', 'a')).subarray(0, 20))
    for (const number of [1, 2]) expect((await share('dead', number)).code).toBe(0)
    expect(await bulkcheck(['merge', '1.part', '2.part', '--output', 'merged'])).toEqual({
      code: 2,
      out: '',
      err: 'dead/a.ndjson cannot be read: it is not a complete gzip file\n',
    })
  })
})

test('what an interrupted machine did not judge, nobody has', async () => {
  const share = (number: number, io: Partial<Io> = {}) =>
    bulkcheck(['validate', 'whole', '--shard', `${number}/2`, '--part', `${number}.part`, '--workers', '0'], {
      io,
    })
  const early: Partial<Io> = {
    onSignal(listener) {
      queueMicrotask(() => listener('SIGINT'))
      return () => undefined
    },
  }
  expect(await share(1, early)).toMatchObject({ code: 130, out: expect.stringMatching(/^part 1 of 2: /) })
  expect((await share(2)).code).toBe(0)
  const { code, out } = await bulkcheck(['merge', '1.part', '2.part', '--output', 'merged'])
  expect(code).toBe(1)
  expect(out).toMatch(/^INCOMPLETE/m)
  const { complete, tests } = lasting('merged') as { complete: boolean; tests: { verdict: { is: string } }[] }
  expect(complete).toBe(false)
  expect(tests.some((it) => it.verdict.is === 'pass')).toBe(false)
})

describe('a file that is not FHIR NDJSON', () => {
  test('is named on standard error and in the result', async () => {
    mkdirSync(join(cwd, 'mixed'), { recursive: true })
    put('mixed/server.ndjson', 'started\n')
    put('mixed/Patient.ndjson', resource('Patient', 'a'))
    const parts = await partsOf(['mixed'], 2)
    const { code, err } = await bulkcheck(['merge', ...parts, '--output', 'merged'])
    expect({ code, err }).toEqual({
      code: 2,
      err: 'mixed/server.ndjson is not FHIR NDJSON: it contains no FHIR resources\n',
    })
    expect((lasting('merged') as { warnings: string[] }).warnings).toEqual([
      'mixed/server.ndjson was not judged: it is not FHIR NDJSON, because it contains no FHIR resources.',
    ])
  })
})

describe('what cannot be', () => {
  const part = ['--part', 'x.part']
  test.each<[readonly string[], RegExp]>([
    [['--shard', '0/3', ...part], /^--shard must be NUMBER\/COUNT, for example 2\/3 /],
    [['--shard', '4/3', ...part], /^--shard must be/],
    [['--shard', 'x', ...part], /^--shard must be/],
    [['--shard', '1/2'], /^--shard needs --part/],
    [part, /^--part needs --shard/],
    [
      ['--shard', '1/2', ...part, '--output', 'out', '--reporter', 'json'],
      /^with --shard there are no verdicts yet: pass --output, --reporter to `bulkcheck merge`\n$/,
    ],
  ])('validate %j', async (line, says) => {
    const { code, err } = await bulkcheck(['validate', 'export', ...line])
    expect(code).toBe(2)
    expect(err).toMatch(says)
  })

  test.each<[readonly string[], RegExp]>([
    [['--shard', '1/2', ...part], /^--shard needs --manifest, the file in which the first machine lists/],
    [['--manifest', 'm'], /^--manifest needs --shard/],
    [
      ['--shard', '1/2', ...part, '--manifest', 'm', '--record', 'r'],
      /^--record works only for a run on one machine/,
    ],
    [['--shard', '1/2', ...part, '--manifest', 'm', '--reference'], /^--reference starts a provider for one/],
  ])('run %j', async (line, says) => {
    const { code, err } = await bulkcheck(['run', ...line])
    expect(code).toBe(2)
    expect(err).toMatch(says)
  })

  test('standard input', async () => {
    const { code, err } = await bulkcheck(['validate', '-', '--shard', '1/2', ...part])
    expect({ code, err }).toEqual({
      code: 2,
      err: 'standard input can be read only once, so several machines cannot share it\n',
    })
  })

  test('parts that are no parts, or do not go together', async () => {
    const [one = '', two = '', three = ''] = await partsOf(['export'], 3)
    const merge = async (...line: readonly string[]) => {
      const { code, out, err } = await bulkcheck(['merge', ...line])
      expect({ code, out }).toEqual({ code: 2, out: '' })
      return err
    }
    put('cut.part', readFileSync(join(cwd, one)).subarray(0, 1000))
    put('empty.part', '')
    expect(await merge('cut.part', 'empty.part', 'none.part')).toBe(
      [
        'cut.part: this is not a part file, or it is incomplete',
        'empty.part: this is not a part file, or it is incomplete',
        'none.part: this file cannot be read\n',
      ].join('\n'),
    )
    expect(await merge(one, three)).toBe('part 2 of 3 is missing\n')
    copyFileSync(join(cwd, two), join(cwd, 'again.part'))
    expect(await merge(one, two, three, 'again.part')).toBe(`again.part and ${two} are the same part\n`)
    const [other = ''] = await partsOf(['mixed'], 2)
    expect(await merge(one, two, three, other)).toBe(`${other} and ${one} are parts of different runs\n`)
    expect(await merge(one, two, three, '--ig-package', 'none.tgz')).toMatch(/none\.tgz/)
    writeFileSync(
      join(cwd, 'suite.yaml'),
      readFileSync(join(import.meta.dirname, '../../../suites/export/files.yaml')),
    )
    expect(await merge(one, two, three, '--suites', 'suite.yaml')).toBe(
      'the parts were made with other suites: pass the --suites that the machines had\n',
    )
    expect(await merge()).toMatch(/^missing argument <parts>/)
  })
})
