import { expect, test } from 'vitest'
import type { PreflightCause, PreflightProblem } from '../model/preflight.ts'
import { hostileTexts } from './fixtures/hostile.ts'
import { everything } from './fixtures/result.ts'
import { htmlReporter } from './html/page.ts'
import { parseResult } from './json/parser.ts'
import { jsonReporter } from './json/reporter.ts'
import { junitReporter } from './junit/reporter.ts'
import { preflightText } from './preflight-text.ts'
import { textReporter } from './text/reporter.ts'

const causes: readonly PreflightCause[] = [
  { kind: 'clock-skew', seconds: 600 },
  { kind: 'clock-skew', seconds: -75 },
  { kind: 'wrong-key' },
  { kind: 'wrong-secret' },
  { kind: 'wrong-token' },
  { kind: 'client-not-registered', value: 'me' },
  { kind: 'grant-not-enabled', value: 'me' },
  { kind: 'wrong-audience', value: 'https://fhir.example/token' },
  { kind: 'wrong-audience', value: 'https://fhir.example/issuer', isSet: true },
  { kind: 'wrong-token-url', value: 'https://fhir.example/token' },
  { kind: 'scope', value: 'system/*.rs' },
  { kind: 'scope', value: 'system/*.rs', granted: 'system/Patient.rs' },
  { kind: 'token-fields', names: [] },
  { kind: 'token-fields', names: ['resource', 'audience'] },
  { kind: 'claims', names: ['tenant'] },
  { kind: 'no-token-url' },
  { kind: 'no-authorization' },
  { kind: 'no-permission' },
  { kind: 'no-such-group', value: 'g' },
  { kind: 'level-not-offered', levels: ['system', 'patient', 'group'] },
  { kind: 'base-path', value: 'https://fhir.example/r4' },
  { kind: 'host-name', value: 'fhir.example' },
  { kind: 'not-running' },
  { kind: 'network' },
  { kind: 'gateway', names: [] },
  { kind: 'gateway', names: ['X-Gateway-Key'] },
  { kind: 'baseline', names: ['_type', 'patient'] },
]

const refused: PreflightProblem = {
  step: 'token',
  request: { method: 'POST', url: 'https://fhir.example/token' },
  outcome: { exchange: 1, status: 400 },
  error: 'invalid_client',
  description: 'The signature does not verify.',
  causes,
}

test('every cause is a sentence', () => {
  expect(preflightText(refused)).toMatchInlineSnapshot(`
    {
      "answer": "400 invalid_client: The signature does not verify.",
      "asked": "POST https://fhir.example/token (exchange 1)",
      "causes": [
        "The server's clock is 600 s ahead of the clock of this machine, and a client assertion is valid only for minutes: correct the wrong clock.",
        "The server's clock is 75 s behind the clock of this machine, and a client assertion is valid only for minutes: correct the wrong clock.",
        "The private key is not the one that is registered for this client, or the registered key set lacks its kid.",
        "The secret or password is wrong, or the server wants the secret in another place (\`method\`: basic or post).",
        "The access token has expired, or is meant for another server.",
        "The client me is not registered, or not active yet: check \`clientId\` (--client-id) and the registration.",
        "The client me may not use the grant client_credentials: the server's operator has to enable it.",
        "The client assertion has the audience https://fhir.example/token (the token endpoint), but the server expects another: set \`aud\` (--aud).",
        "The client assertion has the audience https://fhir.example/issuer, but the server expects another: check \`aud\` (--aud).",
        "https://fhir.example/token is not the token endpoint of this server: check \`tokenUrl\` (--token-url).",
        "The server does not accept the scope system/*.rs for this client: set \`scope\` (--scope), or let the server's operator grant more.",
        "The request asked for the scope system/*.rs, but the server granted system/Patient.rs: set \`scope\` (--scope), or let the server's operator grant more.",
        "The server expects further fields in token requests, such as \`resource\` or \`audience\`: set \`tokenFields\`.",
        "The server expects other values of the form fields resource and audience, or further fields: check \`tokenFields\`.",
        "The server expects other values of the claims tenant, or further claims: check \`claims\`.",
        "The server does not publish its token endpoint: set \`tokenUrl\` (--token-url).",
        "The server requires authorization, and none is configured: set \`authorization\` (--auth).",
        "This client has no permission to export: the server's operator has to grant it.",
        "The server has no Group g, or hides it from this client: check \`groupId\` (--group-id).",
        "The CapabilityStatement does not declare the export operation at system, patient and group level: remove the levels that the server does not offer from \`levels\` (--level).",
        "https://fhir.example/r4 is not the base of the FHIR API: check the path of \`fhirUrl\` (--url).",
        "The host name fhir.example is misspelled: check \`fhirUrl\` (--url) and \`tokenUrl\` (--token-url).",
        "The server is not running, or listens on another port.",
        "A firewall, a proxy (HTTPS_PROXY, NO_PROXY) or a missing VPN blocks the connection to the server.",
        "A gateway in front of the server requires its own credentials in every request: set \`headers\`.",
        "A gateway in front of the server expects other values of the header fields X-Gateway-Key, or further credentials: check \`headers\`.",
        "The server does not accept the parameters _type and patient in kick-off requests, or not these values: check \`baseline\`.",
      ],
      "lead": "A wrong setting can cause this, so no test fails because of it. bulkcheck did not send the requests that depend on it. Likely causes, the likeliest first:",
      "title": "The token endpoint refused the first token request with 400 and the code invalid_client.",
    }
  `)
})

test('levels are listed', () => {
  const it = { ...refused, step: 'kick-off', levels: ['system', 'patient', 'group'] } as const
  expect(preflightText(it).title).toBe(
    'The server refused the first kick-off request at system, patient and group level with 400 and the code invalid_client.',
  )
})

const console = textReporter({ color: false, verbose: false, width: 100 })
const withProblem = (it: PreflightProblem) => ({ ...everything, preflight: [it] })

test('the block is at the top of console and page, one error in JUnit, and survives the way through JSON', () => {
  const result = withProblem(refused)
  expect(console(result).split('\n\n')[1]).toMatchInlineSnapshot(`
    "SETUP  The token endpoint refused the first token request with 400 and the code invalid_client.
      asked     POST https://fhir.example/token (exchange 1)
      answer    400 invalid_client: The signature does not verify.
                A wrong setting can cause this, so no test fails because of it. bulkcheck did not send
                the requests that depend on it. Likely causes, the likeliest first:
      causes    1. The server's clock is 600 s ahead of the clock of this machine, and a client assertion is valid only for minutes: correct the wrong clock.
                2. The server's clock is 75 s behind the clock of this machine, and a client assertion is valid only for minutes: correct the wrong clock.
                3. The private key is not the one that is registered for this client, or the registered key set lacks its kid.
                4. The secret or password is wrong, or the server wants the secret in another place (\`method\`: basic or post).
                5. The access token has expired, or is meant for another server.
                6. The client me is not registered, or not active yet: check \`clientId\` (--client-id) and the registration.
                7. The client me may not use the grant client_credentials: the server's operator has to enable it.
                8. The client assertion has the audience https://fhir.example/token (the token endpoint), but the server expects another: set \`aud\` (--aud).
                9. The client assertion has the audience https://fhir.example/issuer, but the server expects another: check \`aud\` (--aud).
                10. https://fhir.example/token is not the token endpoint of this server: check \`tokenUrl\` (--token-url).
                11. The server does not accept the scope system/*.rs for this client: set \`scope\` (--scope), or let the server's operator grant more.
                12. The request asked for the scope system/*.rs, but the server granted system/Patient.rs: set \`scope\` (--scope), or let the server's operator grant more.
                13. The server expects further fields in token requests, such as \`resource\` or \`audience\`: set \`tokenFields\`.
                14. The server expects other values of the form fields resource and audience, or further fields: check \`tokenFields\`.
                15. The server expects other values of the claims tenant, or further claims: check \`claims\`.
                16. The server does not publish its token endpoint: set \`tokenUrl\` (--token-url).
                17. The server requires authorization, and none is configured: set \`authorization\` (--auth).
                18. This client has no permission to export: the server's operator has to grant it.
                19. The server has no Group g, or hides it from this client: check \`groupId\` (--group-id).
                20. The CapabilityStatement does not declare the export operation at system, patient and group level: remove the levels that the server does not offer from \`levels\` (--level).
                21. https://fhir.example/r4 is not the base of the FHIR API: check the path of \`fhirUrl\` (--url).
                22. The host name fhir.example is misspelled: check \`fhirUrl\` (--url) and \`tokenUrl\` (--token-url).
                23. The server is not running, or listens on another port.
                24. A firewall, a proxy (HTTPS_PROXY, NO_PROXY) or a missing VPN blocks the connection to the server.
                25. A gateway in front of the server requires its own credentials in every request: set \`headers\`.
                26. A gateway in front of the server expects other values of the header fields X-Gateway-Key, or further credentials: check \`headers\`.
                27. The server does not accept the parameters _type and patient in kick-off requests, or not these values: check \`baseline\`."
  `)
  expect(htmlReporter(result)).toContain(
    '<dd><code>400 invalid_client: The signature does not verify.</code></dd>',
  )
  expect(junitReporter(result)).toContain('name="run/preflight The server can be tested"')
  expect(parseResult(jsonReporter(result))).toEqual({ result })
})

test.each(hostileTexts)('%j of a server stays data', (payload) => {
  const result = withProblem({ ...refused, error: payload, description: payload })
  const text = console(result)
  expect(text).not.toMatch(/[\p{Cf}\p{Cs}]|(?!\n)\p{Cc}/u)
  for (const line of text.split('\n')) expect(line.trimStart()).not.toMatch(/^::|##\w*\[/)
  expect(htmlReporter(result)).not.toContain('<script>alert')
  expect(junitReporter(result)).not.toMatch(/[\p{Cf}\p{Cs}]/u)
})
