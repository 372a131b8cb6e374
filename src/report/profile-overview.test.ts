import { expect, test } from 'vitest'
import type { ProfileRow } from '../model/fhir/profile-coverage.ts'
import type { RunResult } from '../model/result.ts'
import { everything } from './fixtures/result.ts'
import { htmlReporter } from './html/page.ts'
import { jsonReporter } from './json/reporter.ts'
import { textReporter } from './text/reporter.ts'
import { parseResult } from './json/parser.ts'

const row = (title: string, more: Partial<ProfileRow> = {}): ProfileRow => ({
  ...{ url: `https://example.org/${title}`, version: '1.0.0', title, type: 'Observation' },
  ...{ claimed: 0, failed: 0, chosen: 0, unmet: 0, seen: [], notSeen: [], notChecked: [] },
  ...more,
})
const notChecked = [
  {
    profile: 'https://example.org/Weight|1.0.0',
    path: 'Observation.code',
    what: 'https://example.org/codes',
    because: 'no package contains its codes',
  },
]
const rows = [
  row('Weight', {
    ...{ claimed: 1204, failed: 3, seen: ['Observation.status'], notSeen: ['Observation.code'], notChecked },
  }),
  row('<Height>', {
    ...{ chosen: 12, seen: ['a'], notSeen: ['b', 'c', 'd', 'Observation.e\u001b[31m'], url: 'javascript:1' },
  }),
  row('Nowhere'),
]
const result: RunResult = {
  ...everything,
  profiles: [
    { of: 'export everything@system', rows, notes: ['2 resources claim \u001b[31m a <profile>.'] },
    { of: 'export everything@patient', rows: [row('Weight', { claimed: 1, failed: 1 })] },
  ],
}
const text = (verbose: boolean) => textReporter({ color: false, verbose, width: 100 })(result)

test('a summary tells of each profile with resources what was seen of it', () => {
  const [, table = ''] = text(false).split('\n\nProfiles in ')
  expect(table.split('\n\n')[0]?.split('\n')).toEqual([
    'export everything@system',
    '  claimed failed   chosen  unmet  supported',
    '    1,204      3        -      -     1 of 2  Weight 1.0.0',
    '                                             not seen: Observation.code',
    '        -      -       12      -     1 of 5  <Height> 1.0.0',
    '1 more profile had no resources',
    '1 rule of these profiles could not be checked; --verbose lists them',
    '2 resources claim \\u{1b}[31m a <profile>.',
    'export everything@patient: 1 profile, 1 resource that does not conform; --verbose lists them',
  ])
})

test('it tells everything if asked to, and nothing of it acts on a terminal', () => {
  const overview = text(true)
  expect(overview).toContain(
    'not checked: Observation.code, https://example.org/codes, because no package contains its codes\n',
  )
  expect(overview).toMatch(/^Profiles in export everything@patient$/m)
  expect(overview).toContain('not seen: d\n')
  expect(overview).not.toContain('\u001b')
})

test('a page lists what is missing, folded, and links to profiles of the web alone', () => {
  const page = htmlReporter(result)
  expect(page).toContain('<a href="https://example.org/Weight" rel="noopener noreferrer">Weight 1.0.0</a>')
  expect(page).toContain('<summary>1 rule is not checked</summary>')
  expect(page).toContain('<li><code>Observation.code</code> https://example.org/codes, because no package')
  expect(page).toContain('<summary>4 must-support elements not seen</summary>')
  expect(page).toContain('<summary>1 profile had no resources</summary>')
  expect(page).toContain('&lt;Height&gt; 1.0.0')
  expect(page).toContain('a &lt;profile&gt;.</p>')
  expect(page).not.toContain('href="javascript')
  expect(htmlReporter(everything)).not.toContain('id="profiles"')
})

test('the json report of profiles is a result', () => {
  expect(parseResult(jsonReporter(result))).toEqual({ result: JSON.parse(JSON.stringify(result)) })
})
