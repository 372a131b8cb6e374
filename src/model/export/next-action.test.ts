import { describe, expect, test } from 'vitest'
import type { Exchange, HeaderList } from '../http/exchange.ts'
import type { ExportIntent } from './export.ts'
import {
  type ExportAction,
  type ActionOutcome,
  type ExportFlow,
  beginExport,
  nextAction,
  applyOutcome,
} from './next-action.ts'
import { type Limits, defaultLimits } from '../target.ts'

const plain: ExportIntent = { upTo: 'files', again: false, polling: 'polite' }
const manifest = JSON.stringify({
  transactionTime: '2026-01-01T00:00:00Z',
  requiresAccessToken: true,
  output: [
    { type: 'Patient', url: 'files/1', count: 2 },
    { type: 'Patient' },
    { type: 'Device', url: 'https://h/2' },
  ],
  error: [{ type: 'OperationOutcome', url: 'https://h/3' }],
})

interface Said {
  readonly status?: number
  readonly headers?: HeaderList
  readonly body?: string
  readonly networkError?: 'reset' | 'forbidden'
  readonly at?: number
}

let number = 0
function brought(
  { status, headers = [], body, networkError, at = 0 }: Said,
  action: ExportAction,
): ActionOutcome {
  number += 1
  const exchange: Exchange = {
    number,
    request: { method: 'GET', url: 'https://h/fhir', headers: [] },
    ...(status ? { response: { status, headers, framing: 'length', bytes: 0 } } : {}),
    ...(networkError ? { networkError } : {}),
    startedAt: '',
    durationMs: 0,
  }
  const url = 'url' in action ? action.url : 'https://h/fhir/$export'
  const file =
    action.do === 'download' || action.do === 'download-early'
      ? {
          number: 'number' in action ? action.number : 0,
          kind: action.item.kind,
          exchange: number,
          retrieved: true,
          bytes: 0,
        }
      : undefined
  return { exchange, url, headers, ...(body ? { body } : {}), ...(file ? { file } : {}), at }
}

/** Answers each action in turn; returns what was done and what became of the export. */
function drive(intent: ExportIntent, answers: readonly Said[], limits: Partial<Limits> = {}) {
  let flow: ExportFlow = beginExport(intent, { ...defaultLimits, ...limits }, 0)
  const done: string[] = []
  const pauses: number[] = []
  for (const answer of answers) {
    const action = nextAction(flow)
    if (!action) break
    done.push(action.do)
    if ('afterMs' in action) pauses.push(action.afterMs)
    flow = applyOutcome(flow, action, brought(answer, action))
  }
  return { done, pauses, it: flow.export, after: nextAction(flow)?.do }
}

const accepted: Said = { status: 202, headers: [['content-location', 'https://h/job/1']] }
const complete: Said = { status: 200, body: manifest }

describe('an export', () => {
  test('runs from kick-off to its files, entries without URL left out', () => {
    const { done, it, after } = drive(plain, [
      accepted,
      { status: 202 },
      complete,
      { status: 200 },
      { status: 200 },
      { status: 200 },
    ])
    expect(done).toEqual(['kick-off', 'poll', 'poll', 'download', 'download', 'download'])
    expect(after).toBeUndefined()
    expect(it.state).toBe('complete')
    if (it.state !== 'complete') return
    expect(it.manifest.items.map((item) => item.url)).toEqual([
      'https://h/job/files/1',
      'https://h/2',
      'https://h/3',
    ])
    expect(it.files.map((file) => file.kind)).toEqual(['output', 'output', 'error'])
    expect(it.polls).toHaveLength(2)
  })

  test.each<[string, Said, string, string | undefined]>([
    [
      'a relative Content-Location',
      { status: 202, headers: [['Content-Location', '/job/1']] },
      'in-progress',
      'https://h/job/1',
    ],
    [
      'Location instead',
      { status: 202, headers: [['Location', 'https://h/job/2']] },
      'in-progress',
      'https://h/job/2',
    ],
    [
      '200 with Content-Location',
      { status: 200, headers: [['Content-Location', 'https://h/3']] },
      'in-progress',
      'https://h/3',
    ],
    ['202 without either', { status: 202 }, 'refused', undefined],
    ['200 without', { status: 200, body: '{}' }, 'refused', undefined],
    [
      'a URL with a backslash',
      { status: 202, headers: [['Content-Location', '\\\\evil\\1']] },
      'refused',
      undefined,
    ],
    ['401', { status: 401 }, 'refused', undefined],
    ['networkError', { networkError: 'reset' }, 'refused', undefined],
  ])('answered with %s is %s', (_name, answer, state, url) => {
    const { it } = drive(plain, [answer])
    expect(it.state).toBe(state)
    expect('statusUrl' in it ? it.statusUrl : undefined).toBe(url)
  })

  test.each<[string, Said, string]>([
    ['an array', { status: 200, body: '[]' }, 'failed'],
    ['no JSON', { status: 200, body: '<html>' }, 'failed'],
    ['an empty object', { status: 200, body: '{}' }, 'complete'],
    ['404', { status: 404 }, 'failed'],
    ['500', { status: 500, body: '{"issue":[{"code":"exception"}]}' }, 'failed'],
    ['500 that will pass', { status: 500, body: '{"issue":[{"code":"transient"}]}' }, 'in-progress'],
    ['503 with Retry-After', { status: 503, headers: [['Retry-After', '1']] }, 'in-progress'],
    ['503', { status: 503 }, 'failed'],
    ['429', { status: 429 }, 'in-progress'],
    ['a reset', { networkError: 'reset' }, 'in-progress'],
    ['a forbidden URL', { networkError: 'forbidden' }, 'failed'],
  ])('whose status is %s is %s', (_name, answer, state) => {
    expect(drive(plain, [accepted, answer]).it.state).toBe(state)
  })

  test.each<[string, Said, boolean]>([
    ['an array', { status: 200, body: '[]' }, true],
    ['no JSON', { status: 200, body: '<html>' }, true],
    ['nothing', { status: 200 }, true],
    ['an OperationOutcome', { status: 200, body: '{ "resourceType" : "OperationOutcome" }' }, false],
    ['404', { status: 404, body: '[]' }, false],
    ['a forbidden URL', { networkError: 'forbidden' }, false],
  ])('that fails by %s', (_name, answer, malformed) => {
    const { it } = drive(plain, [accepted, answer])
    expect(it.state).toBe('failed')
    expect('malformedManifest' in it).toBe(malformed)
  })

  test.each([
    ['{"output":[]}', true],
    ['{"output":[{"type":"Patient"}]}', false],
    ['{"extension":{"output":[]}}', false],
  ])('whose manifest is %s', (body, empty) => {
    const { it } = drive(plain, [accepted, { status: 200, body }])
    expect('manifest' in it && it.manifest).toEqual({ items: [], ...(empty ? { emptyOutput: true } : {}) })
  })

  test('fails after three status requests without an answer', () => {
    const lost: Said = { networkError: 'reset' }
    expect(drive(plain, [accepted, lost, lost]).it.state).toBe('in-progress')
    expect(drive(plain, [accepted, lost, lost, lost]).it.state).toBe('failed')
    expect(drive(plain, [accepted, lost, lost, { status: 202 }, lost, lost]).it.state).toBe('in-progress')
  })

  test('waits as long as asked, and twice as long each time where nothing is asked', () => {
    const asked: Said = { status: 202, headers: [['Retry-After', '7']] }
    const silent: Said = { status: 202 }
    const zero: Said = { status: 202, headers: [['Retry-After', '0']] }
    const odd: Said = { status: 202, headers: [['Retry-After', '1.5']] }
    const { pauses } = drive(plain, [accepted, silent, silent, asked, silent, zero, odd, silent])
    expect(pauses).toEqual([1000, 2000, 4000, 7000, 1000, 1000, 1000])
    expect(drive(plain, [accepted, asked, silent], { retryAfterCapMs: 2000 }).pauses).toEqual([1000, 2000])
    expect(drive(plain, [accepted, silent, silent], { pollFloorMs: 0 }).pauses).toEqual([0, 0])
    const many = Array.from({ length: 10 }, () => silent)
    expect(Math.max(...drive(plain, [accepted, ...many]).pauses)).toBe(60_000)
  })

  test('is overdue as soon as the next status request would come too late', () => {
    const late: Said = { status: 202, headers: [['Retry-After', '3600']], at: 60_000 }
    const { it, after } = drive(plain, [accepted, late])
    expect(it).toMatchObject({ state: 'overdue', overdue: { limit: 'retry-after', dueIn: 3600 } })
    expect(after).toBeUndefined()
    expect(drive(plain, [accepted, { status: 202, at: 30 * 60_000 }]).it.state).toBe('overdue')
  })

  test('is asked for a last time shortly after its time limit', () => {
    const asked: Said = { status: 202, headers: [['Retry-After', '120']], at: 29 * 60_000 }
    expect(drive(plain, [accepted, asked]).it.state).toBe('in-progress')
    const { it } = drive(plain, [accepted, asked, { ...asked, at: 31 * 60_000 }])
    expect(it).toMatchObject({ state: 'overdue', overdue: { limit: 'time' } })
  })

  test('does not go on forever without pauses', () => {
    const many = Array.from({ length: 3_000 }, (): Said => ({ status: 202 }))
    const { it } = drive(plain, [accepted, ...many], { pollFloorMs: 0 })
    expect(it).toMatchObject({ state: 'overdue', overdue: { limit: 'polls', polls: 2000 } })
  })

  test('is taken no further than its intent says', () => {
    expect(drive({ ...plain, upTo: 'kickoff' }, [accepted]).after).toBeUndefined()
    expect(drive({ ...plain, upTo: 'completion' }, [accepted, complete]).after).toBeUndefined()
    const again = drive({ ...plain, upTo: 'completion', again: true }, [accepted, complete, complete])
    expect(again.done.at(-1)).toBe('ask-again')
    expect(again.it).toHaveProperty('completionAgain')
    expect(again.after).toBeUndefined()
  })

  test('is asked for without pauses in a burst', () => {
    const { pauses } = drive(
      { ...plain, polling: { burst: 3 } },
      Array.from({ length: 6 }, () => accepted),
    )
    expect(pauses.slice(0, 3)).toEqual([0, 0, 0])
    expect(pauses[3]).toBeGreaterThan(0)
  })
})

describe('a deletion', () => {
  const gone: Said = { status: 404 }

  test('while running comes right after the kick-off, and is followed until 404', () => {
    const { done, it, after } = drive({ ...plain, delete: 'running' }, [
      accepted,
      { status: 202 },
      { status: 202 },
      gone,
    ])
    expect(done).toEqual(['kick-off', 'delete', 'poll-deleted', 'poll-deleted'])
    expect(it).toMatchObject({
      state: 'deleted',
      afterDeletion: [{ response: { status: 202 } }, { response: { status: 404 } }],
    })
    expect(after).toBeUndefined()
  })

  test('twice sends the second before it asks', () => {
    const { done, it } = drive({ ...plain, delete: 'twice' }, [accepted, { status: 202 }, gone, gone])
    expect(done).toEqual(['kick-off', 'delete', 'delete-again', 'poll-deleted'])
    expect(it).toHaveProperty('secondDeletion.response.status', 404)
  })

  test('once complete keeps the manifest and the files', () => {
    const { done, it } = drive({ ...plain, upTo: 'completion', delete: 'complete' }, [
      accepted,
      complete,
      { status: 202 },
      gone,
    ])
    expect(done).toEqual(['kick-off', 'poll', 'delete', 'poll-deleted'])
    expect(it).toHaveProperty('manifest.items')
  })

  test('is given its time and no more', () => {
    const still: Said = { status: 202 }
    const intent: ExportIntent = { ...plain, delete: 'running' }
    expect(drive(intent, [accepted, still, still], { deletionGraceMs: 0 }).after).toBeUndefined()
    expect(drive(intent, [accepted, still, still]).after).toBe('poll-deleted')
    expect(drive(intent, [accepted, still, { ...still, at: 10_000 }]).after).toBeUndefined()
    expect(drive(intent, [accepted, still, { ...still, at: 9_500 }, { ...still, at: 9_800 }]).pauses).toEqual(
      [0, 500],
    )
  })

  test('that was refused is not followed', () => {
    expect(drive({ ...plain, delete: 'running' }, [accepted, { status: 405 }]).after).toBeUndefined()
  })
})

describe('the preference separate-export-status', () => {
  const says = (status: string, body?: string): Said => ({
    status: 200,
    headers: [['X-Export-Status', status]],
    ...(body ? { body } : {}),
  })

  test('lets a job be in progress, complete or failed by its header', () => {
    const upTo: ExportIntent = { ...plain, upTo: 'completion' }
    expect(drive(upTo, [accepted, says('202 Accepted'), says('200 OK', manifest)]).it.state).toBe('complete')
    const outcome = JSON.stringify({ resourceType: 'OperationOutcome' })
    const { it } = drive(upTo, [accepted, says('202'), says('503 Service Unavailable', outcome)])
    expect(it).toMatchObject({ state: 'failed' })
    expect(it).not.toHaveProperty('malformedManifest')
  })
})

describe('manifests in parts', () => {
  const page = (files: readonly string[], next?: string): string =>
    JSON.stringify({
      transactionTime: '2026-01-01T00:00:00Z',
      output: files.map((url) => ({ type: 'Patient', url })),
      error: [{ type: 'OperationOutcome', url: 'https://h/e' }],
      ...(next ? { link: [{ relation: 'next', url: next }] } : {}),
    })
  const upTo: ExportIntent = { ...plain, upTo: 'completion' }
  const urls = (it: ReturnType<typeof drive>['it']) =>
    'manifest' in it ? it.manifest?.items.map(({ url }) => url) : undefined

  test('are read one after the other, messages once', () => {
    const { done, it, after } = drive(upTo, [
      accepted,
      { status: 200, body: page(['https://h/1'], 'https://h/p2') },
      { status: 429, headers: [['Retry-After', '1']] },
      { status: 200, body: page(['https://h/2'], 'https://h/p3') },
      { status: 200, body: page(['https://h/3']) },
    ])
    expect(done).toEqual(['kick-off', 'poll', 'next-page', 'next-page', 'next-page'])
    expect(urls(it)).toEqual(['https://h/1', 'https://h/e', 'https://h/2', 'https://h/3'])
    expect(it).toMatchObject({ pageUrls: ['https://h/p2', 'https://h/p3'] })
    expect(after).toBeUndefined()
  })

  test.each([
    ['that cannot be read', { status: 404 }],
    ['that links to one before it', { status: 200, body: page([], 'https://h/p2') }],
    ['that links to the first', { status: 200, body: page([], 'https://h/job/1') }],
  ])('end with one %s', (_, last) => {
    const first: Said = { status: 200, body: page(['https://h/1'], 'https://h/p2') }
    const { it, after } = drive(upTo, [accepted, first, last])
    expect(urls(it)).toEqual(['https://h/1', 'https://h/e'])
    expect(after).toBeUndefined()
  })

  test('let two files be downloaded while the job runs, and all when it is complete', () => {
    const body = page(['https://h/1', 'https://h/2', 'https://h/3'])
    const running: Said = { status: 202, body }
    const file: Said = { status: 200 }
    const { done, it } = drive(plain, [
      ...[accepted, running, file, running, file, running, { status: 200, body }],
      ...[file, file, file, file],
    ])
    expect(done.slice(1, 7)).toEqual(['poll', 'download-early', 'poll', 'download-early', 'poll', 'poll'])
    expect(done.filter((one) => one === 'download')).toHaveLength(4)
    expect(it).toMatchObject({ earlyFiles: [{ url: 'https://h/1' }, { url: 'https://h/2' }] })
  })
})
