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
import { claimList, dueList, openingList, openingRequest, openingResult } from '../keeping.js'
import { assertionList, bountyList, voteList } from '../list.js'
import { builtResult } from './built-result.js'
import { assertionBody, metadataBody, voteBody } from './lenient-bodies.js'
import { inPhase, number, ofAccount, onBounty, orderedPage, page, parameters } from './parameter.js'
import { read, take } from './route.js'

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
  postBounty: take('/bounties', 'Builds the transactions that post a bounty', postBountyRequest, builtResult, builds),
  bountyList: read('/bounties/list', 'Bounties with their phases, by author and phase', bountyList, [
    ...chain,
    ofAccount('author', 'only those of this account'),
    inPhase,
    ...orderedPage,
  ]),
  assertionList: read('/assertions/list', 'Assertions on all bounties, by author and bounty', assertionList, [
    ...chain,
    ofAccount('author', 'only those of this engine'),
    onBounty,
    ...orderedPage,
  ]),
  voteList: read('/votes/list', 'Votes on all bounties, by voter and bounty', voteList, [
    ...chain,
    ofAccount('voter', 'only those of this arbiter'),
    onBounty,
    ...orderedPage,
  ]),
  openingList: read('/openings/list', 'Openings that were handed over and are not revealed yet', openingList, [
    ...chain,
    ofOwnBounties,
    ...page,
  ]),
  claimList: read('/claims/list', 'Accounts that anybody can settle for now', claimList, [
    ...chain,
    ofOwnBounties,
    ...page,
  ]),
  dueList: read('/due/list', 'Openings and claims, a page of both', dueList, [...chain, ofOwnBounties, ...page]),
  bountyParameters: read(
    '/bounties/parameters',
    'Fees, limits and windows of a bounty that is posted now',
    bountyParameters,
    party,
  ),
  storeMetadata: take(
    '/bounties/metadata',
    'Stores a metadata document; its content address',
    metadataBody,
    z.string().min(1).max(100),
  ),
  revealWindow: read('/bounties/window/reveal', 'Length of a window', window, party),
  voteWindow: read('/bounties/window/vote', 'Length of a window', window, party),
  bounty: read('/bounties/:guid', 'A bounty', bountyResult, party),
  bountyTerms: read('/bounties/:guid/terms', 'What was fixed when a bounty was posted', bountyTerms, party),
  bloom: read('/bounties/:guid/bloom', 'The bloom filter of a bounty, in words of 256 bits', bloomResult, party),
  bountyMoves: read(
    '/bounties/:guid/events',
    'What the chain said of a bounty, and in which transactions',
    bountyMoves,
    party,
  ),
  settlements: read('/bounties/:guid/settlements', 'Who was paid what', z.array(settlementResult), party),
  assertions: read('/bounties/:guid/assertions', 'Assertions on a bounty', z.array(assertionResult), party),
  postAssertion: take(
    '/bounties/:guid/assertions',
    'Builds the transactions of an assertion',
    assertionBody,
    builtResult.extend({ nonce: z.bigint().optional() }),
    builds,
  ),
  assertion: read('/bounties/:guid/assertions/:index', 'One assertion', assertionResult, party),
  reveal: take(
    '/bounties/:guid/assertions/:index/reveal',
    'Builds the reveal of an assertion',
    revealRequest,
    builtResult,
    builds,
  ),
  handOver: take(
    '/bounties/:guid/openings',
    'Hands the opening of a sealed assertion to keepers, from its expiration on',
    openingRequest,
    openingResult,
    party,
  ),
  votes: read('/bounties/:guid/votes', 'Votes on a bounty', z.array(voteResult), party),
  vote: read('/bounties/:guid/votes/:index', 'One vote', voteResult, party),
  castVote: take('/bounties/:guid/vote', 'Builds a vote', voteBody, builtResult, builds),
  settle: take('/bounties/:guid/settle', 'Builds a settlement', undefined, builtResult, builds),
  stakingParameters: read('/staking/parameters', 'Limits of the stake', stakingParameters, party),
  stakingStanding: read(
    '/staking/standing',
    'How the contract sees an arbiter: on how many bounties it voted',
    stakingStanding,
    party,
  ),
  depositStake: take('/staking/deposit', 'Builds the deposit of a stake', stakeRequest, builtResult, builds),
  withdrawStake: take('/staking/withdraw', 'Builds the withdrawal of a stake', stakeRequest, builtResult, builds),
}
