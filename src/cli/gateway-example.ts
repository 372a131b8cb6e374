import type { Provider } from '../reference/provider.ts'

type Demands = NonNullable<Provider['description']['gateway']>

/** What a client of a provider behind a gateway needs: environment variables, and a configuration file. Its passwords are published on purpose. */
export function gatewayExample({ header, basic, tokenBasic, tokenFields, aud, claims }: Demands): string[] {
  const user = basic ?? tokenBasic
  const credentials = user && { user: user.user, passwordEnv: 'GATEWAY_PASSWORD' }
  const authorization = basic
    ? { basic: credentials }
    : { ...(credentials ? { tokenBasic: credentials } : {}), tokenFields, aud, claims }
  const target = {
    ...(header ? { headers: { [header.name]: { env: 'GATEWAY_KEY' } } } : {}),
    authorization,
  }
  return [
    'The provider is behind a gateway. Put this into harness.config.json:',
    ...JSON.stringify({ target }, null, 2)
      .split('\n')
      .map((it) => `  ${it}`),
    ...(header ? [`  export GATEWAY_KEY=${header.value}`] : []),
    ...(user ? [`  export GATEWAY_PASSWORD=${user.password}`] : []),
    '',
  ]
}
