import { type Parameter, type Route, routes } from '@polyswarm/protocol/routes'
import type { FastifyRequest } from 'fastify'
import { canBe } from './path-variables.js'
import { RefusalError, UnknownPathError } from './refusal.js'
import { queryText } from './request-values.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Query parameters that this route can do without, though the document asks for them. */
    optional?: readonly string[]
  }
}

const byRoute = new Map(Object.values<Route>(routes).map((route) => [`${route.method} ${route.path}`, route]))

/**
 * Checks path and query of a request by the definition that the OpenAPI document is made of: what the document does not allow
 * is refused, whether or not the route would have looked at it.
 *
 * @throws UnknownPathError for a variable part that cannot be one; RefusalError with the parameter's own code.
 */
export function checkRequest(request: FastifyRequest): void {
  for (const [name, text] of Object.entries(request.params as Record<string, string>)) {
    if (!canBe(name, text)) throw new UnknownPathError()
  }
  const route = routeOf(request)
  // Paths for WebSockets look for what they speak of first.
  if (route === undefined || route.result === 'events') return
  const { optional = [] } = request.routeOptions.config
  for (const parameter of route.query) {
    const text = queryText(request, parameter.name)
    if (text === undefined && optional.includes(parameter.name)) continue
    checkParameter(parameter, text)
  }
}

function routeOf({ method, routeOptions }: FastifyRequest): Route | undefined {
  return byRoute.get(`${method === 'HEAD' ? 'GET' : method} ${routeOptions.url?.replace(/(?<=.)\/$/, '')}`)
}

function checkParameter({ form, refusal, missing }: Parameter, text: string | undefined): void {
  if (missing !== undefined && !text) throw new RefusalError(missing)
  if (text === undefined || form === undefined || refusal === undefined) return
  if (form instanceof RegExp ? !form.test(text) : !form.includes(text)) throw new RefusalError(refusal)
}
