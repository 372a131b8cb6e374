import { expect, test } from 'vitest'
import type { Exchange } from '../../model/http/exchange.ts'
import { openManifestReader } from '../../model/export/manifest-reader.ts'
import { judgeRow } from '../fixtures/judgement-table.ts'
import { judgementTables } from '../fixtures/judgement-tables.ts'
import { exchange } from '../fixtures/evidence.ts'
import { manifestChecks } from './manifest.ts'

/** The exchange as it is kept if its body is too long to be kept whole. */
function withRows(whole: Exchange): Exchange {
  const { response } = whole
  const reader = openManifestReader('https://h/', { most: 100 })
  reader.write(Buffer.from(response?.body ?? ''))
  const it = reader.end()
  if (!response || it.is !== 'manifest') return whole
  return { ...whole, response: { ...response, body: it.sample, rows: it.rows } }
}

const rows = judgementTables.flatMap(({ checks, table }) =>
  checks.flatMap((check) =>
    check.reads === 'exchange' && /manifest|json|requested|apart|time|empty/.test(check.name)
      ? Object.values(table[check.name] ?? {}).flatMap((list) => list.map((row) => ({ check, row })))
      : [],
  ),
)

test('a manifest that is kept as rows is judged as one that is kept whole', () => {
  expect(rows.length).toBeGreaterThan(80)
  let kept = 0
  for (const { check, row } of rows) {
    const [subject, ...rest] = row
    if (!('request' in subject)) continue
    const short = withRows(subject as Exchange)
    if (short !== subject) kept += 1
    const [a, b] = [judgeRow(check, row), judgeRow(check, [short, ...rest])]
    const kindsOf = (it: typeof a) =>
      it.is === 'violated' ? it.findings.map(({ message, where }) => [message, where]) : it
    // A schema that many items break is reported once, and a URL that is listed again is not kept.
    if (check.name === 'json') expect(b.is).toBe(a.is)
    else if (check.name === 'manifest-distinct-urls') expect(kindsOf(b)).toEqual(kindsOf(a))
    // It compares URLs, which are not kept.
    else if (check.name === 'manifest-kept') expect(['undecided', a.is]).toContain(b.is)
    else expect(b, `${check.name} ${JSON.stringify(row)}`).toEqual(a)
  }
  expect(kept).toBeGreaterThan(40)
})

test('of many items each is counted, and the first is the place', () => {
  const output = Array.from({ length: 2000 }, (_, at) => ({
    type: at % 1000 === 7 ? 'Nothing' : 'Patient',
    url: `https://h/${at}`,
    count: at === 1500 ? -1 : at,
  }))
  const long = withRows(exchange({ number: 3, body: { output } }))
  expect(long.response?.body?.length).toBeLessThan(400)
  const judged = (each: string) => {
    const check = manifestChecks.find((it) => it.name === 'manifest-items')
    if (!check) throw new Error('no check')
    return judgeRow(check, [long, { in: 'output', each }])
  }
  expect(judged('absolute-url').is).toBe('satisfied')
  expect(judged('resource-type')).toMatchObject({
    findings: [{ times: 2, actual: '"Nothing"', where: { part: { pointer: '/output/7/type' } } }],
  })
  expect(judged('count')).toMatchObject({
    findings: [{ times: 1, actual: '-1', where: { part: { pointer: '/output/1500/count' } } }],
  })
})
