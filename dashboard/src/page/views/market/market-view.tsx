import { Link, useSearch } from '@tanstack/react-router'
import { useSession } from '../../client/session.js'
import { useMarket, usePageSettings } from '../../live/market-context.js'
import { Empty } from '../../parts/empty.js'
import { Heading } from '../../parts/heading.js'
import { Loading } from '../../parts/loading.js'
import { texts } from '../../texts.js'
import { BountyRows } from './bounty-rows.js'
import { FilterBar } from './filter-bar.js'
import { filtered } from './market-filter.js'

/** The market, live. */
export function MarketView() {
  const filter = useSearch({ from: '/' })
  const { account } = useSession()
  const { service } = usePageSettings()
  const { state, pace, connection } = useMarket()
  const { market } = texts
  const rows = filtered(state.bounties.values(), filter, { head: state.head, account })
  return (
    <>
      <Heading title={market.title}>
        <p>{market.intro}</p>
      </Heading>
      <FilterBar filter={filter} canBeMine={account !== ''} />
      <p className="count">
        {market.count(rows.length, state.bounties.size)} <Link to="/bounties">{market.allOfThem}</Link>
      </p>
      {rows.length > 0 ? (
        <BountyRows rows={rows} head={state.head} secondsPerBlock={pace.secondsPerBlock} />
      ) : connection.state === 'connecting' ? (
        <Loading />
      ) : (
        <Empty>
          <p>{market.empty}</p>
          {service && <Link to="/ask">{market.emptyAction}</Link>}
        </Empty>
      )}
    </>
  )
}
