import { type RouteAnswer, routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance } from 'fastify'
import type { FollowedChain } from '../chain/followed-chain.js'
import { ChainUnavailableError } from '../errors.js'
import type { ApiContext } from './api-context.js'
import { followedChain, partyOf, queryText } from './request-values.js'
import { serve } from './serve-route.js'

/** `/status`, `/syncing`, `/nonce`, `/pending`, and `/contracts`, which says what participants pin. */
export function statusRoutes(app: FastifyInstance, context: ApiContext): void {
  serve(app, routes.status, async () => {
    const [home, side, reachable] = await Promise.all([
      chainStatus(context.chains.home),
      chainStatus(context.chains.side),
      context.store.online(),
    ])
    return { community: context.community, home, side, artifact_services: { ipfs: { reachable } } }
  })

  serve(app, routes.syncing, async (request) => {
    const { followed } = partyOf(context, request)
    const syncing = await ask(followed, ({ client }) => client.request({ method: 'eth_syncing' as 'eth_chainId' }))
    return numbersOf(syncing)
  })

  serve(app, routes.nonce, async (request) => {
    const { account, followed } = partyOf(context, request)
    const blockTag = queryText(request, 'ignore_pending') === undefined ? 'pending' : 'latest'
    return await ask(followed, ({ client }) => client.getTransactionCount({ address: account, blockTag }))
  })

  serve(app, routes.pendingNonces, async (request) => {
    const { account, followed } = partyOf(context, request)
    const inspect = { method: 'txpool_inspect' as 'eth_chainId' } as const
    const pool = (await ask(followed, ({ client }) => client.request(inspect))) as unknown
    return noncesOf(pool, account)
  })

  serve(app, routes.contracts, async (request) => {
    const { eth_uri: _private, ...contracts } = followedChain(context, request).chain.deployment
    return contracts
  })
}

async function chainStatus(followed: FollowedChain | undefined): Promise<RouteAnswer<typeof routes.status>['home']> {
  if (!followed) return { reachable: false }
  const { client, deployment, heads } = followed.chain
  try {
    const [block, chainId, syncing] = await Promise.all([
      client.getBlockNumber({ cacheTime: 0 }),
      heads.answered('chain id', () => client.getChainId()),
      heads.answered('syncing', () => client.request({ method: 'eth_syncing' as 'eth_chainId' }) as Promise<unknown>),
    ])
    if (chainId !== deployment.chain_id) return { reachable: false }
    return { reachable: true, syncing: syncing !== false, block: Number(block) }
  } catch {
    return { reachable: false }
  }
}

async function ask<T>(followed: FollowedChain, question: (chain: FollowedChain['chain']) => Promise<T>): Promise<T> {
  try {
    return await question(followed.chain)
  } catch (cause) {
    throw new ChainUnavailableError({ chain: followed.chain.name, cause })
  }
}

/** `eth_syncing` with its hexadecimal quantities as numbers. */
function numbersOf(syncing: unknown): false | Record<string, unknown> {
  if (typeof syncing !== 'object' || syncing === null) return false
  const isQuantity = (value: unknown): value is string => typeof value === 'string' && /^0x[0-9a-f]+$/i.test(value)
  return Object.fromEntries(
    Object.entries(syncing).map(([key, value]) => [key, isQuantity(value) ? BigInt(value) : value]),
  )
}

/** The nonces of an account's transactions in a pool, as text, the executable ones first. */
function noncesOf(pool: unknown, account: string): string[] {
  const { pending, queued } = (pool ?? {}) as Record<'pending' | 'queued', Record<string, object> | undefined>
  return [pending, queued].flatMap((part) =>
    Object.entries(part ?? {})
      .filter(([address]) => address.toLowerCase() === account.toLowerCase())
      .flatMap(([, transactions]) => Object.keys(transactions)),
  )
}
