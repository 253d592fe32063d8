import { booleansFromMask, decidedArtifacts, type Guid, parseGuid, parseJson } from '@polyswarm/protocol'
import { bountiesAsked, type RouteAnswer, routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { zeroAddress } from 'viem'
import { MAX_DOCUMENT_BYTES, MAX_EMBEDDED_BYTES } from '../artifacts/metadata-documents.js'
import { chainConstants } from '../chain/chain-constants.js'
import { currentTerms } from '../chain/current-terms.js'
import type { FollowedChain } from '../chain/followed-chain.js'
import {
  type AssertionRow,
  type BountyRow,
  readAssertions,
  readBounty,
  readGuids,
  readSettlements,
  readVotes,
} from '../ledger/bounty-reader.js'
import type { Ledger } from '../ledger/ledger.js'
import { toldTerms } from '../ledger/told-terms.js'
import type { ApiContext } from './api-context.js'
import { PageSizeError, RefusalError } from './refusal.js'
import { followedChain, guidOfPath, indexOfPath, partyOf, queryText, wholeNumber } from './request-values.js'
import { serve } from './serve-route.js'

/** A document, which is checked before it is kept, or the text that stands for it. */
type MetadataAnswer = RouteAnswer<typeof routes.bounty>['metadata']

/** The most pages of guids that one answer holds. */
const MAX_PAGES = 3

/** Metadata documents in one list of assertions, in bytes; those that no longer fit are left as their addresses. */
const MAX_DOCUMENTS_BYTES = 1024 * 1024

/** What a list of assertions says of each, in bytes, besides its document; and of each artifact: the bid and the verdict. */
const BYTES_OF_ASSERTION = 400
const BYTES_OF_VERDICT = 12

/** Reading bounties: all from the ledger, none from the node. */
export function bountyRoutes(app: FastifyInstance, context: ApiContext): void {
  const { documents } = context

  serve(app, routes.bounties, async (request) => {
    const { followed } = partyOf(context, request)
    const { pageSize } = await chainConstants(followed.chain)
    const page = wholeNumber(queryText(request, 'page') ?? '0', 'PAGE_INVALID')
    const count = wholeNumber(queryText(request, 'count') ?? String(pageSize), 'PAGE_INVALID')
    if (count % pageSize !== 0 || count > MAX_PAGES * pageSize) throw new PageSizeError({ pageSize })
    const offset = page * count
    return Number.isSafeInteger(offset) ? readGuids(followed.ledger, offset, count) : []
  })

  serve(app, routes.bountyParameters, async (request) => {
    const { followed } = partyOf(context, request)
    const constants = await chainConstants(followed.chain)
    const terms = currentTerms(followed)
    return {
      bounty_fee: terms.bountyFee,
      assertion_fee: terms.assertionFee,
      bounty_amount_minimum: constants.bountyAmountMinimum,
      assertion_bid_minimum: constants.assertionBidMinimum,
      assertion_bid_maximum: constants.assertionBidMaximum,
      arbiter_lookback_range: Number(constants.arbiterLookbackRange),
      max_duration: Number(constants.maxDuration),
      assertion_reveal_window: terms.assertionRevealWindow,
      arbiter_vote_window: terms.arbiterVoteWindow,
    }
  })

  serve(app, routes.bounty, async (request) => {
    const { bounty, followed } = bountyOf(request)
    const votes = readVotes(followed.ledger, bounty.guid)
    const decided = decidedArtifacts(votes, bounty.numArtifacts, bounty.arbiterCount)
    return {
      guid: bounty.guid,
      artifact_type: bounty.artifactType,
      author: bounty.author,
      amount: String(bounty.amount),
      uri: bounty.uri,
      num_artifacts: bounty.numArtifacts,
      expiration: bounty.expiration,
      assigned_arbiter: zeroAddress,
      quorum_reached: bounty.quorumBlock !== null,
      quorum_reached_block: bounty.quorumBlock ?? 0,
      quorum_mask: booleansFromMask(decided, bounty.numArtifacts),
      metadata:
        bounty.metadata === '' ? null : ((await documents.resolve(bounty.metadata, 'bounty')) as MetadataAnswer),
    }
  })

  serve(app, routes.bountyTerms, async (request) => {
    const { bounty, followed } = bountyOf(request)
    const terms = toldTerms(followed.ledger, bounty.guid)
    if (!terms) throw new RefusalError('BOUNTY_NOT_FOUND')
    return { ...terms, block_number: bounty.blockNumber }
  })

  serve(app, routes.bloom, async (request) => ({ bloom: bountyOf(request).bounty.bloom }))

  serve(app, routes.settlements, async (request) => {
    const { bounty, followed } = bountyOf(request)
    return settlementsOf(bounty, followed.ledger)
  })

  serve(app, routes.assertions, async (request) => {
    const { bounty, followed } = bountyOf(request)
    return (await assertionsOf(bounty, readAssertions(followed.ledger, bounty.guid), MAX_DOCUMENTS_BYTES)).results
  })

  serve(app, routes.outcomeList, async (request) => {
    const { ledger } = followedChain(context, request)
    const outcomes: RouteAnswer<typeof routes.outcomeList>[number][] = []
    let room = MAX_DOCUMENTS_BYTES
    for (const guid of guidsOf(request)) {
      const bounty = readBounty(ledger, guid)
      if (!bounty) continue
      const rows = readAssertions(ledger, guid)
      room -= rows.length * (BYTES_OF_ASSERTION + bounty.numArtifacts * BYTES_OF_VERDICT)
      const { results: assertions, left } = await assertionsOf(bounty, rows, Math.max(room, 0))
      room = left
      // A document that did not fit may have been left out: whoever asks for this bounty alone gets it.
      if (outcomes.length > 0 && room < MAX_EMBEDDED_BYTES) break
      const votes = readVotes(ledger, guid).map((vote) => voteResult(bounty, vote))
      outcomes.push({ guid, assertions, votes, settlements: settlementsOf(bounty, ledger) })
    }
    return outcomes
  })

  serve(app, routes.assertion, async (request) => {
    const { bounty, followed } = bountyOf(request)
    const index = indexOfPath(request)
    const assertion = readAssertions(followed.ledger, bounty.guid).find((candidate) => candidate.index === index)
    if (!assertion) throw new RefusalError('ASSERTION_NOT_FOUND')
    const { document } = await documentOf(assertion, MAX_DOCUMENT_BYTES)
    return assertionResult(bounty, assertion, { hidden: false, document })
  })

  serve(app, routes.votes, async (request) => {
    const { bounty, followed } = bountyOf(request)
    return readVotes(followed.ledger, bounty.guid).map((vote) => voteResult(bounty, vote))
  })

  serve(app, routes.vote, async (request) => {
    const { bounty, followed } = bountyOf(request)
    const vote = readVotes(followed.ledger, bounty.guid)[indexOfPath(request) ?? -1]
    if (!vote) throw new RefusalError('VOTE_NOT_FOUND')
    return voteResult(bounty, vote)
  })

  for (const [route, key] of [
    [routes.revealWindow, 'assertionRevealWindow'],
    [routes.voteWindow, 'arbiterVoteWindow'],
  ] as const) {
    serve(app, route, async (request) => {
      const { followed } = partyOf(context, request)
      return { blocks: currentTerms(followed)[key] }
    })
  }

  function bountyOf(request: FastifyRequest): { bounty: BountyRow; followed: FollowedChain } {
    const guid = guidOfPath(request)
    const { followed } = partyOf(context, request)
    const bounty = readBounty(followed.ledger, guid)
    if (!bounty) throw new RefusalError('BOUNTY_NOT_FOUND')
    return { bounty, followed }
  }

  /** @param room bytes of documents; `left` says how many are left of it. */
  async function assertionsOf(bounty: BountyRow, assertions: readonly AssertionRow[], room: number) {
    const results: ReturnType<typeof assertionResult>[] = []
    let left = room
    for (const assertion of assertions) {
      const { document, length } = await documentOf(assertion, Math.min(left, MAX_EMBEDDED_BYTES))
      left -= length
      results.push(assertionResult(bounty, assertion, { hidden: null, document }))
    }
    return { results, left }
  }

  /** What stands for an assertion's metadata, and how much of documents is in it, in bytes. */
  async function documentOf(
    { metadata }: AssertionRow,
    limit: number,
  ): Promise<{ document: MetadataAnswer; length: number }> {
    if (metadata === null) return { document: '', length: 0 }
    const json = await documents.jsonOf(metadata, 'assertion', limit)
    return json === null
      ? { document: metadata, length: 0 }
      : { document: parseJson(json) as MetadataAnswer, length: json.length }
  }
}

/** The bounties that are asked about, each once; that they are some, and not too many, was checked by the route's definition. */
function guidsOf(request: FastifyRequest): Set<Guid> {
  return new Set(queryText(request, bountiesAsked.name)?.split(',').map(parseGuid))
}

function settlementsOf({ guid }: BountyRow, ledger: Ledger) {
  return readSettlements(ledger, guid).map(({ settler, payout, blockNumber }) => ({
    settler,
    payout: String(payout),
    block_number: blockNumber,
  }))
}

/** `hidden` stands for each verdict that is not revealed: null in lists, false alone, as clients expect. */
function assertionResult(
  { numArtifacts }: BountyRow,
  assertion: AssertionRow,
  { hidden, document }: { hidden: null | false; document: MetadataAnswer },
) {
  const { author, mask, commitment, nonce, verdicts, bids } = assertion
  return {
    author,
    mask: booleansFromMask(mask, numArtifacts),
    commitment: String(commitment),
    nonce: String(nonce ?? 0n),
    verdicts:
      verdicts === null ? Array.from({ length: numArtifacts }, () => hidden) : booleansFromMask(verdicts, numArtifacts),
    metadata: document,
    bid: bids.map(String),
  }
}

function voteResult({ numArtifacts }: BountyRow, vote: { voter: string; votes: bigint; validBloom: boolean }) {
  return { voter: vote.voter, votes: booleansFromMask(vote.votes, numArtifacts), valid_bloom: vote.validBloom }
}
