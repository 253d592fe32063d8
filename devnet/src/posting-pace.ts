import { MAX_ARTIFACTS } from '@polyswarm/protocol'
import { DEV_WINDOWS } from './topology.js'

/** How a dev market's ambassador posts. */
export interface PostingPace {
  /** Blocks until nobody can assert any more. */
  duration: number
  /** Artifacts in one bounty, at most. */
  perBounty: number
  /** Bounties that are open at a time. */
  inFlight: number
}

/** Seconds that one engine takes for one artifact on a small machine that all of them share. */
const SECONDS_PER_SCAN = 0.02

/** The longest that a bounty can be open, in blocks: `MAX_DURATION` of the contracts. */
const LONGEST = 100

/** More bounties than this are not open at a time, however small they are. */
const MOST_IN_FLIGHT = 10

/**
 * How to post so many artifacts that all engines of the market have the time to judge them: longer windows, then fewer
 * bounties at a time, then smaller ones.
 *
 * @param blockTime seconds between two blocks.
 */
export function postingPace({
  artifacts,
  engines,
  blockTime,
}: {
  artifacts: number
  engines: number
  blockTime: number
}): PostingPace {
  const secondsEach = SECONDS_PER_SCAN * Math.max(engines, 1)
  const { duration: least } = DEV_WINDOWS
  const atATime = Math.max(Math.floor(((LONGEST - least) * blockTime) / secondsEach), 1)
  const perBounty = Math.min(MAX_ARTIFACTS, atATime)
  const size = Math.min(perBounty, artifacts)
  const inFlight = Math.min(Math.max(Math.floor(atATime / size), 1), MOST_IN_FLIGHT)
  const open = Math.min(artifacts, size * inFlight)
  return { duration: Math.min(least + Math.ceil((open * secondsEach) / blockTime), LONGEST), perBounty, inFlight }
}
