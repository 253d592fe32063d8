import type { MarketEvent } from '@polyswarm/protocol'
import { Link } from '@tanstack/react-router'
import { AccountName } from '../../parts/account-name.js'
import { Amount } from '../../parts/amount.js'
import { texts } from '../../texts.js'

/** One event of the chain in a line. */
export function EventLine({ event }: { event: MarketEvent }) {
  const { bounty } = texts
  const data = event.data as Record<string, unknown>
  const guid = String(data.bounty_guid ?? data.guid ?? '')
  const who = [data.author, data.voter, data.settler].find((account) => typeof account === 'string') as
    | string
    | undefined
  return (
    <>
      {'block_number' in event && <span className="quiet-text">{bounty.atBlock(event.block_number)}</span>}{' '}
      <code>{event.event}</code> {who !== undefined && <AccountName address={who} />}{' '}
      {event.event === 'settled_bounty' && <Amount units={event.data.payout} />}
      {event.event === 'bounty' && <Amount units={event.data.amount} />}{' '}
      {guid !== '' && (
        <Link to="/bounty/$guid" params={{ guid }} preload={false}>
          {guid.slice(0, 8)}
        </Link>
      )}
    </>
  )
}
