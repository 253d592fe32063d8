import { z } from 'zod'
import {
  assertionResult,
  bloomResult,
  bountyParameters,
  bountyResult,
  bountyTerms,
  postBountyRequest,
  revealRequest,
  settlementResult,
  stakeRequest,
  stakingParameters,
  stakingStanding,
  voteResult,
} from '../bounty.js'
import { bountyMoves } from '../bounty-move.js'
import {
  claimList,
  dueList,
  openingList,
  openingRequest,
  openingResult,
  openingResults,
  openingsRequest,
} from '../keeping.js'
import { assertionList, bountyList, outcomeList, voteList } from '../list.js'
import { builtResult } from './built-result.js'
import { assertionBody, metadataBody, voteBody } from './lenient-bodies.js'
import { bountiesAsked, inPhase, number, ofAccount, onBounty, orderedPage, page, parameters } from './parameter.js'
import { added, read, take } from './route.js'

const { party, builds, chain } = parameters
const ofOwnBounties = ofAccount('author', 'only those on bounties of this account')
const window = z.object({ blocks: z.number().int() })

/** Bounties, and what is said on them. */
export const bountyRoutes = {
  bounties: read('/bounties', 'Guids of bounties, in the order in which they were posted', z.array(z.uuid()), [
    ...party,
    number('page', 'which part, from 0'),
    {
      ...number('count', 'guids in a part; a multiple of 25, at most 75'),
      narrower: { enum: ['0', '25', '50', '75'] },
    },
  ]),
  postBounty: take(
    '/bounties',
    'Builds approve and postBounty; the caller may choose the `guid`',
    postBountyRequest,
    builtResult,
    builds,
  ),
  bountyList: added(
    read('/bounties/list', 'Bounties with their phases: as for a transaction in the next block', bountyList, [
      ...chain,
      ofAccount('author', 'only those of this account'),
      inPhase,
      ...orderedPage,
    ]),
  ),
  assertionList: added(
    read('/assertions/list', 'Assertions on all bounties', assertionList, [
      ...chain,
      ofAccount('author', 'only those of this engine'),
      onBounty,
      ...orderedPage,
    ]),
  ),
  voteList: added(
    read('/votes/list', 'Votes on all bounties', voteList, [
      ...chain,
      ofAccount('voter', 'only those of this arbiter'),
      onBounty,
      ...orderedPage,
    ]),
  ),
  openingList: added(
    read('/openings/list', 'Openings that were handed over and are not revealed yet', openingList, [
      ...chain,
      ofOwnBounties,
      ...page,
    ]),
  ),
  claimList: added(
    read('/claims/list', 'Accounts that anybody can settle for in the next block', claimList, [
      ...chain,
      ofOwnBounties,
      ...page,
    ]),
  ),
  dueList: added(
    read('/due/list', 'A page of openings and claims, `{openings, claims}`', dueList, [
      ...chain,
      ofOwnBounties,
      ...page,
    ]),
  ),
  outcomeList: added(
    read(
      '/outcomes/list',
      'What was said and paid on each of the bounties, for as many of the first as fit in',
      outcomeList,
      [...chain, bountiesAsked],
    ),
  ),
  bountyParameters: read(
    '/bounties/parameters',
    'Fees, limits and windows of a bounty that is posted now, numbers',
    bountyParameters,
    party,
  ),
  storeMetadata: take(
    '/bounties/metadata',
    'Stores a metadata document; its content address',
    metadataBody,
    z.string().min(1).max(100),
  ),
  revealWindow: read('/bounties/window/reveal', 'Blocks in which assertions are revealed, `{blocks}`', window, party),
  voteWindow: read('/bounties/window/vote', 'Blocks in which arbiters vote, `{blocks}`', window, party),
  bounty: read('/bounties/:guid', 'The bounty', bountyResult, party),
  bountyTerms: added(
    read(
      '/bounties/:guid/terms',
      'What was fixed when it was posted: artifacts, fees, windows, number of arbiters',
      bountyTerms,
      party,
    ),
  ),
  bloom: read('/bounties/:guid/bloom', 'The bloom filter that it was posted with, eight numbers', bloomResult, party),
  bountyMoves: added(
    read(
      '/bounties/:guid/events',
      'What the chain said of it, in its order: `event`, `account`, `block_number`, `txhash`',
      bountyMoves,
      party,
    ),
  ),
  settlements: added(
    read('/bounties/:guid/settlements', 'Who was paid what, in which block', z.array(settlementResult), party),
  ),
  assertions: read(
    '/bounties/:guid/assertions',
    'Assertions with their bids, and verdicts once they are revealed',
    z.array(assertionResult),
    party,
  ),
  postAssertion: take(
    '/bounties/:guid/assertions',
    'Builds approve and postAssertion; with `"seal": "bound"`, postSealedAssertion',
    assertionBody,
    builtResult.extend({ nonce: z.bigint().optional() }),
    builds,
  ),
  assertion: read('/bounties/:guid/assertions/:index', 'One assertion', assertionResult, party),
  reveal: take(
    '/bounties/:guid/assertions/:index/reveal',
    "Builds revealAssertion; verdicts outside of the assertion's mask are left out",
    revealRequest,
    builtResult,
    builds,
  ),
  handOver: added(
    take(
      '/bounties/:guid/openings',
      'Hands the opening of a sealed assertion to keepers, from its expiration on',
      openingRequest,
      openingResult,
      party,
    ),
  ),
  handOverAll: added(
    take(
      '/openings',
      'Hands openings on several bounties over; each is taken or refused by itself',
      openingsRequest,
      openingResults,
      party,
    ),
  ),
  votes: read('/bounties/:guid/votes', 'Votes', z.array(voteResult), party),
  vote: read('/bounties/:guid/votes/:index', 'One vote', voteResult, party),
  castVote: take('/bounties/:guid/vote', 'Builds voteOnBounty', voteBody, builtResult, builds),
  settle: take('/bounties/:guid/settle', 'Builds settleBounty', undefined, builtResult, builds),
  stakingParameters: read('/staking/parameters', "Limits of arbiters' stakes, numbers", stakingParameters, party),
  stakingStanding: added(
    read(
      '/staking/standing',
      'On how many bounties an arbiter voted, what the contract asks of it, and when its stake is free',
      stakingStanding,
      party,
    ),
  ),
  depositStake: take(
    '/staking/deposit',
    'Builds approve and the deposit of a stake',
    stakeRequest,
    builtResult,
    builds,
  ),
  withdrawStake: take('/staking/withdraw', 'Builds the withdrawal of a stake', stakeRequest, builtResult, builds),
}
