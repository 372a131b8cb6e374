import { expect, test } from 'vitest'
import { matrix } from './fixtures/kill-matrix.ts'
import { matrixTable, renderMatrix } from './kill-matrix.ts'

const clean = {
  ...matrix,
  faults: matrix.faults.slice(0, 1),
  configurations: matrix.configurations.slice(0, 1),
  survivors: [],
  collateral: [],
  untouched: [],
  stale: [],
}

test('the text of a matrix', async () => {
  await expect(matrixTable(matrix)).toMatchFileSnapshot('fixtures/kill-matrix.txt')
})

test('a matrix that holds says so', () => {
  expect(matrixTable(clean)).toContain('Every fault is noticed (1), and nothing else fails.')
  expect(renderMatrix(clean)).toContain('<h1 class="good">')
})

const [honest] = clean.configurations
const inconclusive = honest && { ...honest, inconclusive: 1, accused: ['kick-off/accepted@group'] }

test.each([
  ['survivors', { survivors: ['x'] }, '1 fault unnoticed.'],
  ['collateral', { collateral: ['x'] }, '1 fault that breaks other tests too.'],
  ['tests that no fault breaks', { untouched: ['x', 'y'] }, '2 tests that no fault breaks.'],
  ['stale lists', { stale: ['x'] }, '1 stale list of `also` or `lacks`.'],
  [
    'an honest configuration whose tests are inconclusive',
    { configurations: inconclusive ? [inconclusive] : [] },
    '1 honest configuration with tests that do not pass, but should.',
  ],
])('a matrix with %s does not hold, and its sentence says why', (_, change, sentence) => {
  expect(renderMatrix({ ...clean, ...change })).toContain('<h1 class="bad">')
  expect(
    matrixTable({ ...clean, ...change })
      .trimEnd()
      .split('\n')
      .at(-1),
  ).toBe(sentence)
})

test('each cell says what the fault did to the requirement', () => {
  const rows = [
    ...renderMatrix(matrix).matchAll(/<tr><th scope="row">([^<]+)<\/th>((?:<td.*?<\/td>)+)<\/tr>/g),
  ]
  const cells = Object.fromEntries(
    rows.map(([, name, tds]) => [
      name,
      [...(tds ?? '').matchAll(/<td(?: class="([^"]*)")?>/g)].map(([, tone]) => tone),
    ]),
  )
  expect(cells).toMatchObject({
    'kickoff.content-location.absolute': ['k-killed', undefined, undefined],
    'kickoff.content-location.same-origin': ['k-also', undefined, undefined],
    'manifest.count': [undefined, undefined, 'k-killed'],
    'manifest.request': [undefined, 'k-survived', 'k-collateral'],
  })
})

test('names are text', () => {
  const [fault] = matrix.faults
  if (!fault) throw new Error('the fixture has faults')
  expect(renderMatrix({ ...matrix, faults: [{ ...fault, id: '<script>x' }] })).toContain('&lt;script&gt;x')
})
