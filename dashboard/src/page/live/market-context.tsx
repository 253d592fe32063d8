import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import type { PageSettings } from '../client/page-settings.js'
import { onSession } from '../client/session.js'
import { loadOpenBounties } from './load-open-bounties.js'
import { MarketFeed } from './market-feed.js'

const MarketContext = createContext<{ feed: MarketFeed; settings: PageSettings } | null>(null)

/** Follows the market for all views below. */
export function MarketProvider({ settings, children }: { settings: PageSettings; children: ReactNode }) {
  const [feed] = useState(() => new MarketFeed())
  useEffect(() => {
    if (!settings.daemon) return
    feed.onSnapshot = () => void loadOpenBounties(feed)
    feed.start()
    const end = onSession(() => feed.connection.state !== 'live' && feed.reconnect())
    return () => {
      end()
      feed.stop()
    }
  }, [feed, settings.daemon])
  return <MarketContext value={{ feed, settings }}>{children}</MarketContext>
}

/** The market as it is now; the view is drawn again when it changes. */
export function useMarket(): MarketFeed {
  const { feed } = useMarketContext()
  useSyncExternalStore(feed.subscribe, feed.version)
  return feed
}

/** The newest block and the pace of blocks; drawn again with each block, and not with each event. */
export function useBlockClock(): { head: number; secondsPerBlock: number | null } {
  const { feed } = useMarketContext()
  const head = useSyncExternalStore(feed.subscribe, () => feed.state.head)
  return { head, secondsPerBlock: feed.pace.secondsPerBlock }
}

/** What the page's server said of the market. */
export function usePageSettings(): PageSettings {
  return useMarketContext().settings
}

function useMarketContext() {
  const context = useContext(MarketContext)
  if (!context) throw new TypeError('A view is shown outside of its market.')
  return context
}
