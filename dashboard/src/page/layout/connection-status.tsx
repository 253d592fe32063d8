import { useMarket, usePageSettings } from '../live/market-context.js'
import { Moment } from '../parts/moment.js'
import { texts } from '../texts.js'

/** Says how the connection to the market is, where it is not simply there. */
export function ConnectionStatus() {
  const { daemon } = usePageSettings()
  const feed = useMarket()
  const { connection } = feed
  const { connection: said } = texts
  return (
    <div className="connection" role="status" data-state={connection.state}>
      {!daemon && <p>{said.none}</p>}
      {daemon && connection.state === 'connecting' && <p>{said.connecting}</p>}
      {connection.state === 'lost' && (
        <p className="warn">
          {said.lost} <Moment at={connection.since} />. {said.trying}{' '}
          <button type="button" onClick={() => feed.reconnect()}>
            {said.again}
          </button>
        </p>
      )}
      {connection.state === 'live' && connection.resumedAt !== null && (
        <p className="good">{said.resumed(connection.resumedAt.toLocaleString())}</p>
      )}
    </div>
  )
}
