import { UsageError } from '../../config/error.ts'
import { splitTestId } from '../../model/plan.ts'
import { igReleases, type Requirement } from '../../model/requirement.ts'
import { didYouMean } from '../../model/spelling.ts'
import type { Suite, Test } from '../../model/suite.ts'
import { faults } from '../../reference/faults/registry.ts'
import { joinList } from '../../report/standings.ts'
import type { LoadedSuites } from '../../suite/load.ts'
import type { Command } from '../command.ts'
import { verdictOptions } from '../options/judging.ts'
import { loadNamedSuites } from '../options/suites.ts'

/** `bulkcheck explain`: what a requirement says, which tests it has, and which faults show that they can fail. */
export const explainCommand: Command = {
  usage: 'explain <name>',
  describe:
    'Explain a requirement or a test: the sentence, our reading, how it is tested, which faults break it',
  positionals: { name: { type: 'string', describe: 'Requirement or test, e.g. type/filters@patient' } },
  options: { suites: verdictOptions.suites },
  examples: [
    ['$0 explain export.params.type.filters', 'Explain a requirement'],
    ['$0 explain type/filters', 'Explain a test and its requirement'],
  ],
  async perform(args, io) {
    const name = args.text('name') ?? ''
    const loaded = await loadNamedSuites(args, io.cwd)
    const tests = testsOf(loaded)
    const { row } = splitTestId(name)
    const named = tests.find((it) => it.id === row)
    const requirement = loaded.requirements.get(named?.test.requirement ?? name)
    if (!requirement) {
      const known = [...loaded.requirements.keys(), ...tests.map((it) => it.id)]
      throw new UsageError(`no requirement or test is named ${name}${didYouMean(name, known)}`)
    }
    const shown = named ? [named] : tests.filter((it) => it.test.requirement === requirement.id)
    io.out(
      `${[...requirementLines(requirement), ...testLines(shown), ...faultLines(requirement)].join('\n')}\n`,
    )
    return 0
  },
}

interface NamedTest {
  readonly id: string
  readonly test: Test
  readonly suite: Suite
  readonly place: string
}

function testsOf({ suites }: LoadedSuites): readonly NamedTest[] {
  return suites.flatMap(({ suite, file, lineOf }) =>
    Object.entries(suite.tests).map(([name, test]) => ({
      ...{ id: `${suite.suite}/${name}`, test, suite },
      place: `${file}:${lineOf(name)}`,
    })),
  )
}

function requirementLines(requirement: Requirement): readonly string[] {
  const { id, level, statement, note, cites, at, untested } = requirement
  return [
    `${level}  ${id}`,
    '',
    statement,
    ...(note ? ['', `Our reading: ${note}`] : []),
    ...(cites ? ['', `Builds on ${cites}`] : []),
    '',
    'Specification',
    ...igReleases.flatMap((it) => (at[it] ? [`  ${it.padEnd(14)}  ${at[it]}`] : [])),
    ...(untested ? ['', `No test: ${untested}`] : []),
  ]
}

function testLines(tests: readonly NamedTest[]): readonly string[] {
  return tests.flatMap(({ id, test, suite, place }) => {
    const levels = test.levels ?? suite.levels ?? []
    const claims = [test, ...[test.given ?? []].flat()]
    return [
      '',
      `Test ${id}  ${test.title}`,
      `  ${place}${levels.length > 0 ? `, at ${joinList(levels)} level` : ''}`,
      ...claims.flatMap(({ on, expect }, at) => [
        `  ${at === 0 ? 'reads' : 'given'}   ${on}${probeText(on, suite)}`,
        `  expects ${JSON.stringify(expect)}`,
      ]),
    ]
  })
}

/** The probe that a claim reads, as the suite has it. */
function probeText(on: string, { requests, tokens, connections, exports }: Suite): string {
  const name = on.split('.')[0] ?? ''
  const probe = [requests, tokens, connections, exports]
    .map((it) => it?.[name])
    .find((it) => it !== undefined)
  return probe === undefined ? '' : `, where ${name} is ${JSON.stringify(probe)}`
}

function faultLines({ id }: Requirement): readonly string[] {
  const broken = faults.filter((it) => it.breaks === id)
  if (broken.length === 0) return []
  return [
    '',
    'Faults that break it; to watch one, run `bulkcheck serve --fault NAME`',
    ...broken.map((it) => `  ${it.id}${it.release ? `  (release ${it.release})` : ''}`),
  ]
}
