import { describe, expect, test } from 'vitest'
import { optionalParameters } from '../reference/conduct/configurations.ts'
import { honestProviders, runAgainst } from './provider-runs.ts'
import { undeclared } from '../reference/variations/undeclared.ts'
import { ignoring } from './fixtures/undeclared-features.ts'
import type { Gateway } from '../reference/variations/definition.ts'

const small = { gzip: false, levels: ['group'] } as const

const verdicts = ({ tests }: Awaited<ReturnType<typeof runAgainst>>) =>
  tests.map((it) => [it.id, it.verdict.is])

describe('features that nobody claims', () => {
  test.each(
    [
      'default 2.0.0',
      'default 1.0.1',
      'no-post 2.0.0',
      'few-parameters 1.0.1',
      'fewest-parameters 2.0.0',
    ].map((name) => [name, honestProviders.find((it) => it.name === name)] as const),
  )('a server that declares nothing is tested like one that declares: %s', async (_, provider) => {
    const { release, configuration } = provider ?? {}
    const setting = { ...(release ? { release } : {}), configuration: { ...configuration, ...small } }
    const declares = await runAgainst(setting)
    const silent = await runAgainst({ ...setting, gateway: undeclared })
    expect(verdicts(silent)).toEqual(verdicts(declares))
    expect(silent.jobs).toEqual(declares.jobs)
    expect(silent.tested?.features?.map((it) => it.learned)).not.toContain('declared')
  })

  test('a parameter that is ignored is judged as one that is not supported', async () => {
    const result = await runAgainst({
      configuration: small,
      gateway: ignoring('_type', '_elements', '_typeFilter'),
    })
    expect(result.tested?.features).toEqual(
      expect.arrayContaining([
        { name: '_type', learned: 'ignored' },
        { name: '_elements', learned: 'ignored' },
      ]),
    )
    const failing = result.tests.filter(({ verdict }) => verdict.is === 'fail').map((it) => it.requirement.id)
    expect(failing).toContain('export.params.type.unsupported-param')
    expect(failing).toContain('export.params.elements.unsupported')
    expect(failing).not.toContain('export.params.type.filters')
    expect(result.tests.find((it) => it.id === 'type/filters@group')?.verdict).toEqual({
      is: 'not-applicable',
      reason: { kind: 'feature-not-offered', feature: '_type', how: 'ignored' },
    })
  })

  test('what is claimed and refused does not vanish', async () => {
    const result = await runAgainst({
      configuration: { ...small, parameters: optionalParameters.filter((it) => it !== '_typeFilter') },
      target: { supports: ['_type', '_since', '_typeFilter'] },
      only: ['type-filter/*', 'type/*'],
    })
    const verdictOf = (id: string) => result.tests.find((it) => it.id === id)?.verdict
    const reason = { kind: 'offer-refused', feature: '_typeFilter', level: 'group', by: 'claim' }
    expect(verdictOf('type-filter/filters@group')).toMatchObject({ is: 'inconclusive', reason })
    expect(verdictOf('type-filter/with-since@group')).toMatchObject({ is: 'inconclusive', reason })
    expect(verdictOf('type/filters@group')).toEqual({ is: 'pass' })
  })

  test('where every kick-off is refused, a refusal says nothing about features', async () => {
    const refusing: Gateway = async (request, pass) =>
      request.url.includes('$export')
        ? { status: 403, headers: [['Content-Type', 'application/fhir+json']] }
        : undeclared(request, pass)
    const { tests } = await runAgainst({ configuration: small, gateway: refusing, only: ['type/*'] })
    const verdictOf = (id: string) => tests.find((it) => it.id === id)?.verdict
    expect(verdictOf('type/filters@group')).toMatchObject({ is: 'inconclusive', cause: { kind: 'refused' } })
    expect(verdictOf('type/unsupported-param@group')).toMatchObject({ is: 'inconclusive' })
  })

  test('what the release requires waits for no claim', async () => {
    const { tests, tested } = await runAgainst({
      configuration: small,
      target: { supports: [], findsFeatures: false },
      only: ['since/*'],
    })
    expect(tests.find((it) => it.id === 'since/filters@group')?.verdict).toEqual({ is: 'pass' })
    expect(tested?.features).toContainEqual({ name: '_since', learned: 'mandatory' })
  })

  test('a claim is what counts', async () => {
    const { tests } = await runAgainst({
      configuration: small,
      target: { supports: ['_type'], findsFeatures: false },
      only: ['type-filter/*'],
    })
    expect(tests.find((it) => it.id === 'type-filter/filters@group')?.verdict).toEqual({
      is: 'not-applicable',
      reason: { kind: 'feature-missing', feature: '_typeFilter' },
    })
  })

  test('a selection finds out with its own probes, and sends nothing else', async () => {
    const { tests, exchanges } = await runAgainst({
      configuration: small,
      only: ['since/*'],
      release: '1.0.1',
    })
    expect(tests.find((it) => it.id === 'since/filters@group')?.verdict).toEqual({ is: 'pass' })
    expect(exchanges.filter((it) => it.request.url.endsWith('/metadata'))).toEqual([])
  })
})
