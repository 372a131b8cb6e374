import { createHmac, createPrivateKey, createPublicKey, type JsonWebKey, sign } from 'node:crypto'
import { headerOf, type Json, type Response } from './message.ts'
import {
  base,
  type Deviation,
  dozen,
  type Exported,
  jsonOf,
  start,
  textOf,
  type Trial,
  tokenUrl,
} from './trial.ts'

/** What a response shows, without what differs from run to run. */
async function shown(response: Response): Promise<string> {
  const headers = response.headers.map(([name, value]) => `${name}: ${value}`)
  return [response.status, ...headers, await textOf(response)]
    .join('\n')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'JOB')
    .replace(/"access_token":"[\w-]{43}"/g, '"access_token":"TOKEN"')
}

async function* exported(run: Promise<Exported>): AsyncGenerator<string> {
  const { kickoff, polls, files } = await run
  yield shown(kickoff)
  for (const poll of polls) yield shown(poll)
  for (const { response, text } of files) yield shown({ ...response, body: text })
}

const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A correct assertion but for its algorithm, which is not that of the key that its kid names. */
function handmade(trial: Trial, alg: 'none' | 'HS256' | 'RS384'): string {
  const { clientId, jwks, registered } = trial.provider.clients.own
  const key = registered.keys.find((each) => each.alg === 'ES384') ?? {}
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: tokenUrl,
    exp: start / 1000 + 200,
    jti: `handmade-${alg}`,
  }
  const text = `${encoded({ alg, kid: key.kid })}.${encoded(claims)}`
  if (alg === 'none') return `${text}.`
  if (alg === 'HS256') {
    const pem = createPublicKey({ key: key as JsonWebKey, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    })
    return `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`
  }
  const secret = createPrivateKey({
    key: jwks.keys.find(({ kid }) => kid === key.kid) as JsonWebKey,
    format: 'jwk',
  })
  const signature = sign('sha384', Buffer.from(text), { key: secret, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

async function* tokens(trial: Trial): AsyncGenerator<string> {
  const { own, other } = trial.provider.clients
  const kidOf = (alg: string) => own.jwks.keys.find((key) => key.alg === alg)?.kid
  const now = start / 1000
  const deviations: readonly Deviation[] = [
    {},
    { alg: 'RS384' },
    ...[
      'system/Patient.read',
      'system/Patient.rs',
      'system/Patient.sr',
      'system/*.cruds',
      'patient/*.rs',
    ].map((scope) => ({ scope })),
    { client: other, scope: 'system/*.rs' },
    { signer: other },
    { header: { kid: 'unknown' } },
    { header: { kid: undefined } },
    { header: { kid: kidOf('RS384') } },
    { header: { jku: 'https://elsewhere.example/jwks.json' } },
    ...['iss', 'sub', 'aud', 'exp', 'jti'].map((claim) => ({ claims: { [claim]: undefined } })),
    { claims: { iss: 'nobody', sub: 'nobody' } },
    { claims: { sub: 'bulkcheck-other' } },
    { claims: { aud: 'https://elsewhere.example/token' } },
    { claims: { exp: now - 300 } },
    { claims: { exp: now + 3600 } },
    { claims: { nbf: now + 3600 } },
    { claims: { jti: 'once' } },
    { claims: { jti: 'once' } },
    { form: { grant_type: 'authorization_code' } },
    { form: { client_assertion_type: 'other' } },
    { form: { client_assertion: undefined, client_assertion_type: undefined } },
    { form: { client_assertion: handmade(trial, 'none') } },
    { form: { client_assertion: handmade(trial, 'HS256') } },
    { form: { client_assertion: handmade(trial, 'RS384') } },
    { form: { client_id: 'bulkcheck-other' } },
    { form: { scope: undefined } },
  ]
  for (const deviation of deviations) yield shown(await trial.askForToken(deviation))
}

const since = '2025-09-01T00:00:00Z'

const parameters = (...entries: readonly (readonly [string, unknown])[]): Json => ({
  resourceType: 'Parameters',
  parameter: entries.map(([name, value]) => ({ name, ...(value as Json) })),
})

const patient = (id: string) => ['patient', { valueReference: { reference: `Patient/${id}` } }] as const

/** Ids of Patients, first the members of the Group, then others. */
async function patientIds(trial: Trial): Promise<readonly [members: string[], others: string[]]> {
  const { groupId } = trial.provider.claims
  const group = await trial.export(`Group/${groupId}/$export?_type=Patient`)
  const all = await trial.export('Patient/$export?_type=Patient')
  const members = group.resources.map(({ id }) => id)
  return [members, all.resources.map(({ id }) => id).filter((id) => !members.includes(id))]
}

async function* kickoffs(trial: Trial): AsyncGenerator<string> {
  const prefer = { Prefer: 'respond-async', Accept: 'application/fhir+json' }
  const ask = async (
    path: string,
    headers: Readonly<Record<string, string>> = prefer,
    token?: string | null,
  ) => {
    const answer = await trial.send('GET', path, { headers, ...(token === undefined ? {} : { token }) })
    const location = headerOf(answer, 'content-location')
    const text = await shown(answer)
    if (location) await trial.send('DELETE', new URL(location, `${base}/`).href)
    return text
  }
  yield ask('$export')
  yield ask('$export', { Prefer: 'respond-async' })
  yield ask('$export', { Accept: 'application/fhir+json' })
  yield ask('$export', { ...prefer, Prefer: 'handling=lenient, Respond-Async; wait=5' })
  yield ask('$export', prefer, null)
  yield ask('$export', prefer, 'garbage')
  yield ask('Group/no-such-group/$export')
  yield ask('Patient/$export?patient=Patient/patient-001')
  for (const query of [
    '_outputFormat=application%2Ffhir%2Bndjson',
    '_outputFormat=application%2Fndjson',
    '_outputFormat=ndjson',
    '_outputFormat=text%2Fcsv',
    `_since=${since}`,
    '_since=2025-09-01T00%3A00%3A00%2B02%3A00',
    '_since=yesterday',
    '_type=NotAType',
    '_type=Basic',
    '_type=patient',
    '_type=ValueSet',
    '_type=Patient%2CObservation',
    '_elements=Patient.name.family',
    'includeAssociatedData=NotAValue',
    '_typeFilter=Patient%3F_sort%3Dname',
    '_typeFilter=Patient%3Fnot-a-parameter%3D1',
    '_type=Condition&_typeFilter=Patient%3Fgender%3Dfemale',
    'notAParameter=1',
  ]) {
    yield ask(`$export?${query}`)
    yield ask(`Patient/$export?${query}`)
  }
  yield ask('$export?_type=Observation', prefer, await trial.token('system/Patient.rs'))
}

async function* exports(trial: Trial): AsyncGenerator<string> {
  const { groupId, levels } = trial.provider.claims
  for (const path of ['$export', 'Patient/$export', `Group/${groupId}/$export`])
    yield* exported(trial.export(path))
  const at = levels.includes('patient')
    ? 'Patient/$export'
    : levels.includes('system')
      ? '$export'
      : `Group/${groupId}/$export`
  for (const query of [
    `_since=${since}&_type=Patient,Observation`,
    `_since=2024-01-01T00:00:00Z&_type=Patient`,
    `_since=${since}&_type=Observation&_typeFilter=Observation%3Fstatus%3Dfinal`,
    '_since=2999-01-01T00:00:00Z',
    '_type=Patient&_type=Condition',
    '_typeFilter=Observation%3Fstatus%3Dfinal%26category%3Dlaboratory&_type=Observation',
    '_type=Patient&_typeFilter=Patient%3Fgender%3Dmale,Patient%3Fgender%3Dfemale',
    '_type=Patient&_typeFilter=Patient%3Fgender%3Dmale&_typeFilter=Patient%3Fgender%3Dfemale',
    '_type=Condition&_typeFilter=Patient%3Fgender%3Dfemale',
    '_type=Patient,Observation&_elements=id',
    '_type=Patient,Observation&_elements=Patient.id',
    '_type=Patient&_outputFormat=ndjson',
  ])
    yield* exported(trial.export(`${at}?${query}`))
  yield* exported(
    trial.export(`${at}?_type=Patient&notAParameter=1`, { prefer: 'respond-async, handling=lenient' }),
  )
  yield* exported(trial.export(at, { token: await trial.token('system/Patient.rs') }))
}

async function* posts(trial: Trial): AsyncGenerator<string> {
  const group = `Group/${trial.provider.claims.groupId}/$export`
  const [members, others] = await patientIds(trial)
  const [first = '', second = ''] = members
  const type = ['_type', { valueString: 'Patient,Condition' }] as const
  yield* exported(
    trial.export('Patient/$export', { body: parameters(type, patient(first), patient(second)) }),
  )
  yield* exported(trial.export(group, { body: parameters(type, patient(first)) }))
  yield* exported(trial.export(group, { body: parameters(type, patient(others[0] ?? 'none')) }))
  yield* exported(trial.export('Patient/$export', { body: parameters(type, patient('nobody')) }))
  yield* exported(trial.export('$export', { body: parameters(type, patient(first)) }))
}

async function* jobs(trial: Trial): AsyncGenerator<string> {
  const { provider } = trial
  const old = await trial.token('system/Observation.rs')
  const narrow = await trial.token('system/Patient.rs')
  const foreign = await trial.token('system/*.rs', provider.clients.other)
  const begin = (type: string) =>
    trial.send('GET', `$export?_type=${type}`, { headers: { Prefer: 'respond-async' } })
  const locationOf = (kickoff: Response) =>
    new URL(headerOf(kickoff, 'content-location') ?? 'none', `${base}/`).href
  yield shown(await begin('Condition'))
  const begun = [await begin('Observation'), await begin('Observation')]
  for (const kickoff of begun) yield shown(kickoff)
  const [one = '', two = ''] = begun.map(locationOf)
  yield `${one === two}`
  for (const token of [null, 'garbage', narrow, foreign, undefined]) {
    const as = token === undefined ? {} : { token }
    yield shown(await trial.send('GET', one, as))
    yield shown(await trial.send('DELETE', two, as))
  }
  for (let burst = 0; burst < 6; burst += 1) yield shown(await trial.send('GET', one))
  trial.wait(5)
  for (let more = 0; more < 3; more += 1) yield shown(await trial.send('GET', one))
  for (const method of ['DELETE', 'GET']) yield shown(await trial.send(method, two))
  for (const method of ['DELETE', 'GET']) yield shown(await trial.send(method, 'bulk/status/unknown'))
  const last = await trial.send('GET', one)
  const manifest = last.status === 200 ? await jsonOf(last) : {}
  const [file] = Array.isArray(manifest.output)
    ? (manifest.output as readonly { readonly url: string }[])
    : []
  if (file)
    for (const token of [null, 'garbage', narrow, foreign, undefined, undefined])
      yield shown(await trial.send('GET', file.url, token === undefined ? {} : { token }))
  yield shown(await trial.send('GET', 'bulk/files/unknown/Patient.000.ndjson'))
  trial.wait(1_200)
  yield shown(await trial.send('GET', one, { token: old }))
  if (file) yield shown(await trial.send('GET', file.url))
  for (const method of ['DELETE', 'GET', 'DELETE']) yield shown(await trial.send(method, one))
}

function identifierOf(trial: Trial): string {
  const group = dozen.resources.find(({ id }) => id === trial.provider.claims.groupId)
  return String((group?.identifier as readonly { readonly value: string }[] | undefined)?.[0]?.value)
}

async function* reads(trial: Trial): AsyncGenerator<string> {
  const accept = { Accept: 'application/fhir+json' }
  const narrow = await trial.token('system/Patient.rs')
  yield shown(await trial.send('GET', `${base}/metadata`, { token: null, headers: accept }))
  for (const headers of [accept, { Accept: 'text/html' }])
    yield shown(await trial.send('GET', `${base}/.well-known/smart-configuration`, { token: null, headers }))
  for (const path of [
    'Group',
    `Group/${trial.provider.claims.groupId}`,
    `Group?identifier=${identifierOf(trial)}`,
    'Observation',
    'Patient?_count=2',
  ])
    yield shown(await trial.send('GET', path, { headers: accept }))
  const condition = `Condition/${dozen.resources.find(({ resourceType }) => resourceType === 'Condition')?.id}`
  for (const path of ['Observation', condition])
    yield shown(await trial.send('GET', path, { headers: accept, token: narrow }))
  const old = await trial.token('system/Condition.rs')
  trial.wait(400)
  for (const path of ['Condition', condition])
    yield shown(await trial.send('GET', path, { headers: accept, token: old }))
  yield shown(await trial.send('GET', '$export', { headers: { Prefer: 'respond-async' }, token: old }))
}

/** What a thorough client sees of a provider, by topic: answer by answer, the same each time. */
export const topics: Readonly<Record<string, (trial: Trial) => AsyncGenerator<string>>> = {
  reads,
  tokens,
  kickoffs,
  exports,
  posts,
  jobs,
}
