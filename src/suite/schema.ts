import { type ProbeKind, evidenceParts, partNames } from '../model/parts.ts'
import { claimableFeatures, derivedFeatures, exportLevels, narrowingParameters } from '../model/target.ts'
import { probeDefinitions } from './probe-schema.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Names of suites, tests and probes. */
const namePattern = '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'

const name = { type: 'string', pattern: namePattern, title: 'kebab-case, such as `kick-off`' }

/** The JSON Schema (draft 2020-12) of a suite file, written in the words of a vocabulary. */
export function suiteSchema(vocabulary: Vocabulary): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'suite',
    description:
      'A bulkcheck suite: probes of a Bulk Data Provider, and tests of the evidence that they bring back.',
    type: 'object',
    required: ['suite', 'title', 'tests'],
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'The schema of this file, for editors.' },
      suite: { ...name, description: 'Id of the suite, unique over all files; test ids begin with it.' },
      title: { $ref: '#/$defs/title', description: 'What the suite is about.' },
      levels: {
        $ref: '#/$defs/levels',
        description:
          'Export levels at which every test is judged. An export without `level` is performed at each of them.',
      },
      requires: {
        $ref: '#/$defs/features',
        description: 'Features that a target must claim for any of these tests to apply.',
      },
      requests: probes('request', 'Single HTTP requests relative to the FHIR base.'),
      tokens: probes(
        'token',
        'Access token requests. `{}` is the correct request; each key is a deviation from it.',
      ),
      connections: probes('connection', 'TLS handshakes with hosts of the server.'),
      exports: probes(
        'export',
        'Exports, from kick-off to files and deletion, performed as far as tests use them. `{}` is the plain export.',
      ),
      tests: {
        description: 'Claims about the evidence of the probes, each about one requirement.',
        type: 'object',
        minProperties: 1,
        propertyNames: name,
        additionalProperties: { $ref: '#/$defs/test' },
      },
    },
    $defs: { ...testDefinitions(vocabulary), ...probeDefinitions(vocabulary) },
  }
}

function probes(kind: string, description: string): object {
  return {
    description,
    type: 'object',
    propertyNames: name,
    additionalProperties: { $ref: `#/$defs/${kind}` },
  }
}

function testDefinitions(vocabulary: Vocabulary): Record<string, object> {
  const listed = (kind: ProbeKind) => partNames(kind).join(', ')
  const on = {
    type: 'string',
    pattern: `^[^.]+\\.[^.]+$`,
    title: 'a probe and a part of it, such as `plain.kickoff`',
    description: `A probe and a part of its evidence: requests have ${listed('request')}; token requests have ${listed('token')}; connections have ${listed('connection')}; exports have ${listed('export')}.`,
    examples: Object.keys(evidenceParts).map((part) => `plain.${part}`),
  }
  return {
    title: { type: 'string', minLength: 1, pattern: '[^.\\s]\\s*$', title: 'a claim without a full stop' },
    levels: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { enum: exportLevels, title: 'level' },
    },
    features: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { enum: [...claimableFeatures, ...derivedFeatures], title: 'feature' },
    },
    test: {
      title: 'test',
      description:
        'One claim: the target meets the requirement if this part of the evidence satisfies these checks.',
      type: 'object',
      required: ['title', 'requirement', 'on', 'expect'],
      additionalProperties: false,
      properties: {
        title: { $ref: '#/$defs/title', description: 'A claim about the server without a full stop.' },
        requirement: {
          type: 'string',
          minLength: 1,
          description: 'Id of the requirement that this test proves.',
        },
        requires: {
          $ref: '#/$defs/features',
          description: 'Features that a target must claim for this test to apply.',
        },
        unless: {
          $ref: '#/$defs/features',
          description: 'The test applies only to targets that do not claim these features.',
        },
        levels: {
          $ref: '#/$defs/levels',
          description: 'The levels of the suite at which the test runs; default: all.',
        },
        undecidedIfNarrowedBy: {
          type: 'array',
          minItems: 1,
          uniqueItems: true,
          items: { enum: narrowingParameters, title: 'parameter' },
          description:
            'Parameters by which the setting `baseline` must not narrow the exports: otherwise the test is inconclusive.',
        },
        given: {
          description: 'If one of these claims is not met, the test does not apply.',
          anyOf: [
            { $ref: '#/$defs/claim' },
            { type: 'array', minItems: 1, items: { $ref: '#/$defs/claim' } },
          ],
        },
        on: { ...on },
        expect: { $ref: '#/$defs/expect' },
      },
    },
    claim: {
      title: 'claim',
      type: 'object',
      required: ['on', 'expect'],
      additionalProperties: false,
      properties: { on: { ...on }, expect: { $ref: '#/$defs/expect' } },
    },
    expect: {
      title: 'check',
      description: 'Checks and their parameters. All must be satisfied.',
      type: 'object',
      minProperties: 1,
      additionalProperties: false,
      properties: Object.fromEntries(
        vocabulary.checks.map((check) => [
          check.name,
          { ...check.params, description: described(check.states, check.params) },
        ]),
      ),
    },
  }
}

function described(states: string, params: Readonly<Record<string, unknown>>): string {
  return typeof params.description === 'string' ? `${states} ${params.description}` : states
}
