import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { packageRoot } from '../../config/harness-package.ts'
import { type TestCli, openTestCli } from '../fixtures/test-cli.ts'

let here: TestCli
const bulkcheck: TestCli['bulkcheck'] = (line, options) => here.bulkcheck(line, options)
const put: TestCli['put'] = (name, text) => here.put(name, text)

beforeEach(() => {
  here = openTestCli()
})

describe('run', () => {
  test('against the reference provider: summary, three reports, and the same again from the result', async () => {
    const { code, out, err } = await bulkcheck(['run', '--reference', 'token', '--quiet', '--output', 'o'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(
      /^\d+ of [\d,]+ tests selected: all .*This says nothing about conformance\. Patterns: `token`\.$/m,
    )
    expect(out).not.toContain('Conformant')
    expect(out).toMatch(/o\/report.html\no\/junit.xml\no\/results.json\n$/)
    expect(readdirSync(join(here.cwd, 'o')).sort()).toEqual(['junit.xml', 'report.html', 'results.json'])
    const again = await bulkcheck(['report', 'o/results.json', '--output', 'again'])
    expect(again.code).toBe(0)
    for (const file of ['report.html', 'junit.xml', 'results.json'])
      expect(readFileSync(join(here.cwd, 'again', file), 'utf8')).toBe(
        readFileSync(join(here.cwd, 'o', file), 'utf8'),
      )
  })

  test('a report of one kind', async () => {
    await bulkcheck(['run', '--reference', 'token/issued', '--quiet', '--output', 'o', '--reporter', 'junit'])
    expect(readdirSync(join(here.cwd, 'o'))).toEqual(['junit.xml'])
  })

  test('without verified certificates never exits 0', async () => {
    const { code, out } = await bulkcheck(['run', '--reference', 'token/issued', '--quiet', '--insecure'])
    expect(code).toBe(3)
    expect(out).toContain('--insecure')
    expect(existsSync(join(here.cwd, 'bulkcheck-report/report.html'))).toBe(true)
  })

  test('what is recorded is judged to the same end', async () => {
    const first = await bulkcheck(['run', '--reference', 'token', '--quiet', '--record', 'recording.json'])
    expect(first.code).toBe(0)
    expect(first.out).toMatch(/^recording.json$/m)
    expect(statSync(join(here.cwd, 'recording.json')).mode & 0o077).toBe(0)
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
    expect(again.out).toContain('of your own suites')
    expect(again.err).toContain('warning: The run had other suites')
  })

  test('with own suites says nothing about conformance', async () => {
    const token = join(packageRoot, 'suites/auth/token.yaml')
    const { code, out } = await bulkcheck(['run', '--reference', '--quiet', '--suites', token])
    expect(code).toBe(0)
    expect(out).toMatch(
      /\d+ tests of your own suites: .*This says nothing about conformance\. Suites: `token`\./,
    )
    expect(out).not.toContain('Conformant')
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
    put('known.txt', '\ntoken/issued until=tomorrow\n')
    expect(await bulkcheck(['run', '--reference', '--known-failing', 'known.txt'])).toMatchObject({
      code: 2,
      err: 'known.txt:2: until is not a day; write it as 2026-12-31\n',
    })
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
    expect(err).toMatch(/^no response from http:.*: connection refused/m)
    expect(JSON.parse(readFileSync(join(here.cwd, 'o/results.json'), 'utf8')).complete).toBe(true)
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
    const { complete, jobs } = JSON.parse(readFileSync(join(here.cwd, 'o/results.json'), 'utf8'))
    expect(complete).toBe(false)
    expect(jobs.deleted + jobs.perhapsLeft.length).toBe(jobs.started)
  })
})
