/** What only the operator of a server knows: a scope that the client must not get, the id of a Group that it must not export and of one whose members are not patients, and a format besides NDJSON. */
export const operatorFacts = ['deniedScope', 'deniedGroupId', 'otherGroupId', 'otherFormat'] as const

/** What the operator of a server says about it. */
export type OperatorFacts = Readonly<Partial<Record<(typeof operatorFacts)[number], string>>>

const factOf = {
  'denied-scope': 'deniedScope',
  'denied-group': 'deniedGroupId',
  'other-group': 'otherGroupId',
  'other-format': 'otherFormat',
} as const satisfies Readonly<Record<string, keyof OperatorFacts>>

/** What a test requires that needs one of these facts. */
type FactFeature = keyof typeof factOf

/** The features that tests require of facts. */
export const factFeatures = ['denied-scope', 'denied-group', 'other-group', 'other-format'] as const

/** Whether the operator stated what a test requires. */
export function isStated(facts: OperatorFacts | undefined, feature: FactFeature): boolean {
  return facts?.[factOf[feature]] !== undefined
}
