import { checks, picks } from '../checks/index.ts'
import { type Check, type Context, type LinesCheck, linesCheck } from '../checks/check.ts'
import { choose } from '../config/choose.ts'
import type { Finding } from '../model/judgement.ts'
import {
  type Level,
  type Requirement,
  appliesTo,
  atLeast,
  levels,
  supportedReleases,
} from '../model/requirement.ts'
import { defaultLimits } from '../model/target.ts'
import { readFiles } from '../output/judge.ts'
import { bundledSuites } from '../suite/files.ts'
import { type Loaded, loadSuites } from '../suite/load.ts'
import { referencesIn } from '../suite/references.ts'
import { type Args, type Command, UsageError } from './command.ts'
import type { Io } from './io.ts'
import { type LocalFile, bytesOf, localFiles } from './ndjson-files.ts'

/** `bulkcheck validate`: judges output files without a server. */
export const validateCommand: Command = {
  usage: 'validate <files..>',
  describe: 'Judge NDJSON files that are here already, without a server',
  positionals: { files: { type: 'string', describe: 'Files, or folders with *.ndjson and *.ndjson.gz' } },
  options: {
    ig: {
      type: 'string',
      requiresArg: true,
      describe: `Release of the Bulk Data Access IG: ${supportedReleases.join(', ')}`,
    },
    'fail-on': {
      type: 'string',
      requiresArg: true,
      describe: `Least level that fails: ${levels.join(', ')}; SHALL unless given`,
    },
  },
  examples: [['$0 validate export/', 'All files of a folder']],
  async perform(args, io) {
    const { ig, failOn } = wanted(args)
    const found = await localFiles(args.texts('files'), io.cwd)
    const foreign: LocalFile[] = []
    for (const it of found) if (await isForeign(it)) foreign.push(it)
    const files = found.filter((it) => !foreign.includes(it))
    const rules = rulesOf(loadSuites({ paths: [bundledSuites], vocabulary: { checks, picks } })).filter(
      (it) => appliesTo(it.requirement, ig),
    )
    const tallies = await tallied(files, [...rules, countingRule])
    const counted = tallies[rules.length] as Census
    const broken = rules.flatMap((rule, at) => {
      const judgement = rule.check.judgement(tallies[at], rule.params as never, context(ig))
      return judgement.is === 'violated'
        ? [{ requirement: rule.requirement, findings: judgement.findings }]
        : []
    })
    if (files.length > 0) show({ files, counted, broken, rules: rules.length }, io)
    // What could be judged has been; that there was something else is still the caller's mistake.
    if (foreign.length > 0)
      throw new UsageError(
        foreign
          .map(({ name }) => `${name} is no FHIR NDJSON: none of its lines is a FHIR resource`)
          .join('\n'),
      )
    return broken.some((it) => atLeast(it.requirement.level, failOn)) ? 1 : 0
  },
}

function wanted(args: Args) {
  const problems: string[] = []
  const ig = choose(args.text('ig'), supportedReleases, { name: '--ig', problems }) ?? '2.0.0'
  const failOn: Level = choose(args.text('fail-on'), levels, { name: '--fail-on', problems }) ?? 'SHALL'
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  return { ig, failOn }
}

interface Rule {
  readonly check: LinesCheck<never, unknown>
  readonly params: unknown
  readonly requirement: Requirement
}

/** Checks that have nothing to say where there is no manifest. */
const aboutManifest = ['no-empty-files', 'counts-match']

/** What the bundled suites ask of the lines of a plain export, whatever server it came from. */
function rulesOf(loaded: Loaded): readonly Rule[] {
  const rules = new Map<string, Rule>()
  const byName = new Map<string, Check>(checks.map((it) => [it.name, it]))
  for (const { suite } of loaded.suites)
    for (const test of Object.values(suite.tests)) {
      const [probe = '', part] = test.on.split('.')
      const plain = Object.keys(suite.exports?.[probe] ?? { no: 'export' }).every((it) => it === 'level')
      const requirement = loaded.requirements.get(test.requirement)
      if (part !== 'resources' || !plain || test.given || !requirement) continue
      for (const [name, params] of Object.entries(test.expect)) {
        const check = byName.get(name)
        if (check?.reads !== 'lines' || aboutManifest.includes(name) || referencesIn(params).length > 0)
          continue
        rules.set(`${requirement.id} ${name} ${JSON.stringify(params)}`, { check, params, requirement })
      }
    }
  return [...rules.values()]
}

/** Lines that are not blank, and resources by type, by position of the file. */
type Census = Record<number, { lines: number; types: Record<string, number> }>

const census = linesCheck<true, Census>({
  name: 'census',
  states: 'How many resources of each type there are.',
  params: { const: true },
  empty: () => ({}),
  line(tally, line) {
    if (line.text.trim() === '') return
    const entry = tally[line.file.number] ?? { lines: 0, types: {} }
    tally[line.file.number] = entry
    entry.lines += 1
    const type = (line.json as { resourceType?: unknown } | undefined | null)?.resourceType
    if (typeof type === 'string' && /^[A-Z][A-Za-z]{2,40}$/.test(type))
      entry.types[type] = (entry.types[type] ?? 0) + 1
  },
  merge(a, b) {
    const both: Census = structuredClone(a)
    for (const [file, { lines, types }] of Object.entries(b)) {
      const entry = both[Number(file)] ?? { lines: 0, types: {} }
      both[Number(file)] = entry
      entry.lines += lines
      for (const [type, count] of Object.entries(types)) entry.types[type] = (entry.types[type] ?? 0) + count
    }
    return both
  },
  judgement: () => ({ is: 'satisfied' }),
})

const countingRule = { check: census as LinesCheck<never, unknown>, params: true }

/** What checks tally over files, in their order. */
async function tallied(
  files: readonly LocalFile[],
  asked: readonly Pick<Rule, 'check' | 'params'>[],
): Promise<readonly unknown[]> {
  const byNumber = new Map(files.map((it) => [it.file.number, it]))
  const { tallies } = await readFiles({
    files: files.map((it) => it.file),
    read: (file) => bytesOf(byNumber.get(file.number) ?? { path: '', name: '' }),
    checks: asked.map(({ check, params }) => ({ check, params, kind: 'output' as const })),
    lineBytes: defaultLimits.lineBytes,
  })
  return tallies
}

/** Whether a file has lines and none of them is a resource; its first line mostly tells. */
async function isForeign(it: LocalFile): Promise<boolean> {
  if (await beginsWithResource(it)) return false
  const [counted] = (await tallied([it], [countingRule])) as [Census]
  const entry = counted[it.file.number]
  return entry !== undefined && entry.lines > 0 && Object.keys(entry.types).length === 0
}

async function beginsWithResource(it: LocalFile): Promise<boolean> {
  let text = ''
  for await (const chunk of bytesOf(it)) {
    text += Buffer.from(chunk).toString('latin1')
    if (text.includes('\n') || text.length > defaultLimits.lineBytes) break
  }
  return /^\s*\{/.test(text) && /"resourceType"\s*:\s*"[A-Z]/.test(text.split('\n', 1)[0] ?? '')
}

function context(ig: (typeof supportedReleases)[number]): Context {
  return {
    target: { fhirUrl: '', ig, levels: [], authorized: false },
    evidence: { probe: 'none', because: 'the files were not exported by this run' },
  }
}

interface Shown {
  readonly files: readonly LocalFile[]
  readonly counted: Census
  readonly broken: readonly { readonly requirement: Requirement; readonly findings: readonly Finding[] }[]
  readonly rules: number
}

function show({ files, counted, broken, rules }: Shown, io: Io): void {
  const worst = [...broken].sort(
    (a, b) => levels.indexOf(a.requirement.level) - levels.indexOf(b.requirement.level),
  )
  for (const { requirement, findings } of worst) {
    io.out(`${requirement.level}  ${requirement.id}\n      ${requirement.statement}\n`)
    for (const finding of findings) io.out(`      ${finding.message}\n${details(finding, files)}`)
    io.out('\n')
  }
  const totals = new Map<string, number>()
  for (const { types } of Object.values(counted))
    for (const [type, count] of Object.entries(types)) totals.set(type, (totals.get(type) ?? 0) + count)
  for (const [type, count] of [...totals].sort(([a], [b]) => (a < b ? -1 : 1)))
    io.out(`${String(count).padStart(9)}  ${type}\n`)
  const empty = files.filter(({ file }) => counted[file.number] === undefined)
  for (const { name } of empty) io.out(`${name} holds no lines\n`)
  const resources = [...totals.values()].reduce((sum, it) => sum + it, 0)
  io.out(
    `${resources.toLocaleString('en-US')} resources in ${files.length} files, ${rules} rules, ${broken.length === 0 ? 'no problems' : `${broken.length} broken`}\n`,
  )
}

function details(finding: Finding, files: readonly LocalFile[]): string {
  const { where } = finding
  const name = files.find((it) => it.file.exchange === where.exchange)?.name ?? 'a file'
  const line = where.part && 'line' in where.part ? `:${where.part.line}` : ''
  const more = finding.times > 1 ? `, and ${finding.times - 1} more times` : ''
  return `        expected  ${finding.expected}\n        actual    ${finding.actual}\n        seen in   ${name}${line}${more}\n`
}
