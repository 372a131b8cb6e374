import { describe, expect, test } from 'vitest'
import { completedExport, exchange, outputFile } from '../checks/fixtures/evidence.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Export } from '../model/export/export.ts'
import { subjectOf } from './claim-subject.ts'

const complete = completedExport({})
if (complete.probe !== 'export') throw new Error('no export')
const { sent } = complete
const is = (evidence: Evidence, part: string) => subjectOf(evidence, part, { label: 'it', all: [] })

const endedWith = (status: number, more: Partial<Extract<Export, { state: 'failed' }>> = {}): Evidence => ({
  probe: 'export',
  sent,
  export: {
    state: 'failed',
    kickoff: exchange({ number: 1, status: 202 }),
    statusUrl: 'https://fhir.example/status',
    polls: [],
    completion: exchange({ number: 2, status }),
    ...more,
  },
})

describe('the response that ended an export', () => {
  test('is its failure where the server reports one', () => {
    expect(is(endedWith(500), 'failure')).toMatchObject({ is: 'exchanges', exchanges: [{ number: 2 }] })
    expect(is(endedWith(200), 'failure')).toMatchObject({ is: 'exchanges' })
    expect(is(endedWith(200), 'completion')).toMatchObject({ is: 'missing', never: false })
  })

  test('is its completion where it was meant as the manifest', () => {
    const malformed = endedWith(200, { malformedManifest: true })
    expect(is(malformed, 'completion')).toMatchObject({ is: 'exchanges', exchanges: [{ number: 2 }] })
    expect(is(malformed, 'failure')).toMatchObject({ is: 'missing', never: true })
    expect(is(malformed, 'resources')).toMatchObject({ is: 'missing', never: false })
  })

  test('is its completion although the manifest has an OperationOutcome somewhere', () => {
    const body = '{"output":[],"extension":{"of":{"resourceType":"OperationOutcome"}}}'
    const evidence = completedExport({ completion: exchange({ number: 3, status: 200, body }) })
    expect(is(evidence, 'completion')).toMatchObject({ is: 'exchanges', exchanges: [{ number: 3 }] })
  })
})

test('files are judged by their kind, whether their requests were seen or not', () => {
  const files = [outputFile({ number: 1 }), outputFile({ number: 2, kind: 'error' })]
  for (const evidence of [completedExport({ files }), { probe: 'files' as const, files }]) {
    expect(is(evidence, 'resources')).toEqual({ is: 'lines', kind: 'output', files: [files[0]] })
    expect(is(evidence, 'outcomes')).toEqual({ is: 'lines', kind: 'error', files: [files[1]] })
    expect(is(evidence, 'deleted')).toMatchObject({ is: 'missing', never: true })
    expect(is(evidence, 'index')).toEqual({ is: 'index', files })
  }
})

test('a file that was not read as a whole leaves its kind open, and the index missing', () => {
  const files = [outputFile({ number: 1, retrieved: false }), outputFile({ number: 2, kind: 'error' })]
  const evidence: Evidence = { probe: 'files', files }
  expect(is(evidence, 'resources')).toMatchObject({
    is: 'lines',
    lost: { kind: 'file-lost', probe: 'it', exchange: files[0]?.exchange },
  })
  expect(is(evidence, 'outcomes')).not.toHaveProperty('lost')
  expect(is(evidence, 'index')).toMatchObject({ is: 'missing', never: false })
})

test.each(['progress', 'throttled', 'failure'])(
  'an export that was cut short does not show that nothing of %s arose',
  (part) => {
    const started = {
      kickoff: exchange({ number: 1, status: 202 }),
      statusUrl: 'https://fhir.example/status',
      polls: [],
    }
    const evidenceOf = (it: Export): Evidence => ({ probe: 'export', sent, export: it })
    const running = evidenceOf({ state: 'in-progress', ...started })
    const outOfTime = evidenceOf({ state: 'overdue', overdue: { limit: 'run', seconds: 9 }, ...started })
    for (const it of [running, outOfTime])
      expect(is(it, part)).toMatchObject({ is: 'missing', never: false, reason: { kind: 'not-completed' } })
    expect(is(completedExport({}), part)).toMatchObject({ is: 'missing', never: true })
  },
)
