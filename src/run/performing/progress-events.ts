import type { ProbeKey } from '../../model/plan.ts'
import type { Target } from '../../model/target.ts'
import type { Session } from '../../probe/session.ts'
import { resultFilesOf, resultProfilesOf } from '../evidence-files.ts'
import type { Judging } from '../judging.ts'
import type { RunEvent } from '../journal/run-event.ts'
import type { PlanMoment } from './settled-tests.ts'
import { type SettingDetails, testedSettingOf } from '../tested-setting.ts'

/** Says what is new each time that a probe is done. */
export function openProgressEvents(
  target: Target,
  details: Omit<SettingDetails, 'exchanges'>,
  {
    session,
    notify,
  }: { readonly session: Pick<Session, 'exchanges'>; readonly notify: (event: RunEvent) => void },
): (moment: PlanMoment) => void {
  const readBefore = new Set<ProbeKey>()
  let preflightBefore = 0
  let wasNarrowed = false
  return ({ judging, isNarrowed, isDone, features }) => {
    const { preflight, evidence } = judging
    if (preflight.length > preflightBefore) notify({ kind: 'preflight', problems: preflight })
    preflightBefore = preflight.length
    if (isNarrowed && !wasNarrowed)
      notify({
        kind: 'tested',
        tested: testedSettingOf(target, evidence.values(), {
          ...{ ...details, features },
          exchanges: session.exchanges,
        }),
      })
    wasNarrowed ||= isNarrowed
    const read = [...judging.files].filter(([key]) => !readBefore.has(key) && isDone(key))
    for (const [key, it] of read) {
      readBefore.add(key)
      notifyFiles(judging, new Map([[key, it]]), notify)
    }
  }
}

function notifyFiles(
  { plan, evidence }: Judging,
  read: Judging['files'],
  notify: (event: RunEvent) => void,
): void {
  const files = resultFilesOf({ evidence, files: read })
  const profiles = resultProfilesOf(plan, { files: read })
  for (let at = 0; at === 0 || at < files.length; at += filesOfEvent)
    notify({ kind: 'files', files: files.slice(at, at + filesOfEvent), ...(at === 0 ? profiles : {}) })
}

/** An export may have 100,000 files; a journal has an event as one line. */
const filesOfEvent = 1000
