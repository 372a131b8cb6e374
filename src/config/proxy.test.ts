import { expect, test } from 'vitest'
import { proxyFrom } from './proxy.ts'

const both = { HTTPS_PROXY: 'http://proxy.example:3128', HTTP_PROXY: 'http://plain.example:8080' }

test.each<[string, Record<string, string>, string | undefined]>([
  ['https://fhir.example/r4', both, 'http://proxy.example:3128/'],
  ['http://fhir.example/r4', both, 'http://plain.example:8080/'],
  ['https://fhir.example/r4', { https_proxy: 'http://lower.example:1' }, 'http://lower.example:1/'],
  ['https://fhir.example/r4', {}, undefined],
  ['http://127.0.0.1:4000/fhir', both, undefined],
  ['http://localhost:4000/fhir', both, undefined],
  ['http://[::1]:4000/fhir', both, undefined],
  ['https://fhir.example/r4', { ...both, NO_PROXY: '*' }, undefined],
  ['https://fhir.example/r4', { ...both, NO_PROXY: 'other.example, fhir.example' }, undefined],
  ['https://a.fhir.example/r4', { ...both, NO_PROXY: '.fhir.example' }, undefined],
  ['https://notfhir.example/r4', { ...both, NO_PROXY: 'fhir.example' }, 'http://proxy.example:3128/'],
  ['https://fhir.example/r4', { ...both, NO_PROXY: 'fhir.example:8443' }, 'http://proxy.example:3128/'],
  ['https://fhir.example:8443/r4', { ...both, NO_PROXY: 'fhir.example:8443' }, undefined],
])('%s with %j goes through %s', (url, variables, proxy) => {
  expect(proxyFrom(variables)(new URL(url))).toBe(proxy)
})

test('a proxy that is no URL is refused without showing it', () => {
  expect(() => proxyFrom({ HTTPS_PROXY: 'user:hush@proxy' })).toThrow(
    /^HTTPS_PROXY is not the http or https URL of a proxy$/,
  )
})
