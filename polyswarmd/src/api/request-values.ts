import { type Guid, parseGuid } from '@polyswarm/protocol'
import { WHOLE_NUMBER } from '@polyswarm/protocol/routes'
import type { FastifyRequest } from 'fastify'
import { type Address, getAddress, type Hex, isAddress } from 'viem'
import type { FollowedChain } from '../chain/followed-chain.js'
import type { ChainName } from '../chain/market-chain.js'
import type { ApiContext } from './api-context.js'
import { PATH_VARIABLES } from './path-variables.js'
import { ChainNotServedError, type RefusalCode, RefusalError, UnknownPathError } from './refusal.js'

/** Who asks, on which chain: what nearly every route needs first. */
export interface Party {
  account: Address
  followed: FollowedChain
}

/** A query parameter as text; the first, where it is repeated. */
export function queryText(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Record<string, unknown>)[name]
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' ? first : undefined
}

/**
 * The account and chain of a request.
 *
 * @throws RefusalError without an account, or with one that is no address; the chain is looked at afterwards.
 */
export function partyOf(context: ApiContext, request: FastifyRequest): Party {
  const account = accountOf(request)
  return { account, followed: followedChain(context, request) }
}

/**
 * The account in whose name a request is made; undefined where it names none.
 *
 * @throws RefusalError where what it names is no address.
 */
export function namedAccount(request: FastifyRequest): Address | undefined {
  return queryText(request, 'account') ? accountOf(request) : undefined
}

function accountOf(request: FastifyRequest): Address {
  const account = queryText(request, 'account')
  if (!account) throw new RefusalError('ACCOUNT_MISSING')
  const prefixed = /^0x/i.test(account) ? `0x${account.slice(2)}` : `0x${account}`
  if (!isAddress(prefixed, { strict: false })) throw new RefusalError('ACCOUNT_INVALID')
  return getAddress(prefixed.toLowerCase() as Address)
}

/**
 * The chain of a request: the default unless it says otherwise.
 *
 * @throws RefusalError for a chain that does not exist, ChainNotServedError for one that is not configured.
 */
export function followedChain(context: ApiContext, request: FastifyRequest): FollowedChain {
  const name = queryText(request, 'chain') ?? context.defaultChain
  if (name !== 'home' && name !== 'side') throw new RefusalError('CHAIN_UNKNOWN')
  const followed = context.chains[name]
  if (!followed) throw new ChainNotServedError({ chain: name, served: Object.keys(context.chains) as ChainName[] })
  return followed
}

/**
 * The account of a request for a route that belongs to one chain, whatever `chain` it names.
 *
 * @throws RefusalError without an account, or with one that is no address; ChainNotServedError where the chain is not
 * configured.
 */
export function partyOn(context: ApiContext, request: FastifyRequest, chain: ChainName): Party {
  const account = accountOf(request)
  const followed = context.chains[chain]
  if (!followed) throw new ChainNotServedError({ chain, served: Object.keys(context.chains) })
  return { account, followed }
}

/** The chain that offers are on: home, or the only one there is. */
export function offersChain({ chains }: ApiContext): ChainName {
  return chains.home ? 'home' : 'side'
}

/** The nonce that the caller wants its first transaction to have. @throws RefusalError unless it is an integer. */
export function baseNonce(request: FastifyRequest): number | undefined {
  const text = queryText(request, 'base_nonce')
  return text === undefined ? undefined : wholeNumber(text, 'BASE_NONCE_INVALID')
}

/** A non-negative integer of up to 15 digits. @throws RefusalError with the given code otherwise. */
export function wholeNumber(text: string, refusal: RefusalCode): number {
  if (!WHOLE_NUMBER.test(text)) throw new RefusalError(refusal)
  return Number(text)
}

/** The bounty of a path. @throws UnknownPathError unless it is a hyphenated UUID. */
export function guidOfPath(request: FastifyRequest): Guid {
  try {
    return parseGuid((request.params as { guid: string }).guid)
  } catch {
    throw new UnknownPathError()
  }
}

/** The transaction of a path. @throws UnknownPathError unless it is a hash of 32 bytes. */
export function transactionOfPath(request: FastifyRequest): Hex {
  const { transaction } = request.params as { transaction: Hex }
  if (!PATH_VARIABLES.transaction.test(transaction)) throw new UnknownPathError()
  return transaction
}

/**
 * The index at the end of a path; null where it is so large that nothing can have it.
 *
 * @throws UnknownPathError unless it is a decimal number.
 */
export function indexOfPath(request: FastifyRequest): number | null {
  const { index } = request.params as { index: string }
  if (!PATH_VARIABLES.index.test(index)) throw new UnknownPathError()
  const value = Number(index)
  return Number.isSafeInteger(value) ? value : null
}
