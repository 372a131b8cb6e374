import { randomUUID } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import type { SigningClient } from './clients.ts'
import { bodyBytes, headerOf, type Json, type Request, type Response } from './message.ts'
import { type Population, type Resource, synthesize } from './population.ts'
import { createProvider, type Provider, type ProviderOptions } from './provider.ts'

/** The time at which trials begin, in ms since 1970. */
export const start = Date.parse('2026-03-01T12:00:00Z')

/** The FHIR base of providers on trial. */
export const base = 'http://provider.example/fhir'

/** Where they issue tokens. */
export const tokenUrl = 'http://provider.example/auth/token'

/** A dozen patients. */
export const dozen: Population = synthesize({
  patients: 12,
  seed: 7,
  until: new Date(start - 86_400_000),
  baseUrl: base,
})

/** How an assertion differs from a correct one; undefined removes. */
export interface Deviation {
  readonly alg?: 'ES384' | 'RS384'
  readonly client?: SigningClient
  /** Who signs; the client's own key of the algorithm where absent. */
  readonly signer?: SigningClient
  readonly header?: Json
  readonly claims?: Json
  readonly form?: Readonly<Record<string, string | undefined>>
  readonly scope?: string
}

/** An export seen to its end. */
export interface Exported {
  readonly kickoff: Response
  readonly polls: readonly Response[]
  readonly manifest: Json
  /** By kind (`output`, `deleted`, `error`), in the order of the manifest. */
  readonly files: readonly {
    readonly kind: string
    readonly type: string
    readonly text: string
    readonly response: Response
  }[]
  readonly resources: readonly Resource[]
  readonly statusUrl: string
}

/** A provider on trial and a client of it, without sockets, with a clock that stands still until it is moved. */
export interface Trial {
  readonly provider: Provider
  wait(seconds: number): void
  send(
    method: string,
    url: string,
    options?: {
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      readonly token?: string | null
    },
  ): Promise<Response>
  /** The form of a token request. */
  tokenForm(deviation?: Deviation): Promise<string>
  askForToken(deviation?: Deviation): Promise<Response>
  token(scope?: string, client?: SigningClient): Promise<string>
  /** Kicked off below the base, polled and downloaded. */
  export(
    path: string,
    options?: { readonly body?: Json; readonly prefer?: string; readonly token?: string | null },
  ): Promise<Exported>
}

/** The body of a response as text. */
export async function textOf(response: Response): Promise<string> {
  return Buffer.from(await bodyBytes(response)).toString('utf8')
}

/** The body of a response as a JSON object. */
export async function jsonOf(response: Response): Promise<Json> {
  return JSON.parse(await textOf(response)) as Json
}

function merged(target: Json, patch: Json = {}): Json {
  return Object.fromEntries(
    Object.entries({ ...target, ...patch }).filter(([, value]) => value !== undefined),
  )
}

async function assertion(provider: Provider, now: number, deviation: Deviation): Promise<string> {
  const { client = provider.clients.own, alg = 'ES384', header, claims } = deviation
  const keyOf = (owner: SigningClient) => {
    const key = owner.jwks.keys.find((each) => each.alg === alg)
    if (!key) throw new Error(`There is no ${alg} key.`)
    return key
  }
  const good = {
    iss: client.clientId,
    sub: client.clientId,
    aud: tokenUrl,
    exp: Math.floor(now / 1000) + 240,
    jti: randomUUID(),
  }
  return new SignJWT(merged(good, claims))
    .setProtectedHeader(merged({ alg, typ: 'JWT', kid: keyOf(client).kid }, header) as { alg: string })
    .sign(await importJWK(keyOf(deviation.signer ?? client), alg))
}

/** A line's resource; nothing where there is none. */
function parsed(line: string): readonly Resource[] {
  try {
    return [JSON.parse(line) as Resource]
  } catch {
    return []
  }
}

function itemsOf(manifest: Json, list: string): readonly { readonly type: string; readonly url: string }[] {
  const items = manifest[list]
  return Array.isArray(items) ? items.filter((item) => typeof item.url === 'string') : []
}

/** A provider of a dozen patients on trial. */
export async function tryOut(options: ProviderOptions = {}): Promise<Trial> {
  let now = start
  const provider = await createProvider({ population: dozen, baseUrl: base, ...options, now: () => now })
  const tokens = new Map<string, { readonly value: string; readonly until: number }>()

  const send: Trial['send'] = async (method, url, { headers = {}, body, token: given } = {}) => {
    const value = given === undefined ? (options.authorization === false ? null : await token()) : given
    const lines = Object.entries(headers)
    if (value !== null) lines.push(['Authorization', `Bearer ${value}`])
    const request: Request = {
      method,
      url: /^https?:/.test(url) ? url : `${base}/${url}`,
      headers: lines,
      ...(body === undefined ? {} : { body }),
    }
    return provider.handle(request)
  }

  const tokenForm: Trial['tokenForm'] = async (deviation = {}) => {
    const form = merged(
      {
        grant_type: 'client_credentials',
        scope: deviation.scope ?? 'system/*.rs',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertion(provider, now, deviation),
      },
      deviation.form,
    )
    return new URLSearchParams(form as Record<string, string>).toString()
  }

  const askForToken: Trial['askForToken'] = async (deviation) =>
    send('POST', tokenUrl, {
      token: null,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: await tokenForm(deviation),
    })

  const token: Trial['token'] = async (scope = 'system/*.rs', client = provider.clients.own) => {
    const key = `${client.clientId} ${scope}`
    const held = tokens.get(key)
    if (held && held.until > now) return held.value
    const answer = await jsonOf(await askForToken({ scope, client }))
    const value = String(answer.access_token)
    tokens.set(key, { value, until: now + Number(answer.expires_in ?? 300) * 1000 })
    return value
  }

  return {
    provider,
    wait: (seconds) => {
      now += seconds * 1000
    },
    send,
    tokenForm,
    askForToken,
    token,
    export: async (path, { body, prefer = 'respond-async', token: given } = {}) => {
      const as = given === undefined ? {} : { token: given }
      const kickoff = await send(body ? 'POST' : 'GET', path, {
        ...as,
        headers: {
          Accept: 'application/fhir+json',
          Prefer: prefer,
          ...(body ? { 'Content-Type': 'application/fhir+json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      const statusUrl = new URL(headerOf(kickoff, 'content-location') ?? 'none', `${base}/`).href
      const polls: Response[] = []
      while (polls.length < 20 && (polls.length === 0 || [202, 429].includes(polls.at(-1)?.status ?? 0))) {
        polls.push(await send('GET', statusUrl, as))
        now += (Number(headerOf(polls.at(-1) ?? kickoff, 'retry-after')) || 0) * 1000
      }
      const last = polls.at(-1)
      const manifest = last?.status === 200 ? await jsonOf(last) : {}
      const files: Exported['files'][number][] = []
      for (const kind of ['output', 'deleted', 'error'])
        for (const item of itemsOf(manifest, kind)) {
          const response = await send('GET', new URL(item.url, `${base}/`).href, as)
          files.push({ kind, type: item.type, text: await textOf(response), response })
        }
      return {
        kickoff,
        polls,
        manifest,
        files,
        statusUrl,
        resources: files
          .filter(({ kind }) => kind === 'output')
          .flatMap(({ text }) => text.split('\n'))
          .flatMap(parsed),
      }
    },
  }
}
