import type { ActionOutcome } from '../../model/export/export-flow.ts'
import type { ProbeContext } from '../context.ts'
import type { HttpResponse } from '../http-client.ts'

/** The outcome of an action of an export, and the response that it is read from. */
export type ActionResponse = ActionOutcome & { readonly response: HttpResponse }

/** The outcome that a response is, now. */
export function actionResponse({ clock }: ProbeContext, response: HttpResponse): ActionResponse {
  const { exchange, url, headers, body, manifest } = response
  const live = {
    ...(headers ? { headers } : {}),
    ...(body === undefined ? {} : { body }),
    ...(manifest ? { manifest } : {}),
  }
  return { response, exchange, url, ...live, at: clock.now() }
}
