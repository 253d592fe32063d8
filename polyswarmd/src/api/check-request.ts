import type { FastifyRequest } from 'fastify'
import type { Operation, Parameter } from '../openapi/operation.js'
import { operations } from '../openapi/operations.js'
import { canBe } from './path-variables.js'
import { RefusalError, UnknownPathError } from './refusal.js'
import { queryText } from './request-values.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Query parameters that this route can do without, though the document asks for them. */
    optional?: readonly string[]
  }
}

const byRoute = new Map(operations.map((operation) => [`${operation.method} ${operation.path}`, operation]))

/**
 * Checks path and query of a request by the table that the OpenAPI document is made of: what the document does not allow
 * is refused, whether or not the route would have looked at it.
 *
 * @throws UnknownPathError for a variable part that cannot be one; RefusalError with the parameter's own code.
 */
export function checkRequest(request: FastifyRequest): void {
  for (const [name, text] of Object.entries(request.params as Record<string, string>)) {
    if (!canBe(name, text)) throw new UnknownPathError()
  }
  const operation = operationOf(request)
  // Paths for WebSockets look for what they speak of first.
  if (operation === undefined || operation.result === 'events') return
  const { optional = [] } = request.routeOptions.config
  for (const parameter of operation.query) {
    const text = queryText(request, parameter.name)
    if (text === undefined && optional.includes(parameter.name)) continue
    checkParameter(parameter, text)
  }
}

function operationOf({ method, routeOptions }: FastifyRequest): Operation | undefined {
  return byRoute.get(`${method === 'HEAD' ? 'GET' : method} ${routeOptions.url?.replace(/(?<=.)\/$/, '')}`)
}

function checkParameter({ form, refusal, missing }: Parameter, text: string | undefined): void {
  if (missing !== undefined && !text) throw new RefusalError(missing)
  if (text === undefined || form === undefined || refusal === undefined) return
  if (form instanceof RegExp ? !form.test(text) : !form.includes(text)) throw new RefusalError(refusal)
}
