import { maskFromBooleans, parseGuid } from '@polyswarm/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ApiContext } from '../api/api-context.js'
import { InvalidBodyError } from '../api/refusal.js'
import { followedChain } from '../api/request-values.js'
import { readBounty, readVotes } from '../ledger/bounty-reader.js'
import type { Ledger } from '../ledger/ledger.js'
import { assertion2018 } from './event-text-2018.js'

type Fields = Record<string, unknown>

const ASSERTIONS = '/bounties/:guid/assertions'

/**
 * Makes today's routes take and give what those of 2018 did. An assertion has one bid, which is divided among
 * the artifacts asserted on, and its commitment is always the daemon's: the nonce goes back, as a string. The artifact
 * hash of an offer's state, which is too long for its word, is left out.
 */
export function speakOf2018(app: FastifyInstance, context: ApiContext): void {
  app.addHook('preHandler', async (request) => {
    if (is(request, 'POST', ASSERTIONS)) request.body = assertionOf(request.body)
    if (is(request, 'POST', '/offers/state')) request.body = withoutArtifactHash(request.body)
  })

  app.addHook('preSerialization', async (request, _reply, payload) => {
    const answer = payload as { status?: string; result?: unknown } | null
    if (answer?.status !== 'OK') return payload
    if (is(request, 'POST', ASSERTIONS)) {
      const { nonce, transactions } = answer.result as Fields
      return { ...answer, result: { transactions, nonce: String(nonce) } }
    }
    if (is(request, 'GET', ASSERTIONS)) return { ...answer, result: (answer.result as Fields[]).map(assertion2018) }
    if (is(request, 'GET', `${ASSERTIONS}/:index`)) return { ...answer, result: assertion2018(answer.result as Fields) }
    if (is(request, 'GET', '/bounties/:guid')) {
      return { ...answer, result: bountyOf(followedChain(context, request).ledger, answer.result as Fields) }
    }
    return payload
  })
}

function is(request: FastifyRequest, method: string, route: string): boolean {
  return request.method === method && request.routeOptions.url === route
}

/** @throws InvalidBodyError without verdicts, which nobody could commit to. */
function assertionOf(body: unknown): unknown {
  const { bid, mask, verdicts } = (body ?? {}) as { bid?: unknown; mask?: unknown; verdicts?: unknown }
  if ([bid, mask, verdicts].includes(undefined)) {
    throw new InvalidBodyError({ detail: "data must contain ['bid', 'mask', 'verdicts'] properties" })
  }
  const isAmount = typeof bid === 'string' && /^\d{1,100}$/.test(bid)
  const artifacts = Array.isArray(mask) ? mask.filter((bit) => bit === true).length : 0
  return { bid: isAmount && artifacts > 0 ? divided(BigInt(bid), artifacts) : bid, mask, verdicts }
}

function withoutArtifactHash(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  const { artifact_hash: _long, ...state } = body as Fields
  return state
}

/** Equal parts that add up to the whole; the first takes what the division leaves. */
function divided(whole: bigint, parts: number): string[] {
  const part = whole / BigInt(parts)
  const first = whole - part * BigInt(parts - 1)
  return Array.from({ length: parts }, (_, index) => String(index === 0 ? first : part))
}

/** A bounty without what came later, and with what was left out later: filter, and who voted how, as numbers. */
function bountyOf(ledger: Ledger, { artifact_type: _type, metadata: _metadata, ...bounty }: Fields): Fields {
  const guid = parseGuid(String(bounty.guid))
  const votes = readVotes(ledger, guid)
  return {
    ...bounty,
    quorum_mask: maskFromBooleans(bounty.quorum_mask as boolean[]),
    bloom: readBounty(ledger, guid)?.bloom ?? [],
    voters: votes.map(({ voter }) => voter),
    verdicts: votes.map((vote) => vote.votes),
    bloom_votes: votes.map(({ validBloom }) => validBloom),
  }
}
