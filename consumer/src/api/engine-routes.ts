import { type Engine, consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import type { EngineNames } from '../market/engine-names.js'
import { type EngineRecord, type KnownEngine, placeOf } from '../store/engine-book.js'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { momentOf } from './instance-view.js'
import { pageOf } from './page.js'
import { partOf } from './request-parts.js'

/** Who answers here. */
export function engineRoutes(app: FastifyInstance, options: ConsumerRoutesOptions): void {
  const { store, callers, nameOf, community } = options
  const { engines } = operations

  app.get(engines.path, async (request) => {
    callers.stranger(request)
    const { offset = '', limit } = partOf(engines.query, request.query, 'query')
    const made = await pageOf(
      limit,
      (count) => store.engines.list(offset, count),
      async (engine) => ({
        element: engineOf(engine, { nameOf, community }),
        bytes: 1_000,
        offset: placeOf(engine),
      }),
    )
    return { status: 'OK', ...made }
  })
}

function engineOf(engine: KnownEngine, { nameOf, community }: { nameOf: EngineNames; community: string }): Engine {
  const { address, role, firstSeen, lastSeen, record } = engine
  return {
    ...{ id: address, engineId: address, name: nameOf(address), description: null, engineType: role },
    ...{ status: 'verified', accountNumber: address, artifactTypes: typesOf(engine), mimeTypes: [] },
    ...{ communities: [community], tags: [] },
    ...{ createdAt: momentOf(firstSeen), modifiedAt: momentOf(lastSeen), archivedAt: null },
    record: shownRecord(record),
  }
}

/** An arbiter votes on whatever is posted; what an engine judges is what it has a record on. */
function typesOf({ role, judges }: KnownEngine): Engine['artifactTypes'] {
  if (role === 'arbiter') return ['file', 'url']
  return [...(judges.files ? ['file' as const] : []), ...(judges.urls ? ['url' as const] : [])]
}

/** A record as clients see it. */
function shownRecord(record: EngineRecord): Engine['record'] {
  return {
    true_positives: record.truePositives,
    false_positives: record.falsePositives,
    true_negatives: record.trueNegatives,
    false_negatives: record.falseNegatives,
  }
}
