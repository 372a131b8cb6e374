import { serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { line, outputFile } from '../fixtures/evidence.ts'
import { linesChecks } from './registry.ts'
import { ndjsonChecks } from './ndjson.ts'
import { judgeRow } from '../fixtures/judgement-table.ts'
import { patient, of, file, on, request } from '../fixtures/rows/lines.ts'

test('a finding counts, keeps the first place, and quotes nothing', () => {
  const check = ndjsonChecks.find((it) => it.name === 'json-lines')
  const it =
    check &&
    judgeRow(check, on([...of(patient, '{"name":"Mrs Secret"'), ...of('also secret', '{"a":"Secret"')]))
  expect(it).toEqual({
    is: 'violated',
    findings: [
      {
        message: 'A line is not JSON.',
        expected: 'one JSON object on each line',
        actual: 'a line of 20 characters that does not parse',
        where: { exchange: 9, part: { line: 2 } },
        times: 3,
      },
    ],
  })
})

test('no check on lines quotes what it finds', () => {
  const secret = 'Mrs-Secret'
  const lines = [
    { resourceType: secret, id: secret, meta: { lastUpdated: secret }, subject: { reference: secret } },
    {
      resourceType: 'Bundle',
      type: secret,
      entry: [request(secret, secret), { request: { url: 'Goal/1', method: secret } }],
    },
    { resourceType: 'OperationOutcome', issue: [{ severity: secret, code: secret, diagnostics: secret }] },
    `${secret} \r ${secret}`,
  ]
  for (const check of linesChecks) {
    const params = check.name.startsWith('types-with') || check.name === 'deleted-types' ? ['Patient'] : true
    expect(
      JSON.stringify(judgeRow(check, on(file({ type: secret }, ...lines), params))),
      check.name,
    ).not.toContain('Secret')
  }
})

// An export may have 100,000 files. Blocks go on from one file to another.
test('no tally grows with the number of complete files', () => {
  for (const check of linesChecks) {
    if (check.name.startsWith('block-co')) continue
    const params = (
      check.name.startsWith('types-with') || check.name === 'deleted-types' ? ['Patient'] : true
    ) as never
    const bytesAfter = (files: number) => {
      let tally = check.empty(params)
      for (let number = 0; number < files; number += 1) {
        const file = outputFile({ number, exchange: 9, count: 2 })
        const mine = check.empty(params)
        check.line(mine, line(patient, { file, number: 1 }), params)
        tally = check.merge(tally, mine)
        check.file?.(tally, file, params)
      }
      return serialize(tally).length
    }
    expect(bytesAfter(1000), check.name).toBeLessThan(bytesAfter(100) + 100)
  }
})
