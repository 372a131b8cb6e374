import type { FaultResult, KillMatrix } from '../model/kill-matrix.ts'
import { visible } from './visible-text.ts'
import { renderPage } from './html/page.ts'
import { countOf, joinList } from './standings.ts'

/** One page: the matrix of requirements and faults, and each fault with the tests that notice it. */
export function renderMatrix(matrix: KillMatrix): string {
  const { configurations, survivors, untouched, collateral, stale } = matrix
  // In other releases only tests of what it breaks judge a fault: the lists name what they miss.
  const faults = matrix.faults.filter(({ id }, at) => matrix.faults.findIndex((it) => it.id === id) === at)
  const killed = faults.filter((fault) => fault.killed).length
  return renderPage('matrix', {
    headline: verdictOf(matrix),
    tone: holds(matrix) ? 'good' : 'bad',
    tiles: [
      { number: killed, label: 'faults noticed', tone: 'pass' },
      { number: survivors.length, label: 'faults unnoticed', tone: survivors.length > 0 ? 'fail' : 'none' },
      {
        number: collateral.length,
        label: 'faults that break other tests too',
        tone: collateral.length > 0 ? 'fail' : 'none',
      },
      {
        number: untouched.length,
        label: 'tests that no fault breaks',
        tone: untouched.length > 0 ? 'unsure' : 'none',
      },
    ],
    lists: [
      ...matrixList(survivors, {
        anchor: 'survivors',
        title: 'Unnoticed faults',
        lead: 'The fault breaks a requirement, but no test of that requirement failed.',
      }),
      ...matrixList(untouched, {
        anchor: 'untouched',
        title: 'Tests that no fault breaks',
        lead: 'Nothing shows that these tests can fail.',
      }),
      ...matrixList(stale, {
        anchor: 'stale',
        title: 'Stale lists',
        lead: 'These faults and configurations list a requirement in `also` or `lacks`, but no test of that requirement failed.',
      }),
    ],
    configurations: configurations.map((it) => ({ ...it, stale: it.stale.join(', ') })),
    legend: Object.values(marks).filter(({ mark }) => mark !== ''),
    rows: rowsOf(faults),
    faults: faults.map((fault) => ({
      ...fault,
      ...(fault.killed
        ? { mark: '✓', word: 'noticed', tone: 'pass' }
        : { mark: '✗', word: 'unnoticed', tone: 'fail' }),
      also: fault.also.join(', '),
      collateral: fault.collateral.join(', '),
      stale: fault.stale.join(', '),
    })),
    footer: `${countOf(matrix.tests.length, 'test')}, ${countOf(faults.length, 'fault')}, ${countOf(configurations.length, 'honest configuration')}.`,
  })
}

/** The matrix for a terminal: a line for each configuration and fault, and a summary. */
export function matrixTable(matrix: KillMatrix): string {
  const { faults, configurations, untouched } = matrix
  const width = Math.max(0, ...faults.map((fault) => fault.id.length))
  const isOfReleases = new Set(faults.map((it) => it.id)).size < faults.length
  const wide = Math.max(0, ...configurations.map(({ name }) => name.length))
  return [
    ...configurations.flatMap((it) => [
      `${it.accused.length > 0 ? '✗' : '✓'} ${visible(it.name).padEnd(wide)}  ${it.passed} passed, ${it.failed} failed, ${it.inconclusive} inconclusive, ${it.notApplicable} not applicable`,
      ...detail('these tests should pass', it.accused),
      ...detail('listed in `lacks`, but no test of the requirement failed', it.stale),
    ]),
    '',
    ...faults.flatMap((fault) => [
      `${fault.killed ? '✓' : '✗'} ${visible(fault.id).padEnd(width)}  ${fault.level.padEnd(6)}  ${visible(fault.breaks)}${isOfReleases ? `  ${fault.release}` : ''}`,
      ...detail('tests of these requirements fail too, but should pass', fault.collateral),
      ...detail('listed in `also`, but no test of the requirement failed', fault.stale),
    ]),
    '',
    ...(untouched.length > 0
      ? [
          `${countOf(untouched.length, 'test')} that no fault breaks:`,
          ...untouched.map((id) => `    ${visible(id)}`),
          '',
        ]
      : []),
    verdictOf(matrix),
    '',
  ].join('\n')
}

function detail(what: string, ids: readonly string[]): readonly string[] {
  return ids.length > 0 ? [`    ${what}: ${visible(joinList(ids))}`] : []
}

const marks = {
  killed: { mark: '●', text: 'broken by the fault and noticed', tone: 'k-killed' },
  survived: { mark: '✗', text: 'broken by the fault and not noticed', tone: 'k-survived' },
  also: { mark: '○', text: 'also fails, as the fault lists in `also`', tone: 'k-also' },
  collateral: { mark: '!', text: 'fails, although it should not', tone: 'k-collateral' },
  none: { mark: '', text: '', tone: '' },
} as const

function rowsOf(faults: readonly FaultResult[]): readonly object[] {
  const requirements = new Set([
    ...faults.map((fault) => fault.breaks),
    ...faults.flatMap((fault) => fault.failing),
  ])
  return [...requirements].map((requirement) => ({
    requirement,
    cells: faults.map((fault) => marks[cellKind(requirement, fault)]),
  }))
}

function cellKind(requirement: string, fault: FaultResult): keyof typeof marks {
  if (requirement === fault.breaks) return fault.killed ? 'killed' : 'survived'
  if (!fault.failing.includes(requirement)) return 'none'
  return fault.collateral.includes(requirement) ? 'collateral' : 'also'
}

function matrixList(
  items: readonly string[],
  text: { anchor: string; title: string; lead: string },
): readonly object[] {
  return items.length > 0 ? [{ ...text, count: items.length, items }] : []
}

/** Whether every fault is noticed, by tests of its requirement only, nothing honest fails, and no list is stale. */
function holds({ survivors, collateral, untouched, stale, configurations }: KillMatrix): boolean {
  return (
    [survivors, collateral, untouched, stale].every((it) => it.length === 0) &&
    configurations.every((it) => it.accused.length === 0)
  )
}

function verdictOf(matrix: KillMatrix): string {
  const { faults, survivors, collateral, untouched, stale, configurations } = matrix
  if (holds(matrix)) return `Every fault is noticed (${faults.length}), and nothing else fails.`
  const unfair = configurations.filter((it) => it.accused.length > 0)
  return `${joinList([
    ...(survivors.length > 0 ? [`${countOf(survivors.length, 'fault')} unnoticed`] : []),
    ...(collateral.length > 0
      ? [
          `${countOf(collateral.length, 'fault')} that ${collateral.length === 1 ? 'breaks' : 'break'} other tests too`,
        ]
      : []),
    ...(untouched.length > 0 ? [`${countOf(untouched.length, 'test')} that no fault breaks`] : []),
    ...(stale.length > 0 ? [`${countOf(stale.length, 'stale list')} of \`also\` or \`lacks\``] : []),
    ...(unfair.length > 0
      ? [`${countOf(unfair.length, 'honest configuration')} with tests that do not pass, but should`]
      : []),
  ])}.`
}
