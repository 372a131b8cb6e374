import type { Exchange } from '../../model/http/exchange.ts'
import type { Evidence } from '../../model/evidence.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** The CapabilityStatement that some probe brought, as it was recorded; `undefined` without one. */
export function capabilityStatementOf(evidence: Iterable<Evidence>): JsonObject | undefined {
  for (const it of evidence) {
    const exchange = it.probe === 'request' ? it.exchanges.at(-1) : undefined
    const statement = exchange && statementIn(exchange)
    if (statement) return statement
  }
  return undefined
}

function statementIn({ request, response }: Exchange): JsonObject | undefined {
  if (response?.status !== 200 || response.body === undefined) return undefined
  if (!/\/metadata(\?|$)/.test(request.url)) return undefined
  try {
    const value: unknown = JSON.parse(response.body)
    return isJsonObject(value) && value.resourceType === 'CapabilityStatement' ? value : undefined
  } catch {
    return undefined
  }
}
