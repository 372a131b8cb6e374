import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openScriptedServer, scriptedRunOptions } from '../fixtures/scripted-export.ts'
import { openTestContext } from './fixtures/test-context.ts'
import { runLeader } from './leader.ts'
import { readSharedExports } from './shared-exports-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the file for the others names an export while the leader still downloads, and is complete in the end', async () => {
  const manifest = join(folder, 'shared')
  const server = openScriptedServer(['{"resourceType":"Patient","id":"a"}\n', ''])
  const seen: unknown[] = []
  const context = await openTestContext(
    {
      ...scriptedRunOptions({
        transport(request) {
          if (request.url.endsWith('/files/0')) seen.push(readSharedExports(manifest))
          return server.transport(request)
        },
      }),
      manifest,
    },
    { number: 1, of: 2 },
  )
  const { run, leader } = await runLeader(context)
  await context.close()
  const [shared] = readSharedExports(manifest)?.exports ?? []
  expect(seen).toMatchObject([
    { run, complete: false, exports: [{ statusUrl: 'https://fhir.example/status/1' }] },
  ])
  expect(readSharedExports(manifest)).toMatchObject({ run, asked: 'digest', complete: true })
  expect(shared?.manifest.items.length).toBe(2)
  // The others still need the job.
  expect(server.requests.filter((it) => it.startsWith('DELETE'))).toEqual([])
  // What waits for the others is not decided here.
  expect(leader?.().decided.map((it) => it.id)).toEqual(['small/accepted@system'])
})

test('a run that fails still tells the others that nothing more comes', async () => {
  const manifest = join(folder, 'failed')
  const context = await openTestContext(
    { ...scriptedRunOptions(openScriptedServer([])), manifest },
    { number: 1, of: 2 },
  )
  const broken = {
    ...context,
    onProbe() {
      throw new Error('no display')
    },
  }
  await expect(runLeader(broken)).rejects.toThrow('no display')
  await context.close()
  expect(readSharedExports(manifest)).toMatchObject({ complete: true, exports: [] })
})
