import {
  bloomOf,
  commitmentOf,
  fullMask,
  gasBound,
  isContentAddress,
  MAX_ARTIFACTS,
  MAX_ARTIFACTS_UNSEALED,
  maskFromBooleans,
  newGuid,
  newNonce,
  postAssertionCall,
  postAssertionRequest,
  postBountyCall,
  postBountyRequest,
  postSealedAssertionCall,
  revealAssertionCall,
  revealRequest,
  settleBountyCall,
  voteOnBountyCall,
  voteRequest,
} from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance } from 'fastify'
import type { ArtifactEntry } from '../artifacts/artifact-store.js'
import { chainConstants } from '../chain/chain-constants.js'
import { currentTerms } from '../chain/current-terms.js'
import { contentionGas } from '../chain/gas-estimate.js'
import { plannedApproval } from '../chain/planned-approval.js'
import { buildTransactions } from '../chain/transaction-builder.js'
import { readAssertionMask, readBounty } from '../ledger/bounty-reader.js'
import type { ApiContext } from './api-context.js'
import { readBody, uint256 } from './body.js'
import { RefusalError } from './refusal.js'
import { baseNonce, guidOfPath, indexOfPath, partyOf } from './request-values.js'
import { serve } from './serve-route.js'

/** Building the transactions of a bounty's life. Whether the round allows them is for the contract to say. */
export function bountyActionRoutes(app: FastifyInstance, context: ApiContext): void {
  serve(app, routes.postBounty, async (request) => {
    const { account, followed } = partyOf(context, request)
    const { chain } = followed
    const nonce = baseNonce(request)
    const body = readBody(postBountyRequest, request.body)
    const artifacts = await artifactsOf(body.uri)
    const amount = uint256(body.amount, 'amount')
    const { bountyAmountMinimum } = await chainConstants(chain)
    if (amount < bountyAmountMinimum * BigInt(artifacts.length)) throw new RefusalError('BOUNTY_AMOUNT_INVALID')
    const metadata = body.metadata ?? ''
    if (metadata !== '' && !isContentAddress(metadata)) throw new RefusalError('BOUNTY_METADATA_INVALID')
    const { bountyFee } = currentTerms(followed)
    const order = {
      guid: body.guid ?? newGuid(),
      artifactType: body.artifact_type,
      amount,
      uri: body.uri,
      numArtifacts: artifacts.length,
      duration: body.duration,
      bloom: bloomOf(artifacts.map(({ hash }) => hash)),
      metadata,
    }
    const { market } = chain
    const transactions = await buildTransactions(chain, account, nonce, [
      plannedApproval(market, market.bountyRegistry, amount + bountyFee),
      { call: postBountyCall(market, order), gasBound: gasBound.postBounty() },
    ])
    return { transactions }
  })

  serve(app, routes.postAssertion, async (request) => {
    const guid = guidOfPath(request)
    const { account, followed } = partyOf(context, request)
    const { chain } = followed
    const nonce = baseNonce(request)
    const body = readBody(postAssertionRequest, withBidList(request.body))
    const isSealed = body.seal === 'bound'
    // Only who draws up the reveal knows the metadata that a sealed commitment is bound to.
    if (body.commitment === undefined && (body.verdicts === undefined || isSealed)) {
      throw new RefusalError('COMMITMENT_MISSING')
    }
    const bids = body.bid.map((bid, index) => uint256(bid, `bid[${index}]`))
    if (bids.length === 0 || bids.length !== body.mask.filter(Boolean).length) throw new RefusalError('BIDS_MISMATCH')
    const { assertionBidMinimum, assertionBidMaximum } = await chainConstants(chain)
    if (bids.some((bid) => bid < assertionBidMinimum || bid > assertionBidMaximum)) {
      throw new RefusalError('ASSERTION_BID_INVALID')
    }
    const bounty = readBounty(followed.ledger, guid)
    if (!isSealed && (bounty?.numArtifacts ?? 0) > MAX_ARTIFACTS_UNSEALED) throw new RefusalError('SEAL_NOT_BINDING')
    const mask = maskFromBooleans(body.mask)
    const drawn = body.commitment === undefined ? newNonce() : undefined
    const commitment =
      drawn === undefined
        ? uint256(body.commitment ?? '', 'commitment')
        : commitmentOf({ verdicts: maskFromBooleans(body.verdicts ?? []) & mask, nonce: drawn, author: account })
    const { market } = chain
    // The fee is the bounty's own where the ledger knows it: the contract takes what was announced when it was posted.
    const { assertionFee } = bounty ?? currentTerms(followed)
    const escrow = bids.reduce((sum, bid) => sum + bid, 0n) + assertionFee
    const order = { guid, bids, mask, commitment }
    const call = (isSealed ? postSealedAssertionCall : postAssertionCall)(market, order)
    const transactions = await buildTransactions(chain, account, nonce, [
      plannedApproval(market, market.bountyRegistry, escrow),
      { call, gasBound: gasBound.postAssertion(bids.length) },
    ])
    return drawn === undefined ? { transactions } : { transactions, nonce: drawn }
  })

  serve(app, routes.reveal, async (request) => {
    const guid = guidOfPath(request)
    const index = indexOfPath(request)
    const { account, followed } = partyOf(context, request)
    const base = baseNonce(request)
    const { nonce, verdicts, metadata } = readBody(revealRequest, request.body)
    if (index === null) throw new RefusalError('ASSERTION_NOT_FOUND')
    // The original's programs may give verdicts on artifacts that they did not assert on: the contract refuses those.
    const mask = readAssertionMask(followed.ledger, guid, index) ?? fullMask(MAX_ARTIFACTS)
    const call = revealAssertionCall(followed.chain.market, {
      guid,
      index,
      nonce: uint256(nonce, 'nonce'),
      verdicts: maskFromBooleans(verdicts) & mask,
      metadata,
    })
    const bound = gasBound.revealAssertion(verdicts.length, Buffer.byteLength(metadata))
    return {
      transactions: await buildTransactions(followed.chain, account, base, [{ call, gasBound: bound }]),
    }
  })

  serve(app, routes.castVote, async (request) => {
    const guid = guidOfPath(request)
    const { account, followed } = partyOf(context, request)
    const nonce = baseNonce(request)
    const { votes, valid_bloom: validBloom } = readBody(voteRequest, withVotes(request.body))
    const call = voteOnBountyCall(followed.chain.market, { guid, votes: maskFromBooleans(votes), validBloom })
    const planned = {
      call,
      gasBound: gasBound.voteOnBounty(votes.length),
      contention: contentionGas.voteOnBounty(votes.length),
    }
    return { transactions: await buildTransactions(followed.chain, account, nonce, [planned]) }
  })

  serve(app, routes.settle, async (request) => {
    const guid = guidOfPath(request)
    const { account, followed } = partyOf(context, request)
    const nonce = baseNonce(request)
    const call = settleBountyCall(followed.chain.market, guid)
    const numArtifacts = readBounty(followed.ledger, guid)?.numArtifacts
    const planned = { call, gasBound: gasBound.settleBounty(numArtifacts), contention: contentionGas.settleBounty() }
    return { transactions: await buildTransactions(followed.chain, account, nonce, [planned]) }
  })

  async function artifactsOf(uri: string): Promise<ArtifactEntry[]> {
    const artifacts = await context.store.list(uri).catch(() => [])
    if (artifacts.length === 0 || artifacts.length > MAX_ARTIFACTS) throw new RefusalError('ARTIFACT_URI_UNCHECKED')
    return artifacts
  }
}

/** The API of 2018 gave one bid for all, as a string; it means the same where there is one to give. */
function withBidList(body: unknown): unknown {
  const { bid } = (body ?? {}) as { bid?: unknown }
  return typeof bid === 'string' ? { ...(body as object), bid: [bid] } : body
}

/** The API of 2018 called votes verdicts. */
function withVotes(body: unknown): unknown {
  const { votes, verdicts } = (body ?? {}) as { votes?: unknown; verdicts?: unknown }
  return votes === undefined && verdicts !== undefined ? { ...(body as object), votes: verdicts } : body
}
