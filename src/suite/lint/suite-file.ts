import type { Requirement } from '../../model/requirement.ts'
import type { Suite } from '../../model/suite.ts'
import type { SuiteProblem } from '../problem.ts'
import type { Vocabulary } from '../vocabulary.ts'
import type { YamlSource } from '../yaml-source.ts'
import { probeSections } from '../named-probes.ts'
import { lintNames } from './names.ts'
import type { schemaValidator } from './schema-violations.ts'

/** Everything that is wrong with a suite file by itself: its YAML, its shape, its names. Of two problems at one place, the first. */
export function suiteFileProblems(
  source: YamlSource,
  complaints: ReturnType<typeof schemaValidator>,
  known: { readonly vocabulary: Vocabulary; readonly requirements: ReadonlyMap<string, Requirement> },
): readonly SuiteProblem[] {
  if (source.problems.length > 0) return source.problems
  const shape = complaints(source.data).map((it) => source.problem(it.path, it.of, it.message))
  const names = lintNames(skeleton(source.data), source, known)
  const places = new Set(shape.map((it) => `${it.line}:${it.column}`))
  return [...shape, ...names.filter((it) => !places.has(`${it.line}:${it.column}`))]
}

/** The parts of a file that have the shape of a suite, so that their names can be checked although something else is wrong. */
function skeleton(data: unknown): Suite {
  const { suite, title, levels, requires, ...rest } = asMapping(data)
  const section = (name: string) =>
    Object.fromEntries(Object.entries(asMapping(rest[name])).map(([key, it]) => [key, asMapping(it)]))
  const tests = Object.entries(section('tests')).flatMap(([id, test]) => {
    if (!isClaim(test)) return []
    const given = Array.isArray(test.given) ? test.given.map(claimOf) : claimOf(test.given)
    return [
      [id, { ...test, ...claimOf(test), given, ...listMembers(test, ['levels', 'requires', 'unless']) }],
    ]
  })
  return {
    suite: String(suite),
    title: String(title),
    ...listMembers({ levels, requires }, ['levels', 'requires']),
    ...Object.fromEntries(probeSections.map((it) => [it, section(it)])),
    tests: Object.fromEntries(tests),
  } as Suite
}

function asMapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

function isClaim(value: unknown): boolean {
  const { on } = asMapping(value)
  return typeof on === 'string' && /^[^.]+\.[^.]+$/.test(on)
}

function claimOf(value: unknown): Record<string, unknown> | undefined {
  return isClaim(value) ? { ...asMapping(value), expect: asMapping(asMapping(value).expect) } : undefined
}

function listMembers(from: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((it) => [it, Array.isArray(from[it]) ? from[it] : undefined]))
}
