import { z } from 'zod'
import { artifactRoutes } from './artifact-routes.js'
import { bountyRoutes } from './bounty-routes.js'
import { chainRoutes } from './chain-routes.js'
import { offerRoutes } from './offer-routes.js'
import { parameters, resume, since } from './parameter.js'
import { type Route, read } from './route.js'

const text = z.string()

/**
 * Every route of polyswarmd. Its server, its OpenAPI document, the clients and docs/reference/polyswarmd-routes.md follow from
 * this list; tests hold them to it.
 */
export const routes = {
  self: read(
    '/',
    'What this is, and where it is described',
    z.object({ name: text, version: text, openapi: text, docs: text }),
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
  health: read('/health', 'The process answers', text),
  ready: read('/ready', 'Every ledger is up to date', text),
  metrics: read('/metrics', 'Metrics for Prometheus', 'text'),
  openapi: read('/openapi.json', 'This document', 'document'),
  docs: read('/docs', 'This document, to be read', 'page'),
} satisfies Record<string, Route>
