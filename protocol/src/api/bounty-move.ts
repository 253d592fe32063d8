import { z } from 'zod'
import { address, count, hash } from './encodings.js'

/** What can be said of a bounty on the chain, in the order of its life. */
export const BOUNTY_MOVES = ['bounty', 'assertion', 'reveal', 'vote', 'quorum', 'settled_bounty'] as const

/** Who did something on a bounty, and where the chain says so. */
const bountyMove = z.object({
  event: z.enum(BOUNTY_MOVES),
  /** Who did it; null for a quorum, which comes about by votes. */
  account: address.nullable(),
  block_number: count,
  /** Null for a quorum. */
  txhash: hash.nullable(),
})

/** See {@link bountyMove}. */
export type BountyMove = z.infer<typeof bountyMove>

/** Result of `GET /bounties/<guid>/events`, in the order of the chain. */
export const bountyMoves = z.array(bountyMove)
