import { bodyBytes } from '../http-message.ts'
import type { Gateway } from './definition.ts'

type Statement = {
  rest: {
    operation?: Operation[]
    resource: { type: string; interaction?: unknown; operation?: Operation[] }[]
  }[]
}
type Operation = { documentation?: string }

/** The CapabilityStatement declares no feature. */
export const undeclared: Gateway = async (request, pass) => {
  const response = await pass(request)
  if (!request.url.endsWith('/metadata') || response.status !== 200) return response
  const statement = JSON.parse(Buffer.from(await bodyBytes(response)).toString()) as Statement
  for (const { operation = [], resource } of statement.rest) {
    for (const it of [...operation, ...resource.flatMap((one) => one.operation ?? [])])
      delete it.documentation
    for (const it of resource) if (it.type === 'Group') delete it.interaction
  }
  return { ...response, body: Buffer.from(JSON.stringify(statement)) }
}
