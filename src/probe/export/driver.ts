import type { Evidence, ExportEvidence } from '../../model/evidence.ts'
import type { OutputFileStart, FileSink } from '../../model/export/file-sink.ts'
import type { Export, ExportIntent, Kickoff, Manifest } from '../../model/export/export.ts'
import { type ExportAction, beginExport, nextAction, applyOutcome } from '../../model/export/next-action.ts'
import { jobLocationOf } from '../../model/export/job-location.ts'
import { header } from '../../model/http/exchange.ts'
import { wireFormatOf } from '../../model/export/wire-format.ts'
import type { RequestCredentials } from '../../model/suite.ts'
import { sendAuthorized } from '../authorization/authorized-request.ts'
import type { ProbeContext } from '../context.ts'
import { shownProgress } from '../masking/progress.ts'
import { type ActionResponse, actionResponse } from './action-response.ts'
import { downloadFile } from './download.ts'
import { deleteJob } from './job-deletion.ts'
import { requestStatus } from './status-request.ts'

/** What is done while an export goes on. */
export interface ExportHooks {
  /** Called once, right after the kick-off was accepted. */
  whileRunning?(running: ExportEvidence): Promise<void>
  /** Called for each output file before it is downloaded; `undefined` leaves it to be read afterwards. */
  beginFile?(file: OutputFileStart, running: ExportEvidence): FileSink | undefined
  /** Resolves once there is room for another file. */
  waitForSpace?(): Promise<void>
}

/** An export to be driven. */
interface ExportTask {
  readonly sent: Kickoff
  readonly as: RequestCredentials
  /** The kick-off has a header field Authorization of its own, or must have none. */
  readonly ownAuthorization: boolean
  /** The kick-off is the correct request without parameters. */
  readonly isPlain: boolean
  readonly intent: ExportIntent
  readonly hooks: ExportHooks
}

/** Performs an export as far as its intent says; an abort ends it early. */
export async function driveExport(context: ProbeContext, task: ExportTask): Promise<Evidence> {
  const { sent, as, intent, hooks } = task
  const credentials = await context.tokens.credentials(as)
  if ('reason' in credentials) return { probe: 'none', reason: credentials.reason }
  let flow = beginExport(
    intent,
    context.target.limits,
    context.clock.now(),
    wireFormatOf(context.target.ig).messages,
  )
  let isAnnounced = false
  const evidence = () => ({ probe: 'export', sent, export: flow.export }) as const
  for (let action = nextAction(flow); action; action = nextAction(flow)) {
    await pause(context, action)
    if (context.signal?.aborted) {
      if (action.do === 'download' && !intent.share) flow = { ...flow, export: beforeCompletion(flow.export) }
      break
    }
    const manifest = 'manifest' in flow.export ? flow.export.manifest : undefined
    const outcome = await performAction(context, task, {
      action,
      running: evidence(),
      ...(manifest ? { manifest } : {}),
    })
    flow = applyOutcome(flow, action, outcome)
    if (flow.export.state !== 'in-progress' || isAnnounced) continue
    isAnnounced = true
    await hooks.whileRunning?.(evidence())
  }
  return flow.export.state === 'requested' ? { probe: 'none', reason: { kind: 'interrupted' } } : evidence()
}

/** An export as it was before its manifest came: what only some of its files show is no evidence of it. */
function beforeCompletion(it: Export): Export {
  if (it.state !== 'complete') return it
  const { kickoff, statusUrl, polls } = it
  return { state: 'in-progress', kickoff, statusUrl, polls }
}

async function pause(context: ProbeContext, action: ExportAction): Promise<void> {
  if (!('afterMs' in action) || action.afterMs <= 0) return
  if (action.do === 'poll')
    context.notify({
      kind: 'wait',
      seconds: Math.round(action.afterMs / 1000),
      for: 'the next status request',
    })
  await context.clock.sleep(action.afterMs, context.signal)
}

interface ActionContext {
  readonly action: ExportAction
  readonly running: ExportEvidence
  readonly manifest?: Manifest
}

async function performAction(
  context: ProbeContext,
  task: ExportTask,
  it: ActionContext,
): Promise<ActionResponse> {
  const { action } = it
  switch (action.do) {
    case 'kick-off':
      return kickOff(context, task)
    case 'download':
      return downloadFile(context, {
        as: task.as,
        item: action.item,
        number: action.number,
        receiver: {
          beginFile: (file) => task.hooks.beginFile?.(file, it.running),
          waitForSpace: async () => task.hooks.waitForSpace?.(),
        },
        ...(it.manifest ? { manifest: it.manifest } : {}),
        ...('statusUrl' in it.running.export ? { from: it.running.export.statusUrl } : {}),
      })
    case 'download-early':
      // These bytes are not judged: the file is downloaded once more when the export is complete.
      return downloadFile(context, {
        as: task.as,
        item: action.item,
        number: 0,
        receiver: { beginFile: () => undefined, waitForSpace: async () => task.hooks.waitForSpace?.() },
        manifest: action.manifest,
      })
    case 'delete':
    case 'delete-again':
      return actionResponse(context, await deleteJob(context, action.url, task.as))
    default: {
      const running = it.running.export
      const polls = 'polls' in running ? running.polls.length : 0
      const afterDeletion = 'afterDeletion' in running ? running.afterDeletion.length : 0
      const { polling } = task.intent
      const response = await requestStatus(context, {
        url: action.url,
        as: task.as,
        reportsThrottling: action.do === 'poll',
        ignoresRetryAfter: action.do === 'poll' && polling !== 'polite' && polls < polling.burst,
      })
      const progress = header(response.headers ?? [], 'x-progress')
      context.notify({
        kind: 'poll',
        number: polls + afterDeletion + 1,
        ...(progress ? { progress: shownProgress(progress) } : {}),
      })
      return actionResponse(context, response)
    }
  }
}

async function kickOff(
  context: ProbeContext,
  { sent, as, ownAuthorization, isPlain }: ExportTask,
): Promise<ActionResponse> {
  const { target, jobs } = context
  const { limits, fhirUrl } = target
  const { method, url, headers, body } = sent
  const response = await sendAuthorized(context, {
    purpose: 'kick-off',
    as: ownAuthorization ? undefined : as,
    request: {
      ...{ method, url, headers, token: 'required', startsJob: true },
      ...(body === undefined ? {} : { body }),
      timeoutMs: limits.requestTimeoutMs,
      maxBytes: limits.controlBodyBytes,
    },
    followsRedirects: false,
    repeating: { mustSucceed: isPlain, whenPutOff: context.whenPutOff },
    onAttempt: () => jobs.recordIntent(context.nextExchange()),
    onAnswer: (answer) => jobs.recordKickoff(answer, as, jobLocationOf(answer, { fhirUrl, kickoffUrl: url })),
  })
  return actionResponse(context, response)
}
