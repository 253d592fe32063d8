import { z } from 'zod'
import { artifactRoutes } from './artifact-routes.js'
import { bountyRoutes } from './bounty-routes.js'
import { chainRoutes } from './chain-routes.js'
import { offerRoutes } from './offer-routes.js'
import { parameters, resume, since } from './parameter.js'
import { added, type Route, read } from './route.js'

const text = z.string()

/**
 * Every route of polyswarmd. Its server, its OpenAPI document, the clients and the table in docs/reference/polyswarmd-api.md
 * follow from this list; tests hold them to it.
 */
export const routes = {
  self: added(
    read(
      '/',
      'Name, version, and where the API is described',
      z.object({ name: text, version: text, openapi: text, docs: text }),
    ),
  ),
  ...chainRoutes,
  ...artifactRoutes,
  ...bountyRoutes,
  ...offerRoutes,
  events: read('/events', 'WebSocket: everything that happens on a chain, in order', 'events', [
    ...parameters.chain,
    since,
    resume,
  ]),
  health: added(read('/health', 'The process answers', text)),
  ready: added(read('/ready', 'Every ledger has caught up with its chain', text)),
  metrics: added(read('/metrics', 'Metrics for Prometheus', 'text')),
  openapi: added(read('/openapi.json', 'This API for programs', 'document')),
  docs: added(read('/docs', 'This API for people', 'page')),
} satisfies Record<string, Route>
