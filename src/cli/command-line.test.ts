import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { settingsFromFile } from '../config/file-settings.ts'
import { loadConfig } from '../config/load.ts'
import { packageRoot, harnessVersion } from '../config/harness-package.ts'
import { resolveSettings } from '../config/settings.ts'
import { createProvider } from '../reference/provider.ts'
import type { Io } from './terminal/io.ts'
import { type TestCli, openTestCli } from './fixtures/test-cli.ts'
import { testKeys } from './test-keys.ts'

let here: TestCli
const bulkcheck: TestCli['bulkcheck'] = (line, options) => here.bulkcheck(line, options)
const put: TestCli['put'] = (name, text) => here.put(name, text)

beforeEach(() => {
  here = openTestCli()
})

const mark = Buffer.from('bulkcheck-part-1')
const olderPart = Buffer.concat([mark, Buffer.alloc(100), mark])

describe('a command line', () => {
  test.each<[string, RegExp]>([
    ['lst', /^unknown command `lst`; did you mean `list`\?\n$/],
    ['frobnicate', /^unknown command `frobnicate`; the commands are `run`, `list`/],
    ['run --ur x', /^unknown option `--ur`; did you mean `--url`\?\n$/],
    ['--ur x', /did you mean `--url`/],
    ['run --frobnicate', /^unknown option `--frobnicate`; `bulkcheck run --help` lists all options\n$/],
    ['run --client-secret x', /pass secrets in environment variables or files/],
    ['run --token x', /pass secrets in environment variables or files/],
    [
      'run --url http://127.0.0.1:9 --level system --auth none --key k.json',
      /^authorization `none` does not use k\.json: leave out one of the two, or use `backend-services`$/m,
    ],
    [
      'run --url http://127.0.0.1:9 --ig 3.2.0',
      /^--ig must be `1.0.1`, `2.0.0`, `3.0.0`, `4.0.0-ballot` or `auto`$/m,
    ],
    ['run --url', /`--url` needs a value/],
    ['run --url=', /`--url` needs a value/],
    ['report a b', /^unexpected argument `b`$/m],
    ['merge a.part --url http://a', /^--url: use these options with --manifest/m],
    ['run --url a --url b', /`--url` is given twice/],
    ['run --fail-on SHAL', /--fail-on must be `SHALL`, `SHOULD` or `MAY`; did you mean `SHALL`/],
    [
      'run --level all --timeout soon --retry-after-cap never',
      /--level.*\n.*--timeout.*\n.*--retry-after-cap/,
    ],
    ['run --config nowhere.ts', /the configuration file nowhere.ts does not exist/],
    ['run', /no server is given/],
    ['list token/isued', /no test matches `token\/isued`; did you mean `token\/issued`/],
    ['lint nowhere', /nowhere:1:1 no such file or folder/],
    ['validate', /no files given/],
    ['report', /missing argument <result>/],
    ['report nowhere.json', /nowhere.json cannot be read: there is no such file/],
    ['judge nowhere.json', /nowhere.json/],
    ['keygen', /`--out` is required/],
    ['keygen --out x --alg HS256', /--alg must be `ES384` or `RS384`/],
    ['serve --fault nothing-like-it', /unknown fault `nothing-like-it`/],
    [
      'serve --fault deletion-not-offered --fault deleted-job-goes-on',
      /^`deletion-not-offered` and `deleted-job-goes-on` conflict: both replace `remainingJobs`; name only one of them$/m,
    ],
    [
      'serve --fault since-crashes,elements-crash',
      /^no release shows all of these: `since-crashes` has an effect in 1.0.1, `elements-crash` has an effect in 2.0.0 and 3.0.0$/m,
    ],
    [
      'serve --release 2.0.0 --fault since-crashes',
      /^not everything has an effect in --release 2.0.0: `since-crashes` has an effect in 1.0.1$/m,
    ],
    [
      'serve --release 1.0.1 --fault elements-crash',
      /^not everything has an effect in --release 1.0.1: `elements-crash` has an effect in 2.0.0 and 3.0.0$/m,
    ],
    ['serve --variation terze', /unknown variation `terze`; did you mean `terse`/],
    [
      'serve --variation signed-urls,files-redirected-to-storage',
      /^`signed-urls` and `files-redirected-to-storage` exclude each other; name only one of them$/m,
    ],
    [
      'serve --variation empty-link,terse --release 2.0.0',
      /^not everything has an effect in --release 2.0.0: `empty-link` has an effect in 3.0.0$/m,
    ],
    [
      'serve --variation explicit-default-port',
      /^the variation `explicit-default-port` shows only at a URL without a port: add --port 80, or --base-url with such a URL$/m,
    ],
    ['serve --configuration opn', /unknown configuration `opn`; did you mean `open`/],
    ['serve --port x', /--port must be a number/],
    ['serve --bulk much', /--bulk must be a size/],
    ['serve --data nowhere', /cannot read the NDJSON files in nowhere/],
  ])('%s', async (line, problem) => {
    const { code, out, err } = await bulkcheck(line.split(' '))
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(problem)
  })

  test.each<[string, string, string | Buffer, RegExp]>([
    [
      'report',
      'results.json',
      '{"version":1}',
      /^results.json was written by an older version of bulkcheck.*again/,
    ],
    ['judge', 'old.json', '{"recording":1}', /old.json was recorded by an older version of bulkcheck.*again/],
    ['merge', 'old.part', olderPart, /^old.part: an older version of bulkcheck wrote this part.*again/],
  ])('%s says of an older file that it is older, and what to do', async (command, name, file, says) => {
    put(name, file)
    const { code, out, err } = await bulkcheck([command, name])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(says)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  test('asks for help, the version or a completion script', async () => {
    expect(await bulkcheck(['--version'])).toEqual({ code: 0, out: `${harnessVersion}\n`, err: '' })
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

  test('a bug is distinguished from a mistake of the user, without the words of the error', async () => {
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
    expect(err).toContain('This is a bug in bulkcheck')
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
    expect(err).toMatch(/mine.yaml:4:1 unknown key `foo`/)
  })

  test('list says what applies, what does not and why, to people and programs', async () => {
    const people = await bulkcheck(['list', '--ig', '1.0.1'])
    expect(people).toMatchObject({
      code: 0,
      out: expect.stringContaining('does not apply, because Bulk Data 1.0.1 does not have this requirement'),
    })
    const { tests, probes } = JSON.parse((await bulkcheck(['list', 'token', '--json'])).out)
    expect(tests).toContainEqual(expect.objectContaining({ id: 'token/issued', suite: 'token' }))
    expect(tests.every((it: { suite: string }) => it.suite === 'token')).toBe(true)
    expect(probes.length).toBeGreaterThan(0)
  })

  test('list says what a run costs, and what a limit leaves out with what that would cost', async () => {
    const whole = await bulkcheck(['list', '--level', 'group'])
    expect(whole.out).toMatch(
      /\ncost: \d+ exports to completion, \d+ more kick-offs, 1 wait for an access token/,
    )
    const { out } = await bulkcheck(['list', '--level', 'group', '--max-exports', '3'])
    expect(out).toMatch(/\ncost: 3 exports to completion/)
    expect(out).toMatch(/\nleft out: \d+ tests, which need \d+ more exports \(--max-exports 3\)\n/)
    expect(out).toMatch(/\n {2}\. SHALL +\S+@group .* \(1 more export\)\n/)
    const { cost, leftOut } = JSON.parse(
      (await bulkcheck(['list', '--level', 'group', '--max-exports', '3', '--json'])).out,
    )
    expect(cost.exports).toBe(3)
    expect(leftOut).toMatchObject({ maxExports: 3, tests: expect.any(Array) })
    const mistake = await bulkcheck(['list', '--max-exports', 'few'])
    expect(mistake).toMatchObject({
      code: 2,
      err: expect.stringContaining('--max-exports must be a whole number of at least 0'),
    })
  })
})

describe('keygen', () => {
  test.each(['ES384', 'RS384'])(
    '%s: a private key for its owner alone and a public one, and never over others',
    async (alg) => {
      const { code, out } = await bulkcheck(['keygen', '--alg', alg, '--out', 'keys'])
      expect(code).toBe(0)
      const secret = JSON.parse(readFileSync(join(here.cwd, 'keys/bulkcheck.private.jwk.json'), 'utf8'))
      const open = JSON.parse(readFileSync(join(here.cwd, 'keys/bulkcheck.jwks.json'), 'utf8'))
      expect(statSync(join(here.cwd, 'keys/bulkcheck.private.jwk.json')).mode & 0o777).toBe(0o600)
      expect(open.keys).toEqual([expect.objectContaining({ alg, kid: secret.kid })])
      for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(open.keys[0]).not.toHaveProperty(part)
      expect(out).toContain(secret.kid)
      expect(out).not.toContain(secret.d)
      expect(await bulkcheck(['keygen', '--out', 'keys'])).toMatchObject({
        code: 2,
        err: expect.stringContaining('it already exists'),
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

  test('a fault of the older release chooses that release, and the start message says so', async () => {
    const starts = async (line: string) =>
      (await bulkcheck(['serve', '--port', '0', ...line.split(' ')], { interruptAt: /another terminal/ })).out
    const older = await starts('--fault since-crashes --fault no-counts')
    expect(older).toMatch(
      /^Bulk Data 1\.0\.1 at .*\n {2}release {7}1\.0\.1, because only it shows `since-crashes`\n/,
    )
    expect(older).toMatch(/--ig 1\.0\.1 /)
    expect(await starts('--release 1.0.1 --fault since-crashes')).not.toContain('  release  ')
    expect(await starts('--fault no-counts')).toMatch(/^Bulk Data 2\.0\.0 at .*\n {2}client /)
  })

  test('a variation is named, and the command for it fits', async () => {
    const { out } = await bulkcheck(
      ['serve', '--port', '0', '--variation', 'terse,polling-location-of-2-kb-at-another-origin'],
      { interruptAt: /another terminal/ },
    )
    expect(out).toMatch(/\n {2}variations {4}terse, polling-location-of-2-kb-at-another-origin\n/)
    expect(out).toMatch(/ --token-origin http:\/\/localhost:\d+ /)
    expect((await bulkcheck(['serve', '--list-variations'])).out).toMatch(/^terse +\S.+ or a MAY\.$/m)
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
    const { target } = resolveSettings(settingsFromFile(loaded, {}).wishes)
    const { description: claims, clients } = await createProvider({ keys: testKeys() })
    expect(target).toMatchObject({
      fhirUrl: 'http://127.0.0.1:4000/fhir',
      ig: claims.release,
      levels: claims.levels,
      groupId: claims.groupId,
    })
    // With some faults it throttles or fails jobs, which the tests of those faults then need to be claimed.
    const withFaults = ['burst-polling', 'failing-job']
    expect([...target.supports].sort()).toEqual([...claims.supports, ...withFaults].sort())
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
