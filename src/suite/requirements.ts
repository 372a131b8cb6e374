import { readFileSync } from 'node:fs'
import {
  type IgRelease,
  type Level,
  type Requirement,
  appliesTo,
  igReleases,
  peerExtents,
  requirementLevels,
  smartReleases,
  supportedReleases,
} from '../model/requirement.ts'
import { type YamlSource, parseYaml } from './yaml-source.ts'
import { schemaValidator } from './lint/schema-violations.ts'
import { suiteDisplayPath } from './files.ts'
import { type SuiteProblem, SuiteError } from './problem.ts'

const byRelease = {
  type: 'object',
  title: 'links by release',
  minProperties: 1,
  additionalProperties: false,
  properties: Object.fromEntries(igReleases.map((it) => [it, { type: 'string', minLength: 1 }])),
}
const link = { anyOf: [{ type: 'string', minLength: 1 }, byRelease] }
const moved = {
  type: 'object',
  title: 'links that moved',
  propertyNames: { enum: igReleases },
  additionalProperties: { type: 'object', additionalProperties: { type: 'string', minLength: 1 } },
}
const release = { enum: igReleases, title: 'release' }
const smartRelease = { enum: smartReleases, title: 'release of SMART App Launch' }
const sentence = { type: 'string', minLength: 1 }

const requirementsSchema = {
  type: 'object',
  required: ['base', 'requirements'],
  additionalProperties: false,
  properties: {
    base: link,
    moved,
    requirements: {
      type: 'object',
      propertyNames: {
        type: 'string',
        pattern: '^([a-z][a-z0-9-]*:)?[a-z0-9]+([.-][a-z0-9]+)*$',
        title: 'a requirement id, such as `kickoff.accepted` or `acme:kickoff.fast`',
      },
      additionalProperties: {
        type: 'object',
        required: ['level', 'statement', 'at'],
        additionalProperties: false,
        properties: {
          level: { enum: requirementLevels, title: 'level' },
          statement: sentence,
          at: link,
          since: release,
          until: release,
          smart: {
            type: 'object',
            minProperties: 1,
            additionalProperties: false,
            properties: { since: smartRelease, until: smartRelease },
          },
          cites: sentence,
          note: sentence,
          untested: sentence,
          inferno: {
            type: 'object',
            minProperties: 1,
            additionalProperties: false,
            properties: Object.fromEntries(
              peerExtents.map((it) => [it, { type: 'array', minItems: 1, items: sentence }]),
            ),
          },
        },
      },
    },
  },
}

interface RequirementEntry extends Omit<Requirement, 'id' | 'at'> {
  readonly level: Level
  readonly at: Links
}

type Links = string | Readonly<Partial<Record<IgRelease, string>>>

/** For a release, the links of the release before that have another address in it. */
type MovedLinks = Readonly<Partial<Record<IgRelease, Readonly<Record<string, string>>>>>

/** A requirement, and the file that it is in. */
export interface LocatedRequirement {
  readonly requirement: Requirement
  readonly file: string
  readonly problem: (message: string) => SuiteProblem
}

const requirementViolations = schemaValidator(requirementsSchema)

/**
 * The requirements of some files by id, in the order of the files, with absolute URLs by release. Throws a `SuiteError` that holds the
 * problems of all files.
 */
export function loadRequirements(files: readonly string[]): ReadonlyMap<string, Requirement> {
  const problems: SuiteProblem[] = []
  const rows = new Map<string, Requirement>()
  for (const file of files) {
    const read = readRequirements(parseYaml(suiteDisplayPath(file), readFileSync(file, 'utf8')))
    problems.push(...read.problems)
    for (const { requirement, problem } of read.rows) {
      if (rows.has(requirement.id))
        problems.push(problem(`the requirement \`${requirement.id}\` already exists`))
      else rows.set(requirement.id, requirement)
    }
  }
  if (problems.length > 0) throw new SuiteError(problems)
  return rows
}

/** The requirements of one file, or everything that is wrong with it. */
export function readRequirements(source: YamlSource): {
  readonly rows: readonly LocatedRequirement[]
  readonly problems: readonly SuiteProblem[]
} {
  if (source.problems.length > 0) return { rows: [], problems: source.problems }
  const problems = requirementViolations(source.data).map((it) => source.problem(it.path, it.of, it.message))
  if (problems.length > 0) return { rows: [], problems }
  const { base, moved, requirements } = source.data as {
    base: Links
    moved?: MovedLinks
    requirements: Readonly<Record<string, RequirementEntry>>
  }
  const rows = Object.entries(requirements).map(([id, row]): LocatedRequirement => {
    const requirement: Requirement = { id, ...row, at: linksOf(base, row, moved) }
    const path = ['requirements', id]
    problems.push(
      ...mistakesIn(requirement).map(([key, message]) => source.problem([...path, key], 'value', message)),
    )
    return { requirement, file: source.file, problem: (message) => source.problem(path, 'key', message) }
  })
  return { rows, problems }
}

function mistakesIn(it: Requirement): readonly (readonly [key: string, message: string])[] {
  const mistakes: [string, string][] = []
  const { since, until } = it
  if (since && until && igReleases.indexOf(since) >= igReleases.indexOf(until))
    mistakes.push([
      'until',
      `\`${it.id}\` applies to no release: it begins with ${since} and ends with ${until}`,
    ])
  for (const one of supportedReleases)
    if (appliesTo(it, one) && !it.at[one])
      mistakes.push(['at', `\`${it.id}\` applies to ${one} but has no link for it`])
  for (const url of new Set(Object.values(it.at)))
    if (!URL.canParse(url)) mistakes.push(['at', `\`${url}\` is not an absolute URL`])
  return mistakes
}

/**
 * A full URL stays; anything else comes after the base of its release. A release without a base or a link of its own has that of the release
 * before, the link at its new address.
 */
function linksOf(
  base: Links,
  { at, since = igReleases[0] }: Pick<RequirementEntry, 'at' | 'since'>,
  moved: MovedLinks = {},
): Requirement['at'] {
  let tail = typeof at === 'string' ? at : undefined
  let head = typeof base === 'string' ? base : undefined
  return Object.fromEntries(
    igReleases.flatMap((it) => {
      const isLater = igReleases.indexOf(it) > igReleases.indexOf(since)
      const inherited = tail !== undefined && isLater ? (moved[it]?.[tail] ?? tail) : tail
      tail = (typeof at === 'string' ? undefined : at[it]) ?? inherited
      head = (typeof base === 'string' ? undefined : base[it]) ?? head
      if (tail === undefined) return []
      if (/^https?:\/\//.test(tail)) return [[it, tail]]
      return head === undefined ? [] : [[it, head + tail]]
    }),
  )
}
