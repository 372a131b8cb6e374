import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { packageVersion } from '../config/package.ts'
import { wishesOf } from '../config/from-file.ts'
import { loadConfig } from '../config/load.ts'
import { packageRoot } from '../config/package.ts'
import { settle } from '../config/settings.ts'
import { createProvider } from '../reference/provider.ts'
import type { Io } from './io.ts'
import { main } from './main.ts'
import { testKeys } from './test-keys.ts'

interface Done {
  readonly code: number
  readonly out: string
  readonly err: string
}

let cwd = ''

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'bulkcheck-cli-'))
})

/** Runs a command line; the signal comes when either stream holds the text. */
async function bulkcheck(
  line: readonly string[],
  options: { env?: Record<string, string>; interruptAt?: RegExp; io?: Partial<Io> } = {},
): Promise<Done> {
  let out = ''
  let err = ''
  const listeners = new Set<(signal: 'SIGINT' | 'SIGTERM') => void>()
  const look = () => {
    if (!options.interruptAt?.test(out + err)) return
    setTimeout(() => {
      for (const listener of listeners) listener('SIGINT')
    }, 1)
  }
  const code = await main(line, {
    out: (text) => {
      out += text
      look()
    },
    err: (text) => {
      err += text
      look()
    },
    cwd,
    env: { ...options.env },
    outIsTerminal: false,
    errIsTerminal: false,
    width: 100,
    onSignal: (listener) => {
      listeners.add(listener)
      look()
      return () => listeners.delete(listener)
    },
    exit: (exitCode) => {
      throw new Error(`exit ${exitCode}`)
    },
    ...options.io,
  })
  return { code, out, err }
}

function put(name: string, text: string | Uint8Array): string {
  writeFileSync(join(cwd, name), text)
  return name
}

describe('a command line', () => {
  test.each<[string, RegExp]>([
    ['lst', /^there is no command `lst`; did you mean `list`\?\n$/],
    ['frobnicate', /^there is no command `frobnicate`; there are `run`, `list`/],
    ['run --ur x', /^there is no option `--ur`; did you mean `--url`\?\n$/],
    ['--ur x', /did you mean `--url`/],
    ['run --frobnicate', /^there is no option `--frobnicate`; `bulkcheck run --help` lists them\n$/],
    ['run --client-secret x', /secrets are given in the environment or in files/],
    ['run --token x', /secrets are given in the environment or in files/],
    ['run --url', /`--url` needs a value/],
    ['run --url a --url b', /`--url` is given twice/],
    ['run --fail-on SHAL', /--fail-on is `SHALL`, `SHOULD` or `MAY`; did you mean `SHALL`/],
    ['run --level all --timeout soon --retry-after never', /--level.*\n.*--retry-after.*\n.*--timeout/],
    ['run --config nowhere.ts', /nowhere.ts: there is no such configuration file/],
    ['run', /no server is named/],
    ['list token/isued', /no test matches `token\/isued`; did you mean `token\/issued`/],
    ['lint nowhere', /nowhere:1:1 there is no such file or folder/],
    ['validate', /no files are named/],
    ['report', /no result is named/],
    ['report nowhere.json', /nowhere.json cannot be read: there is no such file/],
    ['judge nowhere.json', /nowhere.json/],
    ['keygen', /`--out` is needed/],
    ['keygen --out x --alg HS256', /--alg is `ES384` or `RS384`/],
    ['serve --fault nothing-like-it', /there is no fault `nothing-like-it`/],
    ['serve --configuration opn', /there is no configuration `opn`; did you mean `open`/],
    ['serve --port x', /--port is a number/],
    ['serve --data nowhere', /nowhere cannot be read as a folder/],
  ])('%s', async (line, problem) => {
    const { code, out, err } = await bulkcheck(line.split(' '))
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(problem)
  })

  test('asks for help, the version or a completion script', async () => {
    expect(await bulkcheck(['--version'])).toEqual({ code: 0, out: `${packageVersion}\n`, err: '' })
    const help = await bulkcheck(['--help'])
    expect(help.code).toBe(0)
    for (const name of [
      'run',
      'list',
      'lint',
      'serve',
      'selftest',
      'report',
      'judge',
      'validate',
      'keygen',
      'completion',
    ])
      expect(help.out).toContain(`bulkcheck ${name}`)
    expect((await bulkcheck(['run', '--help'])).out).toContain('Examples:')
    expect((await bulkcheck(['completion'])).out).toContain('complete -o')
  })

  test('a bug is told from a mistake, without the words of the error', async () => {
    let err = ''
    const io: Partial<Io> = {
      out: () => {
        throw new Error('a token: hush')
      },
      err: (text) => {
        err += text
      },
    }
    expect((await bulkcheck(['--version'], { io })).code).toBe(4)
    expect(err).toContain('this is a bug')
    expect(err).not.toContain('hush')
  })
})

describe('list and lint', () => {
  test('the bundled suites have no problems', async () => {
    expect(await bulkcheck(['lint'])).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+ suites, \d+ tests, no problems\n$/),
      err: '',
    })
  })

  test('a broken suite has its lines named', async () => {
    put('mine.yaml', 'suite: mine\ntitle: Mine\ntests: {}\nfoo: 1\n')
    const { code, err } = await bulkcheck(['lint', 'mine.yaml'])
    expect(code).toBe(2)
    expect(err).toMatch(/mine.yaml:4:1 there is no key `foo`/)
  })

  test('list says what applies, what does not and why, to people and programs', async () => {
    const people = await bulkcheck(['list', '--ig', '1.0.1'])
    expect(people).toMatchObject({
      code: 0,
      out: expect.stringContaining('does not apply, because Bulk Data 1.0.1 does not ask it'),
    })
    const { tests, probes } = JSON.parse((await bulkcheck(['list', 'token', '--json'])).out)
    expect(tests).toContainEqual(expect.objectContaining({ id: 'token/issued', suite: 'token' }))
    expect(tests.every((it: { suite: string }) => it.suite === 'token')).toBe(true)
    expect(probes.length).toBeGreaterThan(0)
  })
})

describe('run', () => {
  test('against the reference provider: summary, three reports, and the same again from the result', async () => {
    const { code, out, err } = await bulkcheck(['run', '--reference', 'token', '--quiet', '--output', 'o'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/o\/report.html\no\/junit.xml\no\/results.json\n$/)
    expect(readdirSync(join(cwd, 'o')).sort()).toEqual(['junit.xml', 'report.html', 'results.json'])
    const again = await bulkcheck(['report', 'o/results.json', '--output', 'again'])
    expect(again.code).toBe(0)
    for (const file of ['report.html', 'junit.xml', 'results.json'])
      expect(readFileSync(join(cwd, 'again', file), 'utf8')).toBe(readFileSync(join(cwd, 'o', file), 'utf8'))
  })

  test('a report of one kind', async () => {
    await bulkcheck(['run', '--reference', 'token/issued', '--quiet', '--output', 'o', '--reporter', 'junit'])
    expect(readdirSync(join(cwd, 'o'))).toEqual(['junit.xml'])
  })

  test('without verified certificates never exits 0', async () => {
    const { code, out } = await bulkcheck(['run', '--reference', 'token/issued', '--quiet', '--insecure'])
    expect(code).toBe(3)
    expect(out).toContain('--insecure')
    expect(existsSync(join(cwd, 'bulkcheck-report/report.html'))).toBe(true)
  })

  test('what is recorded is judged to the same end', async () => {
    const first = await bulkcheck(['run', '--reference', 'token', '--quiet', '--record', 'recording.json'])
    expect(first.code).toBe(0)
    expect(statSync(join(cwd, 'recording.json')).mode & 0o077).toBe(0)
    const again = await bulkcheck([
      'judge',
      'recording.json',
      '--output',
      'again',
      '--suites',
      join(packageRoot, 'suites/auth/token.yaml'),
    ])
    expect(again.code).toBe(0)
    expect(again.out).toMatch(/token +\d+ passed/)
  })

  test('a stale known failure fails it, and a pattern that matches nothing is a mistake', async () => {
    put('known.txt', '# we are working on it\ntoken/issued\n')
    expect(
      (await bulkcheck(['run', '--reference', 'token/issued', '--quiet', '--known-failing', 'known.txt']))
        .code,
    ).toBe(1)
    put('known.txt', 'token/no-such-test\n')
    const { code, err } = await bulkcheck([
      'run',
      '--reference',
      'token/issued',
      '--quiet',
      '--known-failing',
      'known.txt',
    ])
    expect({ code, err }).toEqual({ code: 2, err: 'known.txt: no test matches `token/no-such-test`\n' })
  })

  test('an output folder that cannot be written to is found before anything is sent', async () => {
    let requests = 0
    const server = createServer((_request, response) => {
      requests += 1
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    put('file', '')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`
    const { code, err } = await bulkcheck([
      'run',
      '--url',
      url,
      '--level',
      'system',
      '--output',
      'file/o',
      '--quiet',
    ])
    server.close()
    expect({ code, err, requests }).toEqual({
      code: 2,
      err: 'file/o cannot be written to: a part of its path is a file\n',
      requests: 0,
    })
  })

  test('a server that is not there leaves results, and says what refused', async () => {
    const server = createSocketServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const { code, err } = await bulkcheck([
      'run',
      '--url',
      `http://127.0.0.1:${port}/fhir`,
      '--level',
      'system',
      '--output',
      'o',
      '--quiet',
      'kick-off',
    ])
    expect(code).toBe(3)
    expect(err).toMatch(/never answered: connection refused/)
    expect(JSON.parse(readFileSync(join(cwd, 'o/results.json'), 'utf8')).complete).toBe(true)
  })

  test('nothing that applies is nothing to run', async () => {
    const { code, err } = await bulkcheck([
      'run',
      '--url',
      'http://127.0.0.1:1/fhir',
      '--level',
      'system',
      'token',
    ])
    expect(code).toBe(2)
    expect(err).toContain('none of the')
  })

  test('an interruption leaves results that say so, and no jobs', async () => {
    const { code } = await bulkcheck(['run', '--reference', '--output', 'o', '--verbose'], {
      interruptAt: /export/,
    })
    expect(code).toBe(130)
    const { complete, jobs } = JSON.parse(readFileSync(join(cwd, 'o/results.json'), 'utf8'))
    expect(complete).toBe(false)
    expect(jobs.deleted + jobs.perhapsLeft.length).toBe(jobs.started)
  })
})

describe('validate', () => {
  const good = '{"resourceType":"Patient","id":"a","meta":{"lastUpdated":"2024-01-01T00:00:00Z"}}\n'

  test('files that are in order, one of them compressed', async () => {
    mkdirSync(join(cwd, 'export/deeper'), { recursive: true })
    put('export/Patient.000.ndjson', good)
    put('export/deeper/Patient.001.ndjson.gz', gzipSync(good.replace('"a"', '"b"')))
    expect(await bulkcheck(['validate', 'export'])).toEqual({
      code: 0,
      out: expect.stringMatching(/^ +2 {2}Patient\n2 files, \d+ rules, no problems\n$/),
      err: '',
    })
  })

  test('a file with mistakes: rule, line and count, and no content', async () => {
    put(
      'Patient.ndjson',
      `${good}{"resourceType":"Patient","birthDate":"1970-01-01"}\n{"resourceType":"Patient","name":"hush"}\n{"hush`,
    )
    const { code, out } = await bulkcheck(['validate', 'Patient.ndjson'])
    expect(code).toBe(1)
    expect(out).toMatch(/A resource has no id\.\n.*\n.*\n +seen in {3}Patient.ndjson:2, and 1 more times/)
    expect(out).toMatch(/A line is not JSON\.\n.*\n.*\n +seen in {3}Patient.ndjson:4/)
    expect(out).not.toContain('hush')
  })

  test.each<[string, string | Uint8Array, RegExp]>([
    [
      'server.log',
      'INFO started\nINFO stopped\n',
      /^server.log is no FHIR NDJSON: none of its lines is a FHIR resource\n$/,
    ],
    ['Patient.ndjson.gz', gzipSync(good).subarray(0, 40), /^Patient.ndjson.gz is no whole gzip file\n$/],
    ['other.ndjson.gz', good, /^other.ndjson.gz is no whole gzip file\n$/],
  ])('%s is no such file', async (name, bytes, problem) => {
    put(name, bytes)
    const { code, err } = await bulkcheck(['validate', name])
    expect(code).toBe(2)
    expect(err).toMatch(problem)
  })
})

describe('keygen', () => {
  test.each(['ES384', 'RS384'])(
    '%s: a private key for its owner alone and a public one, and never over others',
    async (alg) => {
      const { code, out } = await bulkcheck(['keygen', '--alg', alg, '--out', 'keys'])
      expect(code).toBe(0)
      const secret = JSON.parse(readFileSync(join(cwd, 'keys/bulkcheck.private.jwk.json'), 'utf8'))
      const open = JSON.parse(readFileSync(join(cwd, 'keys/bulkcheck.jwks.json'), 'utf8'))
      expect(statSync(join(cwd, 'keys/bulkcheck.private.jwk.json')).mode & 0o777).toBe(0o600)
      expect(open.keys).toEqual([expect.objectContaining({ alg, kid: secret.kid })])
      for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(open.keys[0]).not.toHaveProperty(part)
      expect(out).toContain(secret.kid)
      expect(out).not.toContain(secret.d)
      expect(await bulkcheck(['keygen', '--out', 'keys'])).toMatchObject({
        code: 2,
        err: expect.stringContaining('it exists already'),
      })
    },
  )
})

describe('serve', () => {
  test('says how to test it, and stops', async () => {
    const { code, out } = await bulkcheck(['serve', '--port', '0'], { interruptAt: /another terminal/ })
    expect(code).toBe(0)
    expect(out).toMatch(/^Bulk Data 2.0.0 at http:\/\/127.0.0.1:\d+\/fhir\n/)
    expect(out).toMatch(/ run --url http:\/\/127.0.0.1:\d+\/fhir --ig 2.0.0 --client-id bulkcheck /)
  })

  test('an open server of the older release', async () => {
    const { out } = await bulkcheck(['serve', '--port', '0', '--release', '1.0.1', '--no-auth'], {
      interruptAt: /another terminal/,
    })
    expect(out).toMatch(/--ig 1.0.1 --auth none --level/)
  })

  test('is what harness.config.ts is about', async () => {
    const loaded = await loadConfig(packageRoot)
    if (!loaded) throw new Error('there is no harness.config.ts')
    const { target } = settle(wishesOf(loaded, {}).wishes)
    const { claims, clients } = await createProvider({ keys: testKeys() })
    expect(target).toMatchObject({
      fhirUrl: 'http://127.0.0.1:4000/fhir',
      ig: claims.release,
      levels: claims.levels,
      groupId: claims.groupId,
    })
    expect([...target.supports].sort()).toEqual([...claims.supports].sort())
    expect(target.authorization).toMatchObject({
      clientId: clients.own.clientId,
      scope: clients.own.scope,
      key: clients.own.jwks.keys[0],
    })
    expect(target.otherClient).toMatchObject({
      clientId: clients.other.clientId,
      scope: clients.other.scope,
      key: clients.other.jwks.keys[0],
    })
  })
})
