import { describe, expect, test } from 'vitest'
import { evidencePart, missingPartReason, partNames } from './parts.ts'

describe('parts of evidence', () => {
  test('by name, and nothing that every object has', () => {
    expect(evidencePart('outcomes')).toMatchObject({ reads: 'lines', fileKind: 'error', upTo: 'files' })
    expect(evidencePart('toString')).toBeUndefined()
    expect(partNames('token')).toEqual(['response', 'key-set'])
    expect(partNames('request')).toEqual(['response', 'outcome', 'resources', 'index'])
  })

  test('an export is taken to its files for every part that is about files', () => {
    const all = partNames('export').flatMap((name) => evidencePart(name) ?? [])
    for (const part of all)
      if (part.fileKind ?? part.reads !== 'exchange') expect(part).toMatchObject({ upTo: 'files' })
    expect(all.filter((it) => it.reads === 'lines').map((it) => it.fileKind)).toEqual([
      'output',
      'error',
      'deleted',
    ])
  })
})

test.each<[string, 'running' | 'complete' | 'twice' | undefined, RegExp | undefined]>([
  ['kickoff', 'running', undefined],
  ['progress', 'twice', undefined],
  ['completion', undefined, undefined],
  ['completion', 'complete', undefined],
  ['completion-again', 'running', /deletes the export before it completes/],
  ['failure', 'twice', /deletes the export before it completes/],
  ['deleted', 'running', /deletes the export before it completes/],
  ['deletion', undefined, /the export is not deleted; add `delete`/],
  ['after-deletion', 'running', undefined],
  ['second-deletion', 'complete', /the export is not deleted twice/],
  ['second-deletion', 'twice', undefined],
])('%s of an export that is deleted: %s', (name, deletion, reason) => {
  const part = evidencePart(name)
  if (!part) throw new Error(`no part ${name}`)
  const said = missingPartReason(part, deletion)
  if (reason) expect(said).toMatch(reason)
  else expect(said).toBeUndefined()
})
