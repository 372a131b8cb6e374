import { expect, test } from 'vitest'
import { exitCode } from '../model/exit-code.ts'
import type { RunResult, Verdict } from '../model/result.ts'
import { everything } from './fixtures/result.ts'
import { fail, type JudgedRow, runOfRows, unsure } from './fixtures/judged-rows.ts'
import { outcomeSentence } from './headline.ts'

const crash: Verdict = { is: 'error', error: { message: 'judging failed' } }

const own = (of: number, patterns: readonly string[] = []): RunResult['scope'] => ({
  ...{ kind: 'run', levels: [], selection: { patterns, of, suites: ['acme', 'acme-2'] } },
})
const selected: RunResult['scope'] = {
  ...everything.scope,
  selection: { patterns: ['t/*'], of: 1705 },
}

const cheap: RunResult['scope'] = {
  ...everything.scope,
  selection: {
    ...{ patterns: [], of: 1705 },
    leftOut: {
      ...{ maxExports: 2, exports: 3 },
      tests: [{ id: 't/it@group', title: 'It is so', level: 'SHALL', exports: 3 }],
    },
  },
}

function run(rows: readonly JudgedRow[], change: Partial<RunResult> = {}): RunResult {
  return runOfRows(rows, { scope: { kind: 'run', levels: ['group'] }, ...change })
}

const unchecked = {
  profile: 'http://a|1',
  path: 'Patient.name',
  what: 'a-1',
  because: 'its definition is missing',
}
const row = {
  ...{ url: 'http://a', version: '1', title: 'A', type: 'Patient' },
  ...{ claimed: 1, failed: 0, chosen: 0, unmet: 0, seen: [], notSeen: [], notChecked: [unchecked] },
}
const profiled = { of: 'an export', rows: [row, { ...row, url: 'http://b', claimed: 0 }] }

test.each<[string, RunResult, number]>([
  [
    'Conformant at group level: no SHALL requirement is broken, and all applicable SHALL requirements were tested.',
    run([[{ is: 'pass' }]]),
    0,
  ],
  [
    'Conformant at group level: no SHALL requirement is broken, and all applicable SHALL requirements were tested. 1 test of weaker requirements could not be judged.',
    run([[{ is: 'pass' }], [fail, 'MAY'], [unsure, 'SHOULD']]),
    0,
  ],
  [
    'Conformant at group level: no SHALL or SHOULD requirement is broken, and all applicable SHALL and SHOULD requirements were tested.',
    run([[{ is: 'pass' }]], { failOn: 'SHOULD' }),
    0,
  ],
  [
    'Conformant at group level: no SHALL requirement is broken, and all applicable SHALL requirements were tested, except for 1 rule of profiles.',
    run([[{ is: 'pass' }]], { profiles: [profiled, { ...profiled, of: 'another export' }] }),
    0,
  ],
  [
    'Conformant at group level, except for 1 known failure.',
    run([[{ is: 'pass' }], [fail, 'SHALL', 'known']]),
    0,
  ],
  ['Not conformant: 1 SHALL requirement is broken.', run([[fail], [fail, 'SHOULD']]), 1],
  [
    'Not conformant: 1 SHALL and 2 SHOULD requirements are broken.',
    run([[fail], [fail, 'SHOULD'], [fail, 'SHOULD']], { failOn: 'SHOULD' }),
    1,
  ],
  [
    'Not conformant: 1 test passes, but is listed as known failing.',
    run([[{ is: 'pass' }, 'SHALL', 'known']]),
    1,
  ],
  [
    'Not conformant: 1 SHALL requirement is broken, and the run was interrupted.',
    run([[fail]], { complete: false }),
    1,
  ],
  [
    'Inconclusive: no requirement is broken, but 1 test of SHALL requirements could not be judged.',
    run([[{ is: 'pass' }], [unsure], [unsure, 'MAY']]),
    3,
  ],
  [
    'Inconclusive: the run was interrupted; no requirement is broken so far.',
    run([[{ is: 'pass' }]], { complete: false }),
    3,
  ],
  [
    'Inconclusive: no requirement is broken, but there are warnings.',
    run([[{ is: 'pass' }]], { warnings: ['a.ndjson cannot be read: permission is denied.'] }),
    3,
  ],
  ['This result is not valid: bulkcheck itself failed on 1 test.', run([[crash], [unsure]]), 4],
  [
    '2 of 1,705 tests selected: all pass. This says nothing about conformance. Patterns: `t/*`.',
    run([[{ is: 'pass' }], [{ is: 'pass' }]], { scope: selected }),
    0,
  ],
  [
    '2 of 1,705 tests selected: all applicable tests pass. This says nothing about conformance. Patterns: `t/*`.',
    run([[{ is: 'pass' }], [{ is: 'not-applicable', reason: { kind: 'no-group' } }]], { scope: selected }),
    0,
  ],
  [
    '2 of 1,705 tests selected: no SHALL requirement is broken. This says nothing about conformance. Patterns: `t/*`.',
    run([[{ is: 'pass' }], [fail, 'SHOULD']], { scope: selected }),
    0,
  ],
  [
    '2 tests of your own suites: all pass. This says nothing about conformance. Suites: `acme`, `acme-2`.',
    run([[{ is: 'pass' }], [{ is: 'pass' }]], { scope: own(2) }),
    0,
  ],
  [
    '1 of 2 tests of your own suites selected: all pass. This says nothing about conformance. Patterns: `t/*`. Suites: `acme`, `acme-2`.',
    run([[{ is: 'pass' }]], { scope: own(2, ['t/*']) }),
    0,
  ],
  [
    'Not conformant: 1 SHALL requirement is broken. 1 test of your own suites. Suites: `acme`, `acme-2`.',
    run([[fail]], { scope: own(1) }),
    1,
  ],
  [
    '1 of 2 tests of your own suites selected: all pass. This says nothing about conformance. Suites: `acme`, `acme-2`. Left out: 1 test, which needs 3 more exports (--max-exports 2).',
    run([[{ is: 'pass' }]], {
      scope: { ...cheap, selection: { ...cheap.selection, ...own(2).selection, of: 2, patterns: [] } },
    }),
    0,
  ],
  [
    '1 of 1,705 tests selected: all pass. This says nothing about conformance. Left out: 1 test, which needs 3 more exports (--max-exports 2).',
    run([[{ is: 'pass' }]], { scope: cheap }),
    0,
  ],
  [
    'Not conformant: 1 SHALL requirement is broken. 1 of 1,705 tests selected. Left out: 1 test, which needs 3 more exports (--max-exports 2).',
    run([[fail]], { scope: cheap }),
    1,
  ],
  [
    'Not conformant: 1 SHALL requirement is broken. 1 of 1,705 tests selected. Patterns: `t/*`.',
    run([[fail]], { scope: selected }),
    1,
  ],
  [
    'Inconclusive: no requirement is broken, but 1 test of SHALL requirements could not be judged. 2 of 1,705 tests selected. Patterns: `t/*`.',
    run([[{ is: 'pass' }], [unsure]], { scope: selected }),
    3,
  ],
  [
    'Conformant at system and group levels, except for 1 known failure and 2 inconclusive tests listed as known failing.',
    run([[{ is: 'pass' }], [fail, 'SHALL', 'known'], [unsure, 'SHALL', 'known'], [unsure, 'MAY', 'known']], {
      scope: { kind: 'run', levels: ['system', 'group'] },
    }),
    0,
  ],
  [
    'These files conform, except for 1 known failure.',
    run([[{ is: 'pass' }], [fail, 'SHALL', 'known']], { scope: { kind: 'files', levels: ['group'] } }),
    0,
  ],
  [
    '2 of 1,705 tests selected: no SHALL requirement is broken. This says nothing about conformance. Patterns: `t/*`. Excused: 1 known failure.',
    run([[{ is: 'pass' }], [fail, 'SHALL', 'known']], { scope: selected }),
    0,
  ],
  [
    'Not conformant: 1 SHALL requirement is broken. Excused: 1 known failure.',
    run([[fail], [fail, 'SHALL', 'known']]),
    1,
  ],
  [
    'These files conform: no SHALL requirement is broken, and all applicable SHALL requirements were tested.',
    run([[{ is: 'pass' }]], { scope: { kind: 'files', levels: [] } }),
    0,
  ],
  ['Inconclusive: no test passed.', run([[unsure, 'SHOULD']]), 3],
])('%s', (text, result, code) => {
  expect(outcomeSentence(result)).toBe(text)
  expect(exitCode(result)).toBe(code)
})

test('a requirement that fails at several levels of export is counted once', () => {
  const twice = run([[fail]])
  expect(outcomeSentence({ ...twice, tests: [...twice.tests, ...twice.tests] })).toContain(
    '1 SHALL requirement is broken',
  )
})
