import { type MarketEventOf, stringifyJson } from '@polyswarm/protocol'
import type { BountyAnnouncement, ToldTerms } from './bounty-book.js'

/** A bounty's event, read as far as it can be. */
export interface Announcement {
  bounty: BountyAnnouncement
  /** The bounty's metadata as JSON, as the journal keeps it. */
  metadata: string
  /** What was fixed for it, where the daemon tells that with it. */
  terms: ToldTerms | undefined
  /** Whether the role wants to know more of it. */
  wanted: boolean
  /** Why it cannot be read, where it cannot; the bounty then has no metadata. */
  problem?: string
}

/**
 * Reads what somebody posted. Never throws, and touches nothing: whatever is wrong with the event has shown when this
 * returns, so that writing it down can only fail for reasons that have nothing to do with it.
 *
 * @param wants whether the role wants to know more of a bounty.
 */
export function readAnnouncement(
  { data, block_number: block }: MarketEventOf<'bounty'>,
  wants: (bounty: BountyAnnouncement) => boolean,
): Announcement {
  const expiration = Number(data.expiration)
  const { terms, ...told } = data
  const bounty: BountyAnnouncement = { ...told, block, artifactType: data.artifact_type, expiration }
  try {
    if (!Number.isSafeInteger(expiration)) throw new RangeError(`${data.expiration} is no number of a block`)
    return { bounty, terms, metadata: stringifyJson(bounty.metadata ?? null), wanted: wants(bounty) }
  } catch (error) {
    const problem = `its announcement cannot be read: ${(error as Error).message}`
    const harmless = { ...bounty, expiration: Number.isSafeInteger(expiration) ? expiration : 0, metadata: null }
    return { bounty: harmless, terms, metadata: 'null', wanted: false, problem }
  }
}
