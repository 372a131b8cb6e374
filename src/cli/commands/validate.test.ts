import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { parseResult } from '../../report/json/parser.ts'
import type { Io } from '../terminal/io.ts'
import { openTestCli } from '../fixtures/test-cli.ts'

const patient = (id: string) =>
  `{"resourceType":"Patient","id":"${id}","meta":{"lastUpdated":"2024-01-01T00:00:00Z"}}\n`
const good = patient('a')

/** A folder and what `validate` says in it. */
function place(files: Readonly<Record<string, string | Uint8Array>>) {
  const here = openTestCli()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(here.cwd, name, '..'), { recursive: true })
    here.put(name, text)
  }
  const validate = (...line: readonly string[]) => here.bulkcheck(['validate', ...line])
  const result = () => {
    const read = parseResult(readFileSync(join(here.cwd, 'out/results.json'), 'utf8'))
    if ('problems' in read) throw new Error(read.problems.join('\n'))
    return read.result
  }
  return { ...here, validate, result }
}

describe('what is read', () => {
  test('a folder, with what is below it and compressed', async () => {
    const { validate } = place({
      'export/Patient.000.ndjson': good,
      'export/deeper/Patient.001.ndjson.gz': gzipSync(patient('b')),
      'export/deeper/readme.txt': 'hush',
    })
    const { code, out, err } = await validate('export')
    expect({ code, err }).toEqual({
      code: 0,
      err: 'Not judged: export/deeper/readme.txt (no name that ends in .ndjson, .jsonl, .ndjson.gz or .jsonl.gz)\n',
    })
    expect(out).toMatch(/^ +2 {2}Patient$/m)
    expect(out).toMatch(/^2 resources in 2 files, 164 bytes\n$/m)
    expect(out).toMatch(/^These files conform:/m)
  })

  test('names in any case, and the log of an export client, which changes nothing', async () => {
    const item = '{"exportId":"e","timestamp":"2024-01-01T00:00:00Z","eventId":"kickoff"}\n'
    const { validate } = place({
      'export/Patient.JSONL': good,
      'export/Patient.1.NDJSON.GZ': gzipSync(patient('b')),
      'export/log.ndjson': item + item,
    })
    const { code, out, err } = await validate('export')
    expect({ code, err }).toEqual({
      code: 0,
      err: 'Not judged: export/log.ndjson (the log of an export client)\n',
    })
    expect(out).toMatch(/^2 resources in 2 files/m)
  })

  test.each<[string, string | Uint8Array, string]>([
    ['UTF-16', Buffer.from(`\uFEFF${good}`, 'utf16le'), 'UTF-16, not UTF-8'],
    ['UTF-16 without a mark', Buffer.from(good, 'utf16le'), 'UTF-16, not UTF-8'],
    ['Zstandard', Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, 10), 'compressed with Zstandard, not gzip'],
    ['an array', `[\n${good.trim()},\n${good.trim()}\n]\n`, 'a JSON array, not one resource on each line'],
    [
      'a resource over lines',
      '{\n  "resourceType": "Patient",\n  "id": "a"\n}\n',
      'JSON, written over several lines',
    ],
    [
      'a Bundle',
      '{\n "resourceType": "Bundle",\n "entry": [\n{"resource":{"resourceType":"Patient"}}\n]}\n',
      'a Bundle, written over several lines',
    ],
    ['HTML', '<!DOCTYPE html>\n<html></html>\n', 'an HTML page'],
    ['XML', '<?xml version="1.0"?>\n<Patient xmlns="http://hl7.org/fhir"/>\n', 'XML'],
  ])('what a file is that is not NDJSON: %s', async (_, bytes, is) => {
    const { validate } = place({ 'e/Patient.ndjson': bytes })
    const { code, err } = await validate('e')
    expect({ code, err }).toEqual({ code: 2, err: `e/Patient.ndjson is not FHIR NDJSON: it is ${is}\n` })
  })

  test('a line beyond the limit is named', async () => {
    const long = patient('c').replace('{', `{"language":"${'x'.repeat(1 << 20)}",`)
    const { validate } = place({ 'Patient.ndjson': good + long })
    const { code, out } = await validate('Patient.ndjson', '--max-line', '1')
    expect(code).toBe(3)
    expect(out).toContain('line 2 of Patient.ndjson is longer than the limit (`--max-line`)')
  })

  test.skipIf(process.platform === 'win32')('a pipe that lies in a folder is passed over', async () => {
    const { cwd, validate } = place({ 'export/Patient.ndjson': good })
    execFileSync('mkfifo', [join(cwd, 'export/pipe.ndjson')])
    expect((await validate('export')).out).toMatch(/^1 resource in 1 file/m)
  })

  test('a link that leads back is no folder below, and what is there counts once', async () => {
    const { cwd, validate } = place({ 'export/deep/Patient.ndjson': good })
    symlinkSync('..', join(cwd, 'export/deep/back'))
    expect((await validate('export')).out).toMatch(/^1 resource in 1 file/m)
  })

  test('compression is detected from the bytes, whatever the name says', async () => {
    const { validate } = place({ 'a.ndjson': gzipSync(good), 'b.ndjson.gz': patient('b') })
    expect((await validate('a.ndjson', 'b.ndjson.gz')).out).toMatch(/^2 resources in 2 files/m)
  })

  test.each([
    ['plain', [good, patient('b')]],
    ['compressed, byte by byte', [...gzipSync(good + patient('b'))].map((it) => Uint8Array.of(it))],
  ])('standard input, %s', async (_, chunks) => {
    const input = async function* () {
      for (const it of chunks) yield typeof it === 'string' ? Buffer.from(it) : it
    }
    const { code, out } = await openTestCli().bulkcheck(['validate', '-'], { io: { input } })
    expect(code).toBe(0)
    expect(out).toMatch(/^standard input\n/)
    expect(out).toMatch(/^2 resources in 1 file/m)
  })

  test('codes that cannot be checked are counted by system, on proven lines and others', async () => {
    const observation = (id: string, system: string, more: object = {}) =>
      JSON.stringify({
        ...{ resourceType: 'Observation', id, status: 'final', ...more },
        code: { coding: [{ system, code: 'x' }] },
        valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code: 'mg' },
      })
    const { validate, result } = place({
      'Observation.ndjson': [
        observation('a', 'http://loinc.org'),
        observation('b', 'http://loinc.org', { issued: 'soon' }),
        observation('c', 'http://snomed.info/sct', { status: 'done', text: 'x' }),
        observation('d', 'http://example.org/own'),
      ].join('\n'),
    })
    const { out } = await validate('Observation.ndjson', '--output', 'out')
    expect(out).toContain(
      '4 codes could not be checked without a terminology server: http://loinc.org 2, http://snomed.info/sct 1, other systems 1',
    )
    expect(result().uncheckedCodes).toEqual([
      { of: expect.any(String), systems: { 'http://loinc.org': 2, 'http://snomed.info/sct': 1 }, others: 1 },
    ])
  })

  test('standard input that holds something else', async () => {
    const input = async function* () {
      yield Buffer.from('INFO hush\n')
    }
    expect(await openTestCli().bulkcheck(['validate', '-'], { io: { input } })).toEqual({
      code: 2,
      out: '',
      err: 'standard input is not FHIR NDJSON: it contains no FHIR resources\n',
    })
  })

  test.each<[string, string | Uint8Array, RegExp]>([
    [
      'server.log',
      'INFO started\nINFO stopped\n',
      /^server.log is not FHIR NDJSON: it contains no FHIR resources\n$/,
    ],
    [
      'Patient.ndjson.gz',
      gzipSync(good).subarray(0, 40),
      /^Patient.ndjson.gz cannot be read: it is not a complete gzip file\n$/,
    ],
    [
      'more.ndjson.gz',
      Buffer.concat([gzipSync(good), Buffer.from('other bytes')]),
      new RegExp(
        `^more.ndjson.gz cannot be read: 11 bytes follow the end of its gzip data, at offset ${gzipSync(good).length}\\n$`,
      ),
    ],
    ...[0, 1, 0x1f].map((byte): [string, Uint8Array, RegExp] => [
      `byte-${byte}.ndjson.gz`,
      Buffer.concat([gzipSync(good), gzipSync(good), Buffer.of(byte)]),
      new RegExp(
        ` cannot be read: 1 byte follows the end of its gzip data, at offset ${2 * gzipSync(good).length}\\n$`,
      ),
    ]),
    [
      'member.ndjson.gz',
      Buffer.concat([gzipSync(good), gzipSync(good).subarray(0, 40)]),
      /^member.ndjson.gz cannot be read: it is not a complete gzip file\n$/,
    ],
  ])('%s is no such file', async (name, bytes, problem) => {
    const { validate } = place({ [name]: bytes })
    const { code, err } = await validate(name)
    expect(code).toBe(2)
    expect(err).toMatch(problem)
  })

  test('other files are judged, and no report says that all files conform', async () => {
    const { validate, result } = place({ 'server.log': 'INFO\n', 'Patient.ndjson': good })
    const { code, out, err } = await validate('server.log', 'Patient.ndjson', '--output', 'out')
    expect(code).toBe(2)
    expect(err).toMatch(/^server.log is not FHIR NDJSON/)
    expect(out).toMatch(/^1 resource in 1 file/m)
    expect(out).not.toContain('These files conform')
    expect(result().warnings).toEqual([
      'server.log was not judged: it is not FHIR NDJSON, because it contains no FHIR resources.',
    ])
  })

  test('what cannot be read is named, the rest is judged, and nothing passes that it could break', async () => {
    const { validate, result, cwd } = place({
      'e/Patient.ndjson': good,
      'e/half.ndjson.gz': gzipSync(patient('b').repeat(9)).subarray(0, 60),
      'e/log.ndjson.gz': gzipSync('INFO\n'.repeat(1e5)).subarray(0, -9),
    })
    symlinkSync('nowhere', join(cwd, 'e/gone.ndjson'))
    const { code, out, err } = await validate('e', '--output', 'out')
    expect({ code, err }).toEqual({ code: 3, err: '' })
    const all = [
      'e/gone.ndjson cannot be read: there is no such file or folder.',
      'e/half.ndjson.gz cannot be read: it is not a complete gzip file.',
      'e/log.ndjson.gz cannot be read: it is not a complete gzip file.',
    ]
    for (const it of all) expect(out).toContain(`\nWARNING  ${it} `)
    expect(out).toMatch(/^1 resource in 1 file/m)
    expect(out).not.toContain('no lines')
    expect(out).toContain('a file of the export was not read completely (e/gone.ndjson)')
    const { tests, files, warnings, complete } = result()
    expect({ complete, warnings: warnings.length, files: files?.map((it) => it.name) }).toEqual({
      complete: true,
      warnings: 3,
      files: ['e/Patient.ndjson'],
    })
    const verdicts = new Set(tests.map((it) => it.verdict.is))
    expect(verdicts).toEqual(new Set(['inconclusive', 'not-applicable']))
    expect(tests.find((it) => it.id === 'ndjson/utf8')?.verdict).toEqual({
      is: 'inconclusive',
      reason: { kind: 'file-lost', probe: 'the export', exchange: 2 },
    })
    expect(tests.find((it) => it.id === 'profiles/claimed')?.verdict.is).toBe('not-applicable')
    for (const file of ['report.html', 'junit.xml'])
      for (const it of all) expect(readFileSync(join(cwd, 'out', file), 'utf8')).toContain(it)
  })

  test('what fails elsewhere still fails where a file cannot be read', async () => {
    const { validate, result } = place({
      'a.ndjson': '{"resourceType":"Patient"}\n',
      'b.ndjson': gzipSync(good).subarray(0, 40),
    })
    expect((await validate('a.ndjson', 'b.ndjson', '--output', 'out')).code).toBe(1)
    const failed = result().tests.filter((it) => it.verdict.is === 'fail')
    expect(failed.map((it) => it.id)).toContain('ndjson/ids')
    expect(result().tests.some((it) => it.verdict.is === 'pass')).toBe(false)
  })

  test('if no file can be read, it is an error that names each', async () => {
    const half = gzipSync(good).subarray(0, 40)
    const { validate } = place({ 'a.ndjson': half, 'b.ndjson': half })
    expect(await validate('a.ndjson', 'b.ndjson', '--output', 'out')).toEqual({
      code: 2,
      out: '',
      err: 'a.ndjson cannot be read: it is not a complete gzip file\nb.ndjson cannot be read: it is not a complete gzip file\n',
    })
  })

  test.runIf(process.getuid?.() !== 0)('a file that this user may not read', async () => {
    const { validate, cwd } = place({ 'a.ndjson': good, 'b.ndjson': good })
    chmodSync(join(cwd, 'b.ndjson'), 0)
    const { code, out } = await validate('a.ndjson', 'b.ndjson')
    expect(code).toBe(3)
    expect(out).toContain('\nWARNING  b.ndjson cannot be read: permission is denied. ')
  })

  test.each([
    [[], /^no files given/],
    [[''], /^a path is empty$/m],
    [['nowhere.ndjson'], /^nowhere.ndjson cannot be read: there is no such file or folder/],
    [['--manifest', 'm.json', 'x.ndjson'], /leave out other paths/],
    [['x.ndjson', '--files', 'x'], /^--files needs --manifest/],
    [['x.ndjson', '--level', 'sistem'], /--level/],
    [['x.ndjson', '--max-findings', '0'], /^--max-findings must be a number from 1/],
  ])('%j', async (line, problem) => {
    const { code, err } = await openTestCli().bulkcheck(['validate', ...line])
    expect(code).toBe(2)
    expect(err).toMatch(problem)
  })
})

const broken = `${good}{"resourceType":"Patient","birthDate":"1970-01-01"}\n{"resourceType":"Patient","name":"hush"}\n{"hush`

describe('the output', () => {
  test('rule, file, line and count, and no content', async () => {
    const { validate } = place({ 'Patient.ndjson': broken })
    const { code, out } = await validate('Patient.ndjson')
    expect(code).toBe(1)
    expect(out).toMatch(/A resource has no id\.\n.*\n.*\n +seen in {3}Patient.ndjson:2 and 1 more time\n/)
    expect(out).toMatch(/A line is not JSON\.\n.*\n.*\n +seen in {3}Patient.ndjson:4\n/)
    expect(out).toMatch(/could not be judged: Patient.ndjson has lines that are not resources with an id/)
    expect(out).not.toContain('hush')
    expect(out).not.toContain('exchange')
  })

  test('without a manifest, what needs one does not apply', async () => {
    const { validate, result } = place({ 'Patient.ndjson': good })
    await validate('Patient.ndjson', '--output', 'out')
    const verdicts = new Map(result().tests.map((it) => [it.id, it.verdict]))
    for (const id of ['count-correct', 'no-empty-file', 'not-after', 'deleted-bundle', 'error-files'])
      expect(verdicts.get(`manifest/${id}`)).toMatchObject({ is: 'not-applicable' })
    expect(verdicts.get('group/binary')).toEqual({
      is: 'not-applicable',
      reason: { kind: 'level-unknown' },
    })
  })

  test('what a level asks is asked where it is known', async () => {
    const { validate } = place({
      'Binary.ndjson': '{"resourceType":"Binary","id":"a","contentType":"text/plain"}\n',
    })
    expect((await validate('Binary.ndjson', '--level', 'system')).code).toBe(0)
    const { code, out } = await validate('Binary.ndjson', '--level', 'group')
    expect(code).toBe(1)
    expect(out).toContain('group/binary  suites')
  })

  test('the reports of a run, each if it is asked for', async () => {
    const { validate, result, cwd } = place({ 'Patient.ndjson': broken })
    const { out } = await validate('Patient.ndjson', '--output', 'out')
    expect(out).toMatch(/out\/report.html\nout\/junit.xml\nout\/results.json\n$/)
    expect(result().files).toEqual([
      {
        exchange: 1,
        name: 'Patient.ndjson',
        kind: 'output',
        type: 'Patient',
        bytes: broken.length,
        lines: 4,
        resources: { Patient: 3 },
      },
    ])
    expect(result().exchanges).toEqual([])
    for (const file of ['report.html', 'junit.xml', 'results.json']) {
      const text = readFileSync(join(cwd, 'out', file), 'utf8')
      expect(text).toContain('A resource has no id.')
      expect(text).not.toContain('hush')
    }
    expect(readFileSync(join(cwd, 'out/junit.xml'), 'utf8')).toContain('seen in:  Patient.ndjson:2')
    expect(readFileSync(join(cwd, 'out/report.html'), 'utf8')).toContain('Patient.ndjson:2')
  })

  test('a known failure does not fail the command', async () => {
    const { validate } = place({ 'Patient.ndjson': '{"resourceType":"Patient"}\n', known: 'ndjson/ids\n' })
    expect((await validate('Patient.ndjson')).code).toBe(1)
    expect((await validate('Patient.ndjson', '--known-failing', 'known')).out).toContain('KNOWN SHALL')
  })

  test('a known failure has a reason, and counts again when its entry has expired', async () => {
    const of = async (entry: string) => {
      const { validate } = place({
        'Patient.ndjson': '{"resourceType":"Patient"}\n',
        known: `# They mend it.\n${entry}\n`,
      })
      return validate('Patient.ndjson', '--known-failing', 'known')
    }
    const excused = await of('ndjson/ids owner="Jane Doe" until=2999-12-31')
    expect(excused.out).toContain(
      'Listed as known failing until 2999-12-31. Reason: They mend it. Owner: Jane Doe.',
    )
    expect(excused.out).not.toContain('FAIL SHALL')
    const expired = await of('ndjson/ids until=2020-01-31')
    expect(expired.code).toBe(1)
    expect(expired.out).toContain('FAIL SHALL')
    expect(expired.out).toContain('The entry in the known-failing file expired on 2020-01-31.')
    expect(await of('ndjson/ids until=tomorrow')).toMatchObject({
      code: 2,
      err: 'known:2: until is not a day; write it as 2026-12-31\n',
    })
  })
})

describe('an interruption', () => {
  test('before the first look at a file leaves a report that judges nothing', async () => {
    const here = openTestCli()
    here.put('Patient.ndjson', good)
    const onSignal: Io['onSignal'] = (listener) => {
      listener('SIGTERM')
      return () => undefined
    }
    const done = await here.bulkcheck(['validate', 'Patient.ndjson'], { io: { onSignal } })
    expect(done).toMatchObject({ code: 143, err: '' })
    expect(done.out).toMatch(
      /Inconclusive: the run was interrupted; no requirement is broken so far\.\n.*20 inconclusive/,
    )
  })

  /** Standard input that stalls after these bytes, when the signal comes so many times. */
  const interrupted = (text: string, times: number) => {
    const { bulkcheck, result } = place({})
    const exits: number[] = []
    let fire = (_: 'SIGINT') => {}
    const done = bulkcheck(['validate', '-', '--output', 'out'], {
      io: {
        onSignal(listener) {
          fire = listener
          return () => undefined
        },
        exit: (code) => exits.push(code) as never,
        input: async function* () {
          yield Buffer.from(text)
          for (let time = 0; time < times; time += 1) fire('SIGINT')
          await new Promise(() => undefined)
        },
      },
    })
    return { done, exits, result }
  }

  test('leaves what was found until then, and nothing that is green', async () => {
    const { done, exits, result } = interrupted(`{"resourceType":"Patient"}\n${good.repeat(1e4)}{"resour`, 1)
    const { code, out, err } = await done
    expect({ code, err, exits }).toEqual({ code: 130, err: '', exits: [] })
    expect(out).toMatch(/^INCOMPLETE/m)
    expect(out).toMatch(/and the run was interrupted\./)
    expect(out).toMatch(/out\/report.html\nout\/junit.xml\nout\/results.json\n$/)
    const { complete, tests, files } = result()
    expect(complete).toBe(false)
    expect(files?.[0]?.lines).toBeGreaterThan(1000)
    const failed = tests.filter((it) => it.verdict.is === 'fail').map((it) => it.id)
    expect(failed).toContain('ndjson/ids')
    expect(failed).not.toContain('ndjson/one-per-line')
    expect(tests.some((it) => it.verdict.is === 'pass')).toBe(false)
  })

  test('before anything was judged leaves reports as well', async () => {
    const { done, result } = interrupted(good, 1)
    const { code, out } = await done
    expect(code).toBe(130)
    expect(out).toContain('Inconclusive: the run was interrupted; no requirement is broken so far.')
    expect(result().tests.some((it) => it.verdict.is === 'pass')).toBe(false)
  })

  test('that comes twice ends at once', async () => {
    const { done, exits } = interrupted(good, 2)
    await done
    expect(exits).toEqual([130])
  })
})

const manifest = (more: object) =>
  JSON.stringify({
    transactionTime: '2024-06-01T00:00:00Z',
    request: 'https://fhir.example.org/r4/Group/7/$export',
    requiresAccessToken: true,
    output: [{ type: 'Patient', url: 'https://files.example.org/job/out/1.ndjson?sig=hush', count: 1 }],
    deleted: [],
    error: [],
    ...more,
  })

describe('a manifest', () => {
  const verdictsOf = async (files: Readonly<Record<string, string>>, ...line: readonly string[]) => {
    const { validate, result } = place(files)
    const { code, err } = await validate('--manifest', 'm.json', '--output', 'out', ...line)
    expect(err).toBe('')
    return { code, ...Object.fromEntries(result().tests.map((it) => [it.id, it.verdict.is])) }
  }

  test('tells types, counts, level and transaction time', async () => {
    const right = await verdictsOf({ 'm.json': manifest({}), '1.ndjson': good })
    expect(right).toMatchObject({
      code: 0,
      'manifest/count-correct@group': 'pass',
      'manifest/item-type-resource@group': 'pass',
      'manifest/not-after@group': 'pass',
      'manifest/no-empty-file@group': 'pass',
      'manifest/deleted-bundle@group': 'not-applicable',
      'manifest/error-files@group': 'not-applicable',
    })
    const files = {
      'm.json': manifest({ transactionTime: '2020-01-01T00:00:00Z' }),
      'job/out/1.ndjson': `${good}{"resourceType":"Group","id":"b"}\n`,
    }
    expect(await verdictsOf(files)).toMatchObject({
      code: 1,
      'manifest/count-correct@group': 'fail',
      'manifest/item-type-resource@group': 'fail',
      'manifest/not-after@group': 'fail',
    })
  })

  test('tells deleted and error files', async () => {
    const files = {
      'm.json': manifest({
        deleted: [{ type: 'Bundle', url: 'https://files.example.org/job/deleted/1.ndjson' }],
        error: [{ type: 'OperationOutcome', url: 'https://files.example.org/job/errors/1.ndjson' }],
      }),
      'files/out/1.ndjson': good,
      'files/deleted/1.ndjson':
        '{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Patient/a"}}]}\n',
      'files/errors/1.ndjson': '{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]}\n',
    }
    expect(await verdictsOf(files, '--files', 'files')).toMatchObject({
      code: 1,
      'manifest/deleted-bundle@group': 'pass',
      'manifest/deleted-method@group': 'pass',
      'manifest/deleted-disjoint@group': 'fail',
      'manifest/error-files@group': 'pass',
      'manifest/error-outcomes-valid@group': 'fail',
    })
  })

  test('of whose files one cannot be read: tests of the others are decided', async () => {
    const { validate, put, result } = place({
      'm.json': manifest({
        error: [{ type: 'OperationOutcome', url: 'https://files.example.org/errors.ndjson' }],
      }),
      '1.ndjson': good,
    })
    put('errors.ndjson', gzipSync(good).subarray(0, 40))
    const { code, out } = await validate('--manifest', 'm.json', '--output', 'out')
    expect(code).toBe(3)
    expect(out).toContain('\nWARNING  errors.ndjson cannot be read: it is not a complete gzip file. ')
    const verdicts = Object.fromEntries(result().tests.map((it) => [it.id, it.verdict.is]))
    expect(verdicts).toMatchObject({
      'ndjson/utf8@group': 'pass',
      'manifest/count-correct@group': 'pass',
      'manifest/error-files@group': 'inconclusive',
      'manifest/error-outcomes-valid@group': 'inconclusive',
      'manifest/deleted-bundle@group': 'not-applicable',
    })
  })

  test('finds files where a file: or relative URL leads', async () => {
    const { validate, put, cwd } = place({
      'here/one.ndjson': good,
      'there/two.ndjson.gz': gzipSync(patient('b')),
    })
    put(
      'm.json',
      manifest({
        output: [
          { type: 'Patient', url: pathToFileURL(join(cwd, 'there/two.ndjson.gz')).href },
          { type: 'Patient', url: 'here/one.ndjson' },
        ],
      }),
    )
    expect((await validate('--manifest', 'm.json')).out).toMatch(/^2 resources in 2 files/m)
  })

  test('names files that are not there, or have no URL, in warnings, and nothing passes that they could break', async () => {
    const { validate } = place({
      'm.json': manifest({
        output: [
          { type: 'Patient', url: 'https://a/1.ndjson' },
          { type: 'Patient', url: 'https://a/2.ndjson' },
          { type: 'Patient' },
        ],
      }),
      '1.ndjson': good,
    })
    const { code, out } = await validate('--manifest', 'm.json')
    expect(code).toBe(3)
    expect(out).toMatch(
      /^WARNING {2}output\[1\] of m.json: 2.ndjson cannot be read: it is not on this machine/m,
    )
    expect(out).toMatch(/^WARNING {2}output\[2\] of m.json cannot be read: the manifest has no URL for it/m)
  })

  test('holds files against a type that FHIR does not have, too', async () => {
    const { validate } = place({
      'm.json': manifest({ output: [{ type: 'Foo', url: 'https://a/1.ndjson' }] }),
      '1.ndjson': good,
    })
    const { code, out } = await validate('--manifest', 'm.json')
    expect(code).toBe(1)
    expect(out).toContain('manifest/item-type-resource')
    expect(out).not.toContain('Foo')
  })

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'names what is not there, and nothing that could be a secret',
      { 'm.json': manifest({}) },
      /^1 of 1 files of the manifest are not on this machine; .*\n {2}output\[0\] of m.json: 1.ndjson\n$/,
    ],
    [
      'leads nowhere else',
      { 'm.json': manifest({ output: [{ type: 'Patient', url: 'file:///etc/hostname' }] }) },
      /^1 of 1 files of the manifest are not on this machine; .*\n {2}output\[0\] of m.json: hostname\n$/,
    ],
    [
      'with a member that is no list',
      { 'm.json': manifest({ deleted: {} }) },
      /^m.json is not an export manifest: its `deleted` is not an array\n$/,
    ],
    ['that is not JSON', { 'm.json': 'hush' }, /^m.json is not JSON\n$/],
    [
      'that is not an export manifest',
      { 'm.json': '{"hush":1}' },
      /^m.json is not an export manifest: it has no array `output`\n$/,
    ],
    [
      'with two items in one file',
      {
        'm.json': manifest({ output: [{ url: 'https://a/1.ndjson' }, { url: 'https://b/1.ndjson' }] }),
        '1.ndjson': '',
      },
      /^output\[1\] and output\[0\] of m.json are the same file\n$/,
    ],
  ])('%s', async (_, files, problem) => {
    const { code, err } = await place(files).validate('--manifest', 'm.json')
    expect(code).toBe(2)
    expect(err).toMatch(problem)
    expect(err).not.toContain('hush')
  })
})
