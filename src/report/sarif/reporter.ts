import type { Level } from '../../model/requirement.ts'
import type { CitedRequirement, Reporter, RunResult, TestResult } from '../../model/result.ts'
import { webUrl } from '../../model/http/url.ts'
import type { Finding } from '../../model/judgement.ts'
import { requirementEntries, type RequirementEntry } from '../findings/requirement-entries.ts'
import { outcomeSentence } from '../headline.ts'
import { fileOf, locationText } from '../location.ts'
import { testsWithStanding } from '../standings.ts'
import { diagnosticsStamp } from '../tested-setting.ts'
import { truncate, visible } from '../visible-text.ts'

const levels: Readonly<Record<Level, 'error' | 'warning' | 'note'>> = {
  SHALL: 'error',
  SHOULD: 'warning',
  MAY: 'note',
}

/**
 * SARIF 2.1.0: a rule for each requirement that is not met, and a result for each kind of finding, at the file and line of an NDJSON file, or else at
 * the line of the suite that has the test. Known failures are suppressed results.
 */
export const sarifReporter: Reporter = (result, { findings } = {}) => {
  const entries = (['broken', 'warning', 'note', 'known'] as const).flatMap((standing) =>
    requirementEntries(testsWithStanding(result, standing), findings).map((entry) => ({
      entry,
      isKnown: standing === 'known',
    })),
  )
  const rules = new Map(entries.map(({ entry }) => [entry.requirement.id, ruleOf(entry)]))
  const stamp = diagnosticsStamp(result)
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        // First, since later commands know a report by its beginning.
        automationDetails: { id: `bulkcheck/${result.target.ig}/`, guid: result.run },
        tool: { driver: { name: 'bulkcheck', version: result.harness, rules: [...rules.values()] } },
        invocations: [
          {
            executionSuccessful: result.complete && !result.tests.some((it) => it.verdict.is === 'error'),
            startTimeUtc: result.startedAt,
            endTimeUtc: new Date(Date.parse(result.startedAt) + result.durationMs).toISOString(),
            exitCodeDescription: outcomeSentence(result),
          },
        ],
        ...(stamp === undefined ? {} : { properties: { diagnostics: stamp } }),
        columnKind: 'utf16CodeUnits',
        results: entries.flatMap(({ entry, isKnown }) => resultsOf(entry, isKnown, result)),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function ruleOf({ requirement, title }: RequirementEntry): object {
  const { id, level, statement, note } = requirement
  const help = specification(requirement)
  return {
    id,
    shortDescription: { text: visible(title) },
    fullDescription: { text: visible(statement) },
    ...(help ? { helpUri: help } : {}),
    help: {
      text: [statement, ...(note ? [`Our reading: ${note}`] : []), requirement.url].map(visible).join('\n'),
    },
    defaultConfiguration: { level: levels[level] },
    properties: { tags: [level] },
  }
}

function specification({ url }: CitedRequirement): string | undefined {
  return webUrl(url)
}

function resultsOf(
  { requirement, findings, listed }: RequirementEntry,
  isKnown: boolean,
  result: RunResult,
): readonly object[] {
  const { id, level } = requirement
  const justification = listed.length > 0 ? { justification: visible(truncate(listed.join(' '), 2000)) } : {}
  return findings.map((finding) => {
    const { message, expected, actual, where, times, seen } = finding
    return {
      ruleId: id,
      level: levels[level],
      message: {
        text: visible(
          truncate(
            `${message} Expected: ${expected}. Actual: ${actual}. Seen in ${locationText(result, where)}.`,
            2000,
          ),
        ),
      },
      occurrenceCount: times,
      locations: seen.map((it) => locationOf(it.test, it.finding, result)),
      ...(isKnown ? { suppressions: [{ kind: 'external', ...justification }] } : {}),
      properties: { tests: seen.map((it) => it.test.id) },
    }
  })
}

function locationOf({ source }: TestResult, { where }: Finding, result: RunResult): object {
  const file = fileOf(result, where.exchange)
  const line = where.part && 'line' in where.part ? where.part.line : undefined
  const [path, startLine] = file ? [file.name, line] : [source.file, source.line]
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(path) },
      ...(startLine === undefined ? {} : { region: { startLine } }),
    },
  }
}

/** A path as a URI reference. */
function uriOf(path: string): string {
  const steps = visible(path.replaceAll('\\', '/')).split('/').map(encodeURIComponent)
  return path.startsWith('/') ? `file://${steps.join('/')}` : steps.join('/')
}
