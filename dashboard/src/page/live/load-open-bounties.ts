import { BOUNTY_PHASES, bountyList, bountyParameters } from '@polyswarm/protocol'
import { fromDaemon } from '../client/daemon.js'
import type { MarketFeed } from './market-feed.js'

/** Rows of a page, and pages of one phase at most: what is beyond is told of when something happens to it. */
const LIMIT = 100
const MAX_PAGES = 30

/** Asks how many have answered what is open, and what was over lately; of the rest the stream of events tells. */
export async function loadOpenBounties(feed: MarketFeed): Promise<void> {
  const parameters = await fromDaemon('/bounties/parameters', bountyParameters).catch(() => null)
  if (parameters) {
    feed.state.windows = {
      assertionRevealWindow: parameters.assertion_reveal_window,
      arbiterVoteWindow: parameters.arbiter_vote_window,
    }
  }
  const open = BOUNTY_PHASES.filter((phase) => phase !== 'finished')
  const newest = loadPages(feed, { order: 'newest' }, 1)
  await Promise.allSettled([newest, ...open.map((phase) => loadPages(feed, { phase }, MAX_PAGES))])
}

async function loadPages(feed: MarketFeed, query: Record<string, string>, pages: number): Promise<void> {
  let after: number | undefined
  for (let page = 0; page < pages; page++) {
    const { bounties, next } = await fromDaemon('/bounties/list', bountyList, {
      query: { ...query, limit: LIMIT, after },
    })
    feed.state.fill(bounties)
    feed.tell()
    if (next === null) return
    after = next
  }
}
