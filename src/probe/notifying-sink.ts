import type { Clock } from '../model/clock.ts'
import type { ProbeEvent } from './events.ts'
import type { ByteSink } from './transport/message.ts'
import type { Spool } from './transport/spool.ts'

const notifyIntervalMs = 100

/** A spool that reports its progress every now and then. */
export function notifyingSink(
  spool: Spool,
  { notify, clock }: { readonly notify: (event: ProbeEvent) => void; readonly clock: Clock },
): ByteSink {
  let last = clock.now()
  return {
    write(chunk) {
      spool.write(chunk)
      if (clock.now() - last >= notifyIntervalMs) {
        last = clock.now()
        notify({ kind: 'body', bytes: spool.bytes })
      }
    },
  }
}
