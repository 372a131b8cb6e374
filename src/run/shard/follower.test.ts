import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { RunOptions } from '../run-options.ts'
import { openScriptedServer, scriptedRunOptions } from '../fixtures/scripted-export.ts'
import { openTestContext } from './fixtures/test-context.ts'
import { runFollower } from './follower.ts'
import { openSharedExportsWriter, type SharedExport } from './shared-exports-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
afterAll(() => rmSync(folder, { recursive: true }))

const server = openScriptedServer(['{"resourceType":"Patient","id":"a"}\n', '{}\n{}\n'])
const options = scriptedRunOptions(server)
const [probe] = options.plan.probes

const shared: SharedExport = {
  ...{ probe: probe?.key ?? '', as: 'own', statusUrl: 'https://fhir.example/status/1', shown: 'masked' },
  manifest: {
    items: [0, 1].map((at) => ({ kind: 'output', url: `https://fhir.example/files/${at}`, type: 'Patient' })),
  },
  ...{ queries: [], picked: {} },
}

async function followed(manifest: string, more: Partial<RunOptions> & { readonly onWait?: () => void } = {}) {
  const context = await openTestContext({ ...options, manifest, ...more }, { number: 2, of: 2 })
  return runFollower(context).finally(() => context.close())
}

test('a follower waits for the first machine, and downloads its share of the files', async () => {
  const manifest = join(folder, 'late')
  const onWait = vi.fn()
  const clock = {
    ...options.clock,
    // The first machine begins while the follower sleeps for the third time.
    sleep: vi.fn(async () => {
      if (clock.sleep.mock.calls.length !== 3) return
      const writer = openSharedExportsWriter(manifest, 'digest')
      writer.add(shared)
      writer.end()
    }),
  }
  const { files, openReaders, leader } = await followed(manifest, { clock, onWait })
  expect(onWait).toHaveBeenCalledOnce()
  expect(clock.sleep).toHaveBeenCalledTimes(3)
  expect(server.requests).toEqual(['GET /files/1'])
  expect([...files.values()].flat()).toMatchObject([{ number: 1, bytes: 6, retrieved: true }])
  expect([...openReaders.keys()]).toEqual([shared.probe])
  expect(leader).toBeUndefined()
})

describe('a follower gives up', () => {
  const written = (name: string, digest: string, exports: readonly SharedExport[]) => {
    const path = join(folder, name)
    const writer = openSharedExportsWriter(path, digest)
    for (const it of exports) writer.add(it)
    writer.end()
    return path
  }

  test('if the first machine was started otherwise', async () => {
    await expect(followed(written('other', 'another digest', [shared]))).rejects.toThrow(
      'this machine has other options than the first machine: start all machines with the same options, except --shard and --part',
    )
  })

  test('if an export is not in its plan', async () => {
    const stranger = { ...shared, probe: 'of another plan' }
    await expect(followed(written('stranger', 'digest', [stranger]))).rejects.toThrow(
      'the --manifest file lists an export that this machine does not plan',
    )
  })

  test('if the first machine says nothing for as long as an export may take', async () => {
    await expect(followed(join(folder, 'never'))).rejects.toThrow(
      /^the first machine listed no exports within 1800 s/,
    )
  })

  test('if --manifest names something else', async () => {
    const path = join(folder, 'something')
    writeFileSync(path, '{}')
    await expect(followed(path)).rejects.toThrow(
      '--manifest names a file that the first machine did not write',
    )
  })

  test('if it is interrupted before it knows of anything', async () => {
    await expect(followed(join(folder, 'never'), { signal: AbortSignal.abort() })).rejects.toThrow(
      'the run was interrupted before',
    )
  })
})
