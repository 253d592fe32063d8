import { consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import { keyOf } from './caller.js'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { momentOf } from './instance-view.js'
import { none } from './instances.js'
import { partOf } from './request-parts.js'

/** Where the holder of a key makes another, and takes back what is not used any more, or in wrong hands. */
export function keyRoutes(app: FastifyInstance, { store, callers }: ConsumerRoutesOptions): void {
  const { keys, makeKey, revokeKey } = operations

  app.get(keys.path, async (request) => {
    const { id: account } = await callers.of(request)
    const good = await store.accounts.keysOf(account, keyOf(request))
    const result = good.map(({ id, created, isUsed }) => ({ id, created: momentOf(created), in_use: isUsed }))
    return { status: 'OK', result }
  })
  app.post(makeKey.path, async (request) => {
    const { id: account } = await callers.of(request)
    const now = Date.now()
    const made = await store.write(() => store.accounts.addOwnKey(account, now))
    return { status: 'OK', result: { ...made, created: momentOf(now), in_use: false } }
  })
  app.delete(revokeKey.path, async (request) => {
    const { id: account } = await callers.of(request)
    const { id } = partOf(revokeKey.query, request.query, 'query')
    if (!(await store.write(() => store.accounts.forgetKey(account, id)))) none(`key ${id}`)
    return { status: 'OK', result: null }
  })
}
