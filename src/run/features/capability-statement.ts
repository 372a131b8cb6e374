import { responseBody } from '../../checks/exchange/response-body.ts'
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

function statementIn(exchange: Exchange): JsonObject | undefined {
  if (exchange.response?.status !== 200 || !/\/metadata(\?|$)/.test(exchange.request.url)) return undefined
  const body = responseBody(exchange)
  if (body.is !== 'json' || !isJsonObject(body.value)) return undefined
  return body.value.resourceType === 'CapabilityStatement' ? body.value : undefined
}
