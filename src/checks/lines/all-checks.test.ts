import { expect, test } from 'vitest'
import { line } from '../fixtures/evidence.ts'
import { deletedFileChecks } from './deleted-files.ts'
import { ndjsonChecks } from './ndjson.ts'
import { referenceChecks } from './references.ts'
import { resourceChecks } from './resources.ts'
import { structureChecks } from './structure.ts'
import { linesChecks } from './registry.ts'
import {
  type FilesOfLines,
  type JudgementRow,
  type JudgementTable,
  gaps,
  judgeRow,
} from '../fixtures/judgement-table.ts'

const patient = { resourceType: 'Patient', id: 'a' }
const of = (...lines: unknown[]): FilesOfLines => [{ lines }]
const file = (given: object, ...lines: unknown[]): FilesOfLines => [{ file: given, lines }]
const on = (files: FilesOfLines, params: unknown = true): JudgementRow => [files, params]
const cut = { ...line('{"resourceType":'), cut: true as const }

test('checks on lines have rows for each conclusion', () => {
  const table: JudgementTable = {
    'json-lines': {
      satisfied: [on(of(patient, '', patient)), on(of('{"a":1}\r'))],
      violated: [on(of('{')), on(of('[{}]')), on(of('{}{}')), on(of('null'))],
      undecided: [on(of()), on(of('', ' ')), on(of(patient, cut))],
    },
    utf8: {
      satisfied: [on(of(patient))],
      violated: [on(of(line('{}', { utf8: false })))],
      undecided: [on(of())],
    },
    'line-endings': {
      satisfied: [on(of('{}\r', '{}'))],
      violated: [on(of('{}\r{}')), on(of('{}\0')), on(of('\u001e{}'))],
      undecided: [on(of())],
    },
    'no-blank-lines': {
      satisfied: [on(of(patient))],
      violated: [on(of(patient, '')), on(of('\r'))],
      undecided: [on(of())],
    },
    'counts-match': {
      satisfied: [on(file({ count: 1 }, patient, '')), on(file({ count: 0 }))],
      violated: [
        on(file({ count: 2 }, patient)),
        on([...file({ count: 1 }, patient), ...file({ count: 0 }, patient)]),
      ],
      undecided: [on(of(patient)), on(file({ count: '1' }, patient))],
    },
    'no-empty-files': {
      satisfied: [on(of(patient))],
      violated: [on([...of(patient), ...of()]), on(of(''))],
      undecided: [on([])],
    },
    'one-type-per-file': {
      satisfied: [on([...of(patient, patient), ...of({ resourceType: 'Goal' })])],
      violated: [on(of(patient, { resourceType: 'Goal' }))],
      undecided: [on(of()), on(of(patient, cut))],
    },
  }
  expect(gaps(ndjsonChecks, table)).toEqual([])
})

const meta = (lastUpdated: unknown) => ({ ...patient, meta: { lastUpdated } })
const refers = (reference: string) => of({ resourceType: 'Observation', subject: { reference } })
const outcome = (...issue: unknown[]) => of({ resourceType: 'OperationOutcome', issue })

const problem = { path: 'Patient.gender', rule: 'binding', expected: 'a code', actual: 'another code' }

test('checks on resources have rows for each conclusion', () => {
  const table: JudgementTable = {
    'is-resource': {
      satisfied: [on(of(patient))],
      violated: [on(of({ id: 'a' })), on(of({ resourceType: 'Patients' }))],
      undecided: [on(of('x'))],
    },
    'typed-as-manifest': {
      satisfied: [on(file({ type: 'Patient' }, patient))],
      violated: [on(file({ type: 'Goal' }, patient))],
      undecided: [on([{ file: { type: undefined as never }, lines: [patient] }]), on(of())],
    },
    'has-id': {
      satisfied: [on(of(patient))],
      violated: [
        on(of({ resourceType: 'Patient' })),
        on(of({ ...patient, id: 'a b' })),
        on(of({ ...patient, id: 'x'.repeat(65) })),
        on(of({ ...patient, id: 7 })),
      ],
      undecided: [on(of())],
    },
    'types-within': {
      satisfied: [on(of(patient), ['Patient'])],
      violated: [on(of(patient), ['Goal'])],
      undecided: [on(of(), ['Goal'])],
    },
    'types-without': {
      satisfied: [on(of(patient), ['Goal'])],
      violated: [on(of(patient), ['Patient'])],
      undecided: [on(of(), ['Goal'])],
    },
    'no-wrapping': {
      satisfied: [on(of(patient)), on(file({ type: 'Binary' }, { resourceType: 'Binary' }))],
      violated: [on(of({ resourceType: 'Bundle' })), on(of({ resourceType: 'Parameters' }))],
      undecided: [on(of())],
    },
    'has-last-updated': {
      satisfied: [on(of(meta('2026-01-01T00:00:00.5+02:00')))],
      violated: [on(of(patient)), on(of(meta('2026-01-01')))],
      undecided: [on(of())],
    },
    'valid-outcomes': {
      satisfied: [on(outcome({ severity: 'warning', code: 'not-supported' }))],
      violated: [
        on(outcome()),
        on(outcome({ severity: 'warning' })),
        on(outcome({ severity: 'x', code: 'invalid' })),
      ],
      undecided: [on(of(patient))],
    },
  }
  expect(gaps(resourceChecks, table)).toEqual([])
})

test('checks on references have rows for each conclusion', () => {
  const table: JudgementTable = {
    'reference-forms': {
      satisfied: [
        'Patient/a',
        'Patient/a/_history/1',
        '#a',
        'https://a.example/fhir/Patient/a',
        'urn:uuid:1',
        'mailto:a@b.example',
      ].map((it) => on(refers(it))),
      violated: ['/Patient/a', 'a', 'Patient?identifier=1', '../Patient/a', 'Person/a/b'].map((it) =>
        on(refers(it)),
      ),
      // Elements of that name that are no References.
      undecided: [
        on(of(patient)),
        on(of({ ...patient, resourceType: 'DetectedIssue', reference: 'leaflet.html' })),
        on(of({ ...patient, education: [{ reference: 'leaflet.html' }] })),
        on(
          of({ ...patient, extension: [{ valueExpression: { language: 'x', reference: 'leaflet.html' } }] }),
        ),
      ],
    },
  }
  expect(gaps(referenceChecks, table)).toEqual([])
})

test('checks on structure and profiles have rows for each conclusion', () => {
  const table: JudgementTable = {
    'valid-structure': {
      satisfied: [on(of({ ...line(patient), problems: [] }))],
      violated: [on(of({ ...line(patient), problems: [problem] }))],
      undecided: [on(of(patient)), on(of())],
    },
    'conforms-to-profiles': {
      satisfied: [
        on(of({ ...line(patient), profiles: { claimed: [], chosen: [problem] } }), 'claimed'),
        on(of({ ...line(patient), profiles: { claimed: [problem], chosen: [] } }), 'chosen'),
      ],
      violated: [on(of({ ...line(patient), profiles: { claimed: [problem], chosen: [] } }), 'claimed')],
      undecided: [
        on(of(patient), 'claimed'),
        on(of({ ...line(patient), profiles: { claimed: [] } }), 'chosen'),
        on(of(), 'chosen'),
      ],
    },
  }
  expect(gaps(structureChecks, table)).toEqual([])
})

const bundle = (...entry: unknown[]) => of({ resourceType: 'Bundle', type: 'transaction', entry })
const request = (url: unknown, method: unknown = 'DELETE') => ({ request: { url, method } })

test('checks on deleted files have rows for each conclusion', () => {
  const table: JudgementTable = {
    'deleted-bundles': {
      satisfied: [on(bundle()), on([...bundle(), ...of('')])],
      violated: [on(of(patient)), on(of({ resourceType: 'Bundle', type: 'collection' })), on(of('x'))],
      undecided: [on(of())],
    },
    'deleted-entries': {
      satisfied: [on(bundle({}))],
      violated: [on(bundle())],
      undecided: [on(of(patient))],
    },
    'deleted-requests': {
      satisfied: [on(bundle(request('Patient/a')))],
      violated: [
        on(bundle({})),
        on(bundle(request(undefined))),
        on(bundle(request('Patient/a'), { request: { url: 'Patient/b' } })),
      ],
      undecided: [on(bundle()), on(of(patient))],
    },
    'deleted-method': {
      satisfied: [on(bundle(request('Patient/a')))],
      violated: [on(bundle(request('Patient/a', 'PUT')))],
      undecided: [on(bundle({})), on(of())],
    },
    'deleted-types': {
      satisfied: [on(bundle(request('Patient/a'), request('https://a.example/fhir/Patient/b')), ['Patient'])],
      violated: [on(bundle(request('Patient/a'), request('Goal/a')), ['Patient'])],
      undecided: [on(bundle({}), ['Patient'])],
    },
  }
  expect(gaps(deletedFileChecks, table)).toEqual([])
})

test('a finding counts, keeps the first place, and quotes nothing', () => {
  const check = ndjsonChecks.find((it) => it.name === 'json-lines')
  const it =
    check &&
    judgeRow(check, on([...of(patient, '{"name":"Mrs Secret"'), ...of('also secret', '{"a":"Secret"')]))
  expect(it).toEqual({
    is: 'violated',
    findings: [
      {
        message: 'A line is not JSON.',
        expected: 'one JSON object on each line',
        actual: 'a line of 20 characters that does not parse',
        where: { exchange: 9, part: { line: 2 } },
        times: 3,
      },
    ],
  })
})

test('no check on lines quotes what it finds', () => {
  const secret = 'Mrs-Secret'
  const lines = [
    { resourceType: secret, id: secret, meta: { lastUpdated: secret }, subject: { reference: secret } },
    {
      resourceType: 'Bundle',
      type: secret,
      entry: [request(secret, secret), { request: { url: 'Goal/1', method: secret } }],
    },
    { resourceType: 'OperationOutcome', issue: [{ severity: secret, code: secret, diagnostics: secret }] },
    `${secret} \r ${secret}`,
  ]
  for (const check of linesChecks) {
    const params = check.name.startsWith('types-with') || check.name === 'deleted-types' ? ['Patient'] : true
    expect(
      JSON.stringify(judgeRow(check, on(file({ type: secret }, ...lines), params))),
      check.name,
    ).not.toContain('Secret')
  }
})
