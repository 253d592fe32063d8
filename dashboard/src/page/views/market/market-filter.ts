import { BOUNTY_PHASES, type BountyPhase } from '@polyswarm/protocol'
import { type LiveBounty, phaseOf } from '../../live/live-bounty.js'

/** Which bounties are shown. */
export interface MarketFilter {
  phase?: BountyPhase | undefined
  type?: 'file' | 'url' | undefined
  mine?: boolean | undefined
}

/** Reads the filter from the page's address; what it does not know is left out. */
export function marketSearch(search: Record<string, unknown>): MarketFilter {
  const phase = BOUNTY_PHASES.find((name) => name === search.phase)
  const type = (['file', 'url'] as const).find((name) => name === search.type)
  return { ...(phase && { phase }), ...(type && { type }), ...(search.mine === true && { mine: true }) }
}

/** The bounties that a filter lets through, the newest first. */
export function filtered(
  bounties: Iterable<LiveBounty>,
  { phase, type, mine }: MarketFilter,
  { head, account }: { head: number; account: string },
): LiveBounty[] {
  const found: LiveBounty[] = []
  for (const bounty of bounties) {
    if (type && bounty.artifactType !== type) continue
    if (mine && bounty.author.toLowerCase() !== account.toLowerCase()) continue
    if (phase && phaseOf(bounty, head) !== phase) continue
    found.push(bounty)
  }
  return found.sort((a, b) => b.postedAt - a.postedAt || (a.guid < b.guid ? -1 : 1))
}
