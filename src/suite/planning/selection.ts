import { splitTestId } from '../../model/plan.ts'

/** What patterns select a test by: its id, with or without level, its suite or its requirement. */
export interface TestIdentity {
  readonly id: string
  readonly suite: string
  readonly requirement: string
}

/** Says which tests are among those asked for; `*` stands for any text, and no patterns at all for everything. */
export function testSelector(patterns: readonly string[] | undefined): (test: TestIdentity) => boolean {
  if (!patterns) return () => true
  const asked = new RegExp(`^(${patterns.map(expressionOf).join('|')})$`)
  return ({ id, suite, requirement }) =>
    [id, splitTestId(id).row, suite, requirement].some((it) => asked.test(it))
}

function expressionOf(pattern: string): string {
  const literal = pattern.split('*').map((it) => it.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return literal.join('.*')
}
