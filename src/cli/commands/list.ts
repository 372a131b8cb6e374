import { costOf, type Plan, type PlannedTest } from '../../model/plan.ts'
import type { Target } from '../../model/target.ts'
import { costText, leftOutLines, leftOutText } from '../../report/cost-text.ts'
import { reasonText } from '../../report/reason-text.ts'
import { baselineText } from '../../report/tested-setting.ts'
import { testedBaseline } from '../../run/tested-setting.ts'
import { plan } from '../../suite/planning/plan.ts'
import type { Command } from '../command.ts'
import { targetOptions } from '../options/target-and-run.ts'
import { loadSettings, loadSuitesOf } from '../load-settings.ts'
import { planOptionsFrom } from '../test-selection.ts'

/** `bulkcheck list`: what a run would do, and what it would leave out and why. */
export const listCommand: Command = {
  usage: 'list [patterns..]',
  describe: 'List the tests and probes of a run, its cost, and why tests do not apply; sends nothing',
  positionals: {
    patterns: {
      type: 'string',
      describe: 'Tests, suites or requirements to list, with * for any text (default: all)',
    },
  },
  options: { ...targetOptions, json: { type: 'boolean', describe: 'Print JSON' } },
  examples: [
    ['$0 list', 'List tests for the server in harness.config.ts, or else the reference provider'],
    ["$0 list 'token/*' --json", 'List one suite as JSON'],
  ],
  async perform(args, io) {
    const { settings } = await loadSettings(args, io, 'describe')
    const loaded = await loadSuitesOf(settings)
    const { target } = settings
    const whole = plan(loaded, target)
    const planned = plan(loaded, target, planOptionsFrom(args, loaded, whole.tests, settings))
    for (const it of settings.warnings) io.err(`warning: ${it}\n`)
    io.out(
      args.flag('json')
        ? `${JSON.stringify(machineReadable(planned, target), null, 2)}\n`
        : readable(planned, target, settings.findsRelease),
    )
    return 0
  },
}

function readable(planned: Plan, target: Target, findsRelease = false): string {
  const applicable = planned.tests.filter((it) => !it.notApplicable)
  const lines = [`${target.name}, Bulk Data ${target.ig}, levels ${target.levels.join(', ')}`]
  if (findsRelease)
    lines.push(`a run with --ig auto first finds the release; this is the plan for ${target.ig}`)
  if (target.baseline) lines.push(`exports narrowed by ${baselineText(testedBaseline(target.baseline))}`)
  let suite = ''
  for (const test of planned.tests) {
    if (test.suite.id !== suite) lines.push('', `${test.suite.id}  ${test.suite.title}`)
    suite = test.suite.id
    lines.push(...describe(test))
  }
  lines.push('', `${planned.probes.length} probes`)
  planned.probes.forEach((probe, at) => {
    const depth = probe.kind === 'export' ? `  → ${probe.intent.upTo}` : ''
    lines.push(`${String(at + 1).padStart(4)} ${probe.label}${depth}`)
  })
  lines.push('', `${applicable.length} of ${planned.tests.length} tests apply`)
  const most = planned.featureProbes ? 'at most ' : ''
  lines.push(`cost: ${most}${costText(costOf(planned.probes))}`)
  const { leftOut } = planned
  if (leftOut) lines.push('', `left out: ${leftOutText(leftOut)}`, ...leftOutLines(leftOut))
  return `${lines.join('\n')}\n`
}

function describe(test: PlannedTest): readonly string[] {
  const mark = test.notApplicable ? '-' : test.undecided ? '?' : '+'
  const line = `  ${mark} ${test.requirement.level.padEnd(6)} ${test.id}  ${test.title}`
  if (test.undecided) return [line, `             cannot tell, because ${reasonText(test.undecided)}`]
  if (test.awaits && !test.notApplicable) return [line, `             ${conditionText(test.awaits)}`]
  return test.notApplicable
    ? [line, `             does not apply, because ${reasonText(test.notApplicable)}`]
    : [line]
}

function conditionText({ requires, unless }: NonNullable<PlannedTest['awaits']>): string {
  const conditions = [
    ...requires.map((it) => `offers \`${it}\``),
    ...unless.map((it) => `does not offer \`${it}\``),
  ]
  return `applies if the server ${conditions.join(' and ')}; the run detects this`
}

function machineReadable(planned: Plan, target: Target): object {
  return {
    target: {
      name: target.name,
      fhirUrl: target.fhirUrl,
      ig: target.ig,
      levels: target.levels,
      supports: target.supports,
      ...(target.baseline ? { baseline: testedBaseline(target.baseline) } : {}),
    },
    cost: costOf(planned.probes),
    ...(planned.leftOut ? { leftOut: planned.leftOut } : {}),
    tests: planned.tests.map(
      ({ id, title, suite, requirement, level, source, notApplicable, undecided, claim, given }) => ({
        id,
        title,
        suite: suite.id,
        requirement: requirement.id,
        conformance: requirement.level,
        ...(level ? { level } : {}),
        reads: [...new Set([claim, ...given].map((it) => it.probe))],
        source,
        ...(notApplicable ? { notApplicable: reasonText(notApplicable) } : {}),
        ...(undecided ? { undecided: reasonText(undecided) } : {}),
      }),
    ),
    probes: planned.probes.map(({ key, label, kind, after, control }) => ({
      key,
      label,
      kind,
      after,
      ...(control ? { control } : {}),
    })),
  }
}
