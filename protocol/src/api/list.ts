import { z } from 'zod'
import { BOUNTY_PHASES } from '../phase.js'
import { assertionResult, settlementResult, voteResult } from './bounty.js'
import { address, artifactType, bits, count, decimal, guid } from './encodings.js'

/** Where the next page of a list begins, as `after`; null where there is none yet. */
const next = count.nullable()

/** Result of `GET /bounties/list`: a page of bounties in the order in which they were posted. */
export const bountyList = z.object({
  bounties: z.array(
    z.object({
      guid,
      phase: z.enum(BOUNTY_PHASES),
      artifact_type: artifactType,
      author: address,
      amount: decimal,
      uri: z.string(),
      num_artifacts: count,
      expiration: count,
      metadata: z.string(),
      assertions: count,
      votes: count,
      block_number: count,
    }),
  ),
  next,
})

/** Result of `GET /assertions/list`: a page of assertions in the order of the chain. Verdicts are null until the reveal. */
export const assertionList = z.object({
  assertions: z.array(
    z.object({
      bounty_guid: guid,
      index: count,
      author: address,
      bid: z.array(decimal),
      mask: bits,
      verdicts: bits.nullable(),
      block_number: count,
    }),
  ),
  next,
})

/** Result of `GET /votes/list`: a page of votes in the order of the chain. */
export const voteList = z.object({
  votes: z.array(z.object({ bounty_guid: guid, voter: address, votes: bits, block_number: count })),
  next,
})

/**
 * Result of `GET /outcomes/list`: what the lists of assertions, votes and settlements of a bounty say, for several. Bounties
 * that the chain does not know are left out, and so are the last where the answer would become too long; the first that is
 * known is in it.
 */
export const outcomeList = z.array(
  z.object({
    guid,
    assertions: z.array(assertionResult),
    votes: z.array(voteResult),
    settlements: z.array(settlementResult),
  }),
)

/** See {@link outcomeList}. */
export type OutcomeList = z.infer<typeof outcomeList>
