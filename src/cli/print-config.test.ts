import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { openTestCli } from './fixtures/test-cli.ts'

const config = {
  target: {
    preset: 'medplum',
    fhirUrl: 'https://fhir.example.org/r4?x=hush1',
    groupId: 'g1',
    authorization: { clientId: 'me', keyEnv: 'MY_KEY', claims: { tenant: 'hush2' } },
    headers: { 'X-Api-Key': { env: 'MY_HEADER' }, 'X-Plain': 'hush3' },
    baseline: { patient: ['hush4', 'hush5'] },
    limits: { requestTimeout: '5s', exportTimeout: '1h' },
  },
  failOn: 'SHOULD',
  knownFailing: 'known.txt',
}

/** The rows that are printed, by key. */
async function printed(args: readonly string[], env: Record<string, string> = {}, file: unknown = config) {
  const { put, bulkcheck } = openTestCli()
  if (file) put('harness.config.json', JSON.stringify(file))
  const done = await bulkcheck(['run', '--print-config', ...args], { io: { env: { ...env } } })
  const rows = done.out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/))
  return { ...done, rows: Object.fromEntries(rows.map(([key, ...rest]) => [key, rest])) }
}

const secrets = { MY_KEY: 'hush6', MY_HEADER: 'hush7' }

test('each setting has its value and where it comes from, and no secret is shown', async () => {
  const { code, err, out, rows } = await printed(['--kid', 'k1', '--timeout', '7s'], {
    ...secrets,
    BULKCHECK_CONCURRENCY: '2',
    BULKCHECK_FAIL_ON: 'MAY',
    BULKCHECK_CERT_KEY_PASSPHRASE: 'hush8',
  })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(rows).toMatchObject({
    'target.preset': ['medplum', 'harness.config.json: target.preset'],
    'target.fhirUrl': [
      'https://fhir.example.org/r4 with a query, which is not shown',
      'harness.config.json: target.fhirUrl',
    ],
    'target.authorization.key': ['secret, from MY_KEY', 'harness.config.json: target.authorization.keyEnv'],
    'target.authorization.auth': ['backend-services', 'harness.config.json: target.authorization'],
    'target.authorization.kid': ['k1', '--kid'],
    'target.authorization.scope': ['system/*.cruds', 'preset medplum'],
    'target.authorization.claims': [
      'names: tenant',
      'harness.config.json: target.authorization.claims.tenant',
    ],
    'target.headers': ['names: X-Api-Key, X-Plain', 'harness.config.json: target.headers'],
    'target.baseline.patient': ['2 patients', 'harness.config.json: target.baseline.patient'],
    'target.levels': ['system, patient, group', 'preset medplum'],
    'target.limits.requestTimeout': ['7s', '--timeout'],
    'target.limits.exportTimeout': ['1h', 'harness.config.json: target.limits.exportTimeout'],
    'target.limits.pollFloor': ['2s', 'preset medplum'],
    'target.limits.tokenWait': ['6m', 'default'],
    'tls.passphrase': ['secret, from BULKCHECK_CERT_KEY_PASSPHRASE', 'BULKCHECK_CERT_KEY_PASSPHRASE'],
    failOn: ['MAY', 'BULKCHECK_FAIL_ON'],
    concurrency: ['2', 'BULKCHECK_CONCURRENCY'],
    knownFailing: ['known.txt', 'harness.config.json: knownFailing'],
    output: ['bulkcheck-report', 'default'],
  })
  expect(out).not.toContain('hush')
})

test('a key on the command line replaces the authorization of the configuration', async () => {
  const file = { target: { fhirUrl: 'https://fhir.example.org', authorization: 'none', levels: ['system'] } }
  const { rows } = await printed(['--client-id', 'me', '--key', 'key.json'], {}, file)
  expect(rows).toMatchObject({
    'target.authorization.auth': ['backend-services', 'implied by the credentials'],
    'target.authorization.key': ['secret, from key.json', '--key'],
    'target.authorization.scope': ['system/*.read', 'default'],
    'target.levels': ['system', 'harness.config.json: target.levels'],
  })
})

test('a password in a URL is not shown', async () => {
  const { out, rows } = await printed(['--url', 'https://me:hush9@fhir.example.org/'], secrets)
  expect(rows['target.fhirUrl']).toEqual(['a URL with a user name or password, which is not shown', '--url'])
  expect(out).not.toContain('hush')
})

test('the reference provider describes itself, whatever the configuration says of another server', async () => {
  const { code, rows } = await printed(['--reference'], secrets)
  expect(code).toBe(0)
  expect(rows['target.name']).toEqual(['Reference provider', 'reference provider'])
  expect(rows.failOn).toEqual(['SHOULD', 'harness.config.json: failOn'])
  expect(rows).not.toHaveProperty('target.preset')
})

test('a mistake is an error as in a run', async () => {
  expect(await printed(['--ig', '9'], secrets)).toMatchObject({ code: 2, out: '' })
})

test('nothing is sent', async () => {
  let requests = 0
  const server = createServer((_request, response) => {
    requests += 1
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await printed(
    ['--url', `http://127.0.0.1:${port}/fhir`, '--ig', 'auto', '--level', 'system'],
    {},
    undefined,
  )
  server.close()
  expect(requests).toBe(0)
})
