import { expect, test } from 'vitest'
import { everything } from './fixtures/result.ts'
import { reporterLoaders } from './formats.ts'
import { textReporter } from './text/reporter.ts'

const reporters = [
  ...Object.entries(reporterLoaders),
  ['text', async () => textReporter({ color: false, verbose: false, width: 100 })] as const,
]

test.each(reporters)('%s says that it shows diagnostics, and only then', async (_, load) => {
  const reporter = await load()
  const says = /showsDiagnostics|--show-diagnostics/
  expect(reporter({ ...everything, showsDiagnostics: true })).toMatch(says)
  expect(reporter(everything)).not.toMatch(says)
})
