import { booleansFromMask, decidedArtifacts } from '@polyswarm/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { zeroAddress } from 'viem'
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
import type { ApiContext } from './api-context.js'
import { PageSizeError, RefusalError } from './refusal.js'
import { guidOfPath, indexOfPath, partyOf, queryText, wholeNumber } from './request-values.js'
import { success } from './success.js'

/** The most pages of guids that one answer holds. */
const MAX_PAGES = 3

/** Reading bounties: all from the ledger, none from the node. */
export function bountyRoutes(app: FastifyInstance, context: ApiContext): void {
  const { documents } = context

  app.get('/bounties', async (request) => {
    const { followed } = partyOf(context, request)
    const { pageSize } = await chainConstants(followed.chain)
    const page = wholeNumber(queryText(request, 'page') ?? '0', 'PAGE_INVALID')
    const count = wholeNumber(queryText(request, 'count') ?? String(pageSize), 'PAGE_INVALID')
    if (count % pageSize !== 0 || count > MAX_PAGES * pageSize) throw new PageSizeError({ pageSize })
    const offset = page * count
    return success(Number.isSafeInteger(offset) ? readGuids(followed.ledger, offset, count) : [])
  })

  app.get('/bounties/parameters', async (request) => {
    const { followed } = partyOf(context, request)
    const constants = await chainConstants(followed.chain)
    const terms = currentTerms(followed)
    return success({
      bounty_fee: terms.bountyFee,
      assertion_fee: terms.assertionFee,
      bounty_amount_minimum: constants.bountyAmountMinimum,
      assertion_bid_minimum: constants.assertionBidMinimum,
      assertion_bid_maximum: constants.assertionBidMaximum,
      arbiter_lookback_range: constants.arbiterLookbackRange,
      max_duration: constants.maxDuration,
      assertion_reveal_window: terms.assertionRevealWindow,
      arbiter_vote_window: terms.arbiterVoteWindow,
    })
  })

  app.get('/bounties/:guid', async (request) => {
    const { bounty, followed } = bountyOf(request)
    const votes = readVotes(followed.ledger, bounty.guid)
    const decided = decidedArtifacts(votes, bounty.numArtifacts, bounty.arbiterCount)
    return success({
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
      metadata: bounty.metadata === '' ? null : await documents.resolve(bounty.metadata, 'bounty'),
    })
  })

  app.get('/bounties/:guid/terms', async (request) => {
    const { bounty } = bountyOf(request)
    return success({
      num_artifacts: bounty.numArtifacts,
      bounty_fee: String(bounty.bountyFee),
      assertion_fee: String(bounty.assertionFee),
      assertion_reveal_window: bounty.assertionRevealWindow,
      arbiter_vote_window: bounty.arbiterVoteWindow,
      arbiter_count: bounty.arbiterCount,
      block_number: bounty.blockNumber,
    })
  })

  app.get('/bounties/:guid/bloom', async (request) => success({ bloom: bountyOf(request).bounty.bloom }))

  app.get('/bounties/:guid/settlements', async (request) => {
    const { bounty, followed } = bountyOf(request)
    const settlements = readSettlements(followed.ledger, bounty.guid)
    return success(
      settlements.map(({ settler, payout, blockNumber }) => ({
        settler,
        payout: String(payout),
        block_number: blockNumber,
      })),
    )
  })

  app.get('/bounties/:guid/assertions', async (request) => {
    const { bounty, followed } = bountyOf(request)
    const assertions = readAssertions(followed.ledger, bounty.guid)
    return success(await Promise.all(assertions.map((assertion) => assertionResult(bounty, assertion, null))))
  })

  app.get('/bounties/:guid/assertions/:index', async (request) => {
    const { bounty, followed } = bountyOf(request)
    const index = indexOfPath(request)
    const assertion = readAssertions(followed.ledger, bounty.guid).find((candidate) => candidate.index === index)
    if (!assertion) throw new RefusalError('ASSERTION_NOT_FOUND')
    return success(await assertionResult(bounty, assertion, false))
  })

  app.get('/bounties/:guid/votes', async (request) => {
    const { bounty, followed } = bountyOf(request)
    return success(readVotes(followed.ledger, bounty.guid).map((vote) => voteResult(bounty, vote)))
  })

  app.get('/bounties/:guid/votes/:index', async (request) => {
    const { bounty, followed } = bountyOf(request)
    const vote = readVotes(followed.ledger, bounty.guid)[indexOfPath(request) ?? -1]
    if (!vote) throw new RefusalError('VOTE_NOT_FOUND')
    return success(voteResult(bounty, vote))
  })

  for (const [path, key] of [
    ['reveal', 'assertionRevealWindow'],
    ['vote', 'arbiterVoteWindow'],
  ] as const) {
    app.get(`/bounties/window/${path}`, async (request) => {
      const { followed } = partyOf(context, request)
      return success({ blocks: currentTerms(followed)[key] })
    })
  }

  function bountyOf(request: FastifyRequest): { bounty: BountyRow; followed: FollowedChain } {
    const guid = guidOfPath(request)
    const { followed } = partyOf(context, request)
    const bounty = readBounty(followed.ledger, guid)
    if (!bounty) throw new RefusalError('BOUNTY_NOT_FOUND')
    return { bounty, followed }
  }

  /** `hidden` stands for each verdict that is not revealed: null in lists, false alone, as clients expect. */
  async function assertionResult({ numArtifacts }: BountyRow, assertion: AssertionRow, hidden: null | false) {
    const { author, mask, commitment, nonce, verdicts, metadata, bids } = assertion
    return {
      author,
      mask: booleansFromMask(mask, numArtifacts),
      commitment: String(commitment),
      nonce: String(nonce ?? 0n),
      verdicts:
        verdicts === null
          ? Array.from({ length: numArtifacts }, () => hidden)
          : booleansFromMask(verdicts, numArtifacts),
      metadata: metadata === null ? '' : await documents.resolve(metadata, 'assertion'),
      bid: bids.map(String),
    }
  }
}

function voteResult({ numArtifacts }: BountyRow, vote: { voter: string; votes: bigint; validBloom: boolean }) {
  return { voter: vote.voter, votes: booleansFromMask(vote.votes, numArtifacts), valid_bloom: vote.validBloom }
}
