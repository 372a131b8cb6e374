import { UsageError } from '../config/error.ts'
import type { Settings } from '../config/settings.ts'
import { openKeySetHost } from '../probe/key-set-host.ts'
import { listenForKeySetRequests } from '../probe/transport/key-set-listener.ts'
import { fileErrorReason } from '../storage/file-error.ts'
import { systemClock } from './system-clock.ts'

/** Serves the JWK Set of the client if settings ask for it. Throws UsageError. */
export async function serveKeySet(address: Settings['keySetAddress']) {
  if (!address) return undefined
  const host = openKeySetHost(systemClock.now)
  const listening = await listenForKeySetRequests(host, address).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'another program uses the port' : fileErrorReason(error)
    throw new UsageError(`cannot serve the JWK Set at ${address.host}:${address.port}: ${why}`)
  })
  return { host, close: () => listening.close() }
}
