import { consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import type { ArtifactShelf } from '../intake/artifact-shelf.js'
import type { Notifier } from '../notify/notifier.js'
import { accountRoutes } from './account-routes.js'
import { accuracyRoutes } from './accuracy-routes.js'
import { downloadRoutes } from './download-routes.js'
import { engineRoutes } from './engine-routes.js'
import type { Feed } from './feed.js'
import { feedRoute } from './feed-route.js'
import type { InstanceViewOptions } from './instance-view.js'
import type { Instances } from './instances.js'
import { iocRoutes } from './ioc-routes.js'
import { keyRoutes } from './key-routes.js'
import { metadataRoutes } from './metadata-routes.js'
import { openApiDocument } from './openapi-document.js'
import { searchRoutes } from './search-routes.js'
import { streamRoutes } from './stream-routes.js'
import { submissionRoutes } from './submission-routes.js'
import type { UploadRoutesOptions } from './upload-routes.js'
import { webhookRoutes } from './webhook-routes.js'

/** What the routes work with. */
export interface ConsumerRoutesOptions extends InstanceViewOptions, UploadRoutesOptions {
  instances: Instances
  shelf: ArtifactShelf
  feed: Feed
  notifier: Notifier
  /** The community that submissions can name. */
  community: string
  /** Fires when the service ends. */
  signal: AbortSignal
}

/** Every route but that of uploads. */
export function consumerRoutes(app: FastifyInstance, options: ConsumerRoutesOptions): void {
  app.get(operations.describe.path, async (request) => {
    options.callers.stranger(request)
    return openApiDocument()
  })
  submissionRoutes(app, options)
  searchRoutes(app, options)
  downloadRoutes(app, options)
  streamRoutes(app, options)
  engineRoutes(app, options)
  accountRoutes(app, options)
  keyRoutes(app, options)
  feedRoute(app, options)
  metadataRoutes(app, options)
  iocRoutes(app, options)
  webhookRoutes(app, options)
  accuracyRoutes(app, options)
}
