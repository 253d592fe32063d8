import { deliveryResult, keyResult, list, one, webhookResult } from '@polyswarm/protocol/consumer'
import { queryOptions } from '@tanstack/react-query'
import { fromService } from '../client/service.js'

/** Milliseconds between two looks at what changes without the page: how a webhook stands, and what it got. */
const LOOK_EVERY = 5_000

/** The keys of the account whose key is used that are good. */
export function keysQuery(key: string) {
  return queryOptions({
    queryKey: ['keys', key],
    queryFn: async ({ signal }) => {
      const path = '/public/accounts/keys'
      return (await fromService(path, one(keyResult.array()), { signal })).result
    },
  })
}

/** The webhooks of the account whose key is used. */
export function webhooksQuery(key: string) {
  return queryOptions({
    queryKey: ['webhooks', key],
    queryFn: async ({ signal }) => {
      const path = '/notification/webhook/list'
      return (await fromService(path, list(webhookResult), { signal })).result
    },
    refetchInterval: LOOK_EVERY,
  })
}

/** What a webhook got lately, the latest first. */
export function deliveriesQuery(id: string, key: string) {
  return queryOptions({
    queryKey: ['deliveries', id, key],
    queryFn: async ({ signal }) => {
      const path = '/notification/webhook/deliveries'
      return (await fromService(path, one(deliveryResult.array()), { query: { id }, signal })).result
    },
    refetchInterval: LOOK_EVERY,
  })
}
