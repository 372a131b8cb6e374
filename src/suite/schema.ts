import { type ProbeKind, evidenceParts, partNames } from '../model/parts.ts'
import { claimableFeatures, derivedFeatures, exportLevels } from '../model/target.ts'
import { probeDefinitions } from './probe-schema.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Names of suites, tests and probes. */
const namePattern = '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'

const name = { type: 'string', pattern: namePattern, title: 'kebab-case, like `kick-off`' }

/** The JSON Schema (draft 2020-12) of a suite file, written in the words of a vocabulary. */
export function suiteSchema(vocabulary: Vocabulary): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'suite',
    description: 'A bulkcheck suite: things to do to a Bulk Data Provider, and claims about what came back.',
    type: 'object',
    required: ['suite', 'title', 'tests'],
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'The schema of this file, for editors.' },
      suite: { ...name, description: 'Id of the suite, unique over all files; test ids begin with it.' },
      title: { $ref: '#/$defs/title', description: 'What the suite is about, for people.' },
      levels: {
        $ref: '#/$defs/levels',
        description:
          'Export levels at which every test is asked. An export without a `level` is performed at each.',
      },
      requires: {
        $ref: '#/$defs/features',
        description: 'What a target has to claim for any of these tests to apply.',
      },
      requests: probes('request', 'Single HTTP requests relative to the FHIR base.'),
      tokens: probes(
        'token',
        'Access token requests. `{}` is the correct one; anything else says how it deviates.',
      ),
      exports: probes(
        'export',
        'Exports, from kick-off to files and deletion, taken as far as tests read them. `{}` is the plain one.',
      ),
      tests: {
        description: 'Claims about what the probes brought, each about one requirement.',
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
    title: 'a probe and a part of it, like `plain.kickoff`',
    description: `A probe and a part of it: requests have ${listed('request')}; token requests have ${listed('token')}; exports have ${listed('export')}.`,
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
        'One claim: this requirement holds if these checks are satisfied by this part of what a probe brought.',
      type: 'object',
      required: ['title', 'requirement', 'on', 'expect'],
      additionalProperties: false,
      properties: {
        title: { $ref: '#/$defs/title', description: 'A claim about the server without a full stop.' },
        requirement: {
          type: 'string',
          minLength: 1,
          description: 'Id of the one requirement that this proves.',
        },
        requires: {
          $ref: '#/$defs/features',
          description: 'What a target has to claim for this test to apply.',
        },
        unless: { $ref: '#/$defs/features', description: 'The test is for targets that do not claim these.' },
        levels: { $ref: '#/$defs/levels', description: "Only at these of the suite's levels." },
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
