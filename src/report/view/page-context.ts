import type { RunResult, TestResult } from '../../model/result.ts'

/** A result on its way to a page: which exchanges the page shows, and where each test stands on it. */
export interface PageContext {
  readonly result: RunResult
  readonly kept: ReadonlySet<number>
  readonly anchors: ReadonlyMap<TestResult, string>
  /** Most kinds of finding for each test. */
  readonly findings: number | undefined
}

/** An anchor for each test that a URL can carry unescaped; unique on the page. */
export function testAnchors(tests: readonly TestResult[]): ReadonlyMap<TestResult, string> {
  const taken = new Set<string>()
  return new Map(
    tests.map((test, index) => {
      const name = `test-${test.id
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .slice(0, 120)}`
      const anchor = taken.has(name) ? `${name}-${index}` : name
      taken.add(anchor)
      return [test, anchor]
    }),
  )
}
