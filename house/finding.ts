/** The house rules, and the heading of each. */
export const rules = {
  circle: 'circular imports',
  layer: 'imports that the layers do not allow',
  package: 'packages outside their folders',
  unused: 'unused files and exports',
  name: 'names with two meanings',
  longFile: 'long files',
  fullFolder: 'full folders',
  longFunction: 'long functions that reassign',
} as const

/** One of the house rules. */
export type Rule = keyof typeof rules

/** One place where a rule is broken, and what to do about it. */
export interface Finding {
  readonly rule: Rule
  /** What the allow-list calls it: no line numbers, so that it stays. */
  readonly key: string
  /** File, folder or file:line. */
  readonly where: string
  readonly says: string
  readonly todo: string
}

/** What each rule lets pass, by the keys of its findings, and why. */
export type AllowList = Readonly<Record<Rule, Readonly<Record<string, string>>>>
