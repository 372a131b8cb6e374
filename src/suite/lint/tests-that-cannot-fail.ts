import { isDeepStrictEqual } from 'node:util'
import { isJsonObject } from '../../model/json.ts'
import type { Claim } from '../../model/suite.ts'
import type { ValuePath } from '../yaml-source.ts'
import type { LintContext } from './context.ts'
import { undescribedMembers, untypedKeywords } from './untyped-schemas.ts'

/** A claim of a test and where it stands. */
export interface PlacedClaim {
  readonly claim: Claim
  readonly path: ValuePath
}

/** Reports what keeps a test from failing although the server is wrong, as far as the texts show it. */
export function lintTestsThatCannotFail(
  test: PlacedClaim,
  conditions: readonly PlacedClaim[],
  { report }: LintContext,
): void {
  for (const { claim, path } of [test, ...conditions])
    for (const { path: at, keyword, types } of untypedKeywords(claim.expect.json))
      report(
        [...path, 'expect', 'json', ...at],
        'key',
        `values of other types satisfy \`${keyword}\`; add \`type: ${types[0]}\``,
      )
  for (const { path: at, member } of undescribedMembers(test.claim.expect.json))
    report(
      [...test.path, 'expect', 'json', ...at],
      'value',
      `any value of \`${member}\` is enough, null included; describe it under \`properties\``,
    )
  for (const { claim, path } of conditions) {
    if (claim.on !== test.claim.on) continue
    for (const [name, params] of Object.entries(claim.expect))
      if (isDeepStrictEqual(params, test.claim.expect[name]))
        report(
          [...path, 'expect', name],
          'key',
          `the test expects the same \`${name}\`, so that it can never fail; remove it from \`given\` or from \`expect\``,
        )
    for (const member of sharedMembers(claim.expect.json, test.claim.expect.json))
      report(
        [...path, 'expect', 'json', 'required'],
        'value',
        `the test expects \`${member}\` too, so that it does not apply where \`${member}\` is missing; remove it from \`given\` or from \`expect\``,
      )
  }
}

/** Members that both schemas require of the body. */
function sharedMembers(condition: unknown, claim: unknown): readonly string[] {
  const claimed = requiredOf(claim)
  return requiredOf(condition).filter((it) => claimed.includes(it))
}

function requiredOf(schema: unknown): readonly string[] {
  const required = isJsonObject(schema) ? schema.required : undefined
  return Array.isArray(required) ? required.filter((it) => typeof it === 'string') : []
}
