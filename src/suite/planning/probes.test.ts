import { describe, expect, it } from 'vitest'
import { planLines, loadFixtures, probeNamed, suiteOf } from '../fixtures/plans.ts'
import { fixtureTarget } from '../fixtures/target.ts'
import { plan } from './plan.ts'

describe('sharing, depth and order', () => {
  it('performs what two suites describe once, as far as either reads it, level by level, with controls', () => {
    const { probes, tests } = plan(loadFixtures('planned'), fixtureTarget)
    expect(planLines({ probes, tests })).toMatchInlineSnapshot(`
      [
        "token good",
        "token unsigned, control token good",
        "token replayed, control token good",
        "export plain@system → kickoff",
        "export anonymous@system → kickoff, control export plain@system",
        "export plain@patient → files",
        "export anonymous@patient → kickoff, control export plain@patient",
        "export changed@patient → files, control export plain@patient",
        "export plain@group → files",
        "export anonymous@group → kickoff, control export plain@group",
        "export changed@group → files, control export plain@group",
      ]
    `)
    expect(tests.map((it) => it.id)).toMatchInlineSnapshot(`
      [
        "kick-off/accepted@system",
        "kick-off/accepted@patient",
        "kick-off/accepted@group",
        "kick-off/anonymous-refused@system",
        "kick-off/anonymous-refused@patient",
        "kick-off/anonymous-refused@group",
        "since/leaves-out@patient",
        "since/leaves-out@group",
        "token/unsigned",
        "token/replayed",
      ]
    `)
  })

  it('names probes by their content and references by the keys of what they name', () => {
    const { probes } = plan(loadFixtures('planned/since.yaml'), fixtureTarget, {
      only: ['since/leaves-out@patient'],
    })
    expect(probes.map((it) => it.key)).toMatchInlineSnapshot(`
      [
        "export {"level":"patient"}",
        "export {"level":"patient","parameters":{"_since":{"from":"export {\\"level\\":\\"patient\\"}","pick":"medianLastUpdated"}}}",
      ]
    `)
  })

  it('places every probe after what it needs', () => {
    const { probes } = plan(loadFixtures('planned', 'acme'), fixtureTarget)
    const seen = new Set<string>()
    for (const probe of probes) {
      for (const key of probe.after) expect(seen).toContain(key)
      if (probe.control) expect(seen).toContain(probe.control)
      seen.add(probe.key)
    }
    expect(seen.size).toBe(probes.length)
  })

  it('gives the same plan for the same input', () => {
    expect(JSON.stringify(plan(loadFixtures('planned'), fixtureTarget))).toBe(
      JSON.stringify(plan(loadFixtures('planned'), fixtureTarget)),
    )
  })

  it.each([
    ['plain.kickoff', 'kickoff'],
    ['plain.progress', 'completion'],
    ['plain.completion', 'completion'],
    ['plain.failure', 'completion'],
    ['plain.files', 'files'],
    ['plain.resources', 'files'],
    ['plain.index', 'files'],
  ])('%s takes an export to %s', (on, upTo) => {
    const probe = probeNamed(
      plan(suiteOf('exports: { plain: {} }', [on]), fixtureTarget),
      'export plain@system',
    )
    expect(probe.kind === 'export' && probe.intent).toEqual({ upTo, again: false, polling: 'polite' })
  })

  it('asks for the status again only if a test reads it', () => {
    const probe = probeNamed(
      plan(suiteOf('exports: { plain: {} }', ['plain.completion-again']), fixtureTarget),
      'export plain@system',
    )
    expect(probe.kind === 'export' && probe.intent).toEqual({
      upTo: 'completion',
      again: true,
      polling: 'polite',
    })
  })

  it('takes polling and deletion from what the export says, and never shares it with one that says nothing', () => {
    const probes =
      'exports: { plain: {}, gone: { delete: complete }, hurried: { polling: { burst: 5 } }, again: { again: once } }'
    const it = plan(
      suiteOf(probes, ['plain.kickoff', 'gone.deletion', 'hurried.throttled', 'again.kickoff']),
      fixtureTarget,
    )
    expect(it.probes.map((probe) => probe.kind === 'export' && probe.intent)).toEqual([
      { upTo: 'kickoff', again: false, polling: 'polite' },
      { upTo: 'completion', again: false, polling: 'polite', delete: 'complete' },
      { upTo: 'completion', again: false, polling: { burst: 5 } },
      { upTo: 'kickoff', again: false, polling: 'polite' },
    ])
  })

  it('puts what waits for a token to expire last', () => {
    const probes =
      'exports: { stale: { authorization: expired }, plain: {}, typed: { parameters: { _type: Patient } } }'
    expect(
      planLines(plan(suiteOf(probes, ['stale.kickoff', 'plain.kickoff', 'typed.kickoff']), fixtureTarget)).at(
        -1,
      ),
    ).toMatch(/^export stale/)
  })

  it('puts late requests after what waits for a token to expire', () => {
    const probes =
      'exports: { stale: { authorization: expired }, plain: {} }\nrequests: { later: { get: { from: plain, pick: statusUrl }, late: true } }'
    expect(
      planLines(plan(suiteOf(probes, ['later.response', 'stale.kickoff', 'plain.kickoff']), fixtureTarget)),
    ).toEqual([
      'export plain@system → completion',
      'export stale@system → kickoff, control export plain@system',
      'request later@system, control export plain@system',
    ])
  })

  it('spools the body of a request whose lines are read', () => {
    const probes =
      'exports: { plain: {} }\nrequests: { file: { get: { from: plain, pick: firstOutputUrl } } }'
    const read = (part: string) =>
      probeNamed(plan(suiteOf(probes, [`file.${part}`]), fixtureTarget), 'request file@system')
    expect(read('resources')).toMatchObject({ spooled: true })
    expect(read('response')).toMatchObject({ spooled: false })
  })

  it('tells probes of the same name apart by their suites', () => {
    const both = suiteOf('exports: { anonymous: { authorization: garbage } }', ['anonymous.kickoff'])
    const other = loadFixtures('planned/kick-off.yaml')
    const labels = plan(
      { ...both, suites: [...both.suites, ...other.suites] },
      { ...fixtureTarget, levels: ['system'] },
    ).probes
    expect(labels.map((it) => it.label)).toEqual([
      'export plain@system',
      'export small/anonymous@system',
      'export kick-off/anonymous@system',
    ])
  })
})

describe('requests that an export is performed for alone', () => {
  const cancel =
    'exports: { plain: {} }\nrequests: { look: { get: { from: plain, pick: statusUrl }, when: running, authorization: none } }'

  it('performs a request with `when: running` during an instance of its own, after the correct one', () => {
    const it = plan(suiteOf(cancel, ['look.response', 'plain.files']), fixtureTarget)
    expect(planLines(it)).toMatchInlineSnapshot(`
      [
        "export plain@system for request look → kickoff",
        "request look@system with correct credentials",
        "request look@system, control request look@system with correct credentials",
        "export plain@system → files",
      ]
    `)
    const own = probeNamed(it, 'export plain@system for request look')
    const look = probeNamed(it, 'request look@system')
    const correct = probeNamed(it, 'request look@system with correct credentials')
    expect(own.kind === 'export' && own.during).toEqual([correct.key, look.key])
    expect(correct).toMatchObject({ during: own.key })
    expect(look).toMatchObject({
      during: own.key,
      control: correct.key,
      spec: { get: { from: own.key, pick: 'statusUrl' } },
    })
  })

  it('asks for what is there before it asks for what is not', () => {
    const probes =
      'exports: { plain: {} }\nrequests: { nothing: { get: { from: plain, pick: unknownStatusUrl } } }'
    const it = plan(suiteOf(probes, ['nothing.response']), fixtureTarget)
    expect(planLines(it)).toEqual([
      'export plain@system → completion',
      'request nothing@system with the real URL',
      'request nothing@system, control request nothing@system with the real URL',
    ])
  })

  it('lets a job be deleted before a delete request is to be refused', () => {
    const probes =
      'exports: { other: { again: x } }\nrequests: { cancel: { delete: { from: other, pick: statusUrl }, when: running, authorization: none } }'
    const it = plan(suiteOf(probes, ['cancel.response']), fixtureTarget)
    expect(it.probes.map((probe) => probe.label)).toEqual([
      'the plain export@system',
      'export other@system for request cancel',
      'request cancel@system',
    ])
  })

  it('gives a request that deletes an instance that is complete', () => {
    const probes =
      'exports: { plain: {} }\nrequests: { cancel: { delete: { from: plain, pick: statusUrl } } }'
    const it = plan(suiteOf(probes, ['plain.files', 'cancel.response']), fixtureTarget)
    expect(planLines(it)).toEqual([
      'export plain@system → files',
      'export plain@system for request cancel → completion',
      'request cancel@system',
    ])
    expect(it.probes.map((probe) => probe.kind === 'export' && probe.during)).toEqual([[], [], false])
  })

  it('shares an export among requests that leave it as it is, and completes it for them', () => {
    const probes = 'exports: { plain: {} }\nrequests: { look: { get: { from: plain, pick: statusUrl } } }'
    expect(planLines(plan(suiteOf(probes, ['look.response']), fixtureTarget))).toEqual([
      'export plain@system → completion',
      'request look@system',
    ])
  })

  it('sends a request with `when: deleted` to an export that is deleted', () => {
    const probes =
      'exports: { gone: { delete: running } }\nrequests: { look: { get: { from: gone, pick: statusUrl }, when: deleted, authorization: none } }'
    expect(planLines(plan(suiteOf(probes, ['look.response']), fixtureTarget))).toEqual([
      'export gone@system → kickoff',
      'request look@system, control export gone@system',
    ])
  })
})

describe('positive controls', () => {
  it.each([
    ['exports: { it: { authorization: none } }', 'it.kickoff', 'the plain export@system'],
    ['exports: { it: { parameters: { _type: Patient } } }', 'it.kickoff', 'the plain export@system'],
    ['exports: { it: { headers: { Prefer: null } } }', 'it.kickoff', 'the plain export@system'],
    ['exports: { it: { method: POST } }', 'it.kickoff', 'the plain export@system'],
    ['exports: { it: { delete: running } }', 'it.deletion', undefined],
    ['exports: { it: { polling: { burst: 2 } } }', 'it.throttled', undefined],
    ['tokens: { it: { claims: { aud: x } } }', 'it.response', 'the correct token request'],
    ['tokens: { it: { signedWith: own-key, spoilt: false } }', 'it.response', undefined],
    [
      'requests: { it: { get: Patient, authorization: none } }',
      'it.response',
      'request it with correct credentials',
    ],
    ['requests: { it: { get: Patient } }', 'it.response', undefined],
    ['requests: { it: { get: metadata, authorization: none } }', 'it.response', undefined],
    [
      'requests: { it: { get: Patient, authorization: own, headers: { Accept: text/html } } }',
      'it.response',
      undefined,
    ],
  ])('%s', (probes, on, control) => {
    const it = plan(suiteOf(probes, [on]), fixtureTarget)
    expect(it.probes.find((probe) => probe.key === it.probes.at(-1)?.control)?.label).toBe(control)
  })

  it('of an assertion sent twice is the first one', () => {
    const it = plan(
      suiteOf('tokens: { odd: { claims: { a: 1 } }, twice: { replays: odd } }', ['twice.response']),
      fixtureTarget,
    )
    const odd = probeNamed(it, 'token odd')
    expect(probeNamed(it, 'token twice')).toMatchObject({
      control: odd.key,
      spec: { replays: odd.key },
      after: [odd.key],
    })
  })
})
