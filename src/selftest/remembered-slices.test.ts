import { expect, test } from 'vitest'
import { outputFile } from '../checks/fixtures/evidence.ts'
import type { LinesCheck } from '../checks/check.ts'
import { checks } from '../checks/registry.ts'
import { openExportJudge } from '../output/export-judge.ts'
import { type JudgeEnvironment, openJudgeEnvironment } from '../output/judge-environment.ts'
import { openRememberingEnvironment } from './remembered-slices.ts'

const typesWithin = checks.find((it) => it.name === 'types-within') as LinesCheck<never, unknown>
const patient = (id: string) => `{"resourceType":"Patient","id":"${id}"}\n`
const goal = '{"resourceType":"Goal","id":"g"}\n'

/** The judgement of an export of two files; the first contains `text`. */
async function judged(environment: JudgeEnvironment, text: string, exchange: number, params: unknown) {
  const judge = openExportJudge(
    {
      checks: [{ check: typesWithin, params, kind: 'output' }],
      index: { queries: [] },
      fhirUrl: 'https://fhir.example',
      lineBytes: 1 << 20,
    },
    environment,
  )
  const texts = [text, patient('b') + goal]
  for (const [number, it] of texts.entries())
    await judge.judgeFile(outputFile({ number, exchange: exchange + number }), { held: Buffer.from(it) })
  const { tallies, files, index } = await judge.finish()
  const rows = index && [...index.rows()]
  return { judgement: typesWithin.judgement(tallies[0], params as never, {} as never), files, rows }
}

test('what is remembered is what judging finds, for any exchange, and is not remembered for other bytes or parameters', async () => {
  const plain = openJudgeEnvironment(0)
  const remembering = openRememberingEnvironment(0)
  const ways: readonly (readonly [string, number, unknown])[] = [
    [patient('a'), 7, ['Patient']],
    [patient('a'), 7, ['Patient']],
    [patient('a'), 9, ['Patient']],
    [patient('c'), 9, ['Patient']],
    [patient('a'), 9, ['Patient', 'Goal']],
    [patient('a'), 7, ['Patient']],
  ]
  for (const way of ways)
    expect(await judged(remembering, ...way), JSON.stringify(way)).toEqual(await judged(plain, ...way))
  await Promise.all([plain.close(), remembering.close()])
})
