import type { PolyswarmdClient } from '@polyswarm/participants'
import type { BountyRecord } from './bounty-record.js'
import type { BountyEvent } from './bounty-records.js'

/**
 * What has happened to a bounty, as if its events were told now; in the block in which it was posted, so that it stays with
 * it. Of a daemon that cannot be asked there is none: the story then tells the rest.
 */
export async function missedEvents(
  client: PolyswarmdClient,
  { guid, postedAt }: Pick<BountyRecord, 'guid' | 'postedAt'>,
  signal: AbortSignal,
): Promise<BountyEvent[]> {
  const [assertions, votes, settlements] = await Promise.all([
    client.assertions(guid, signal).catch(() => []),
    client.votes(guid, signal).catch(() => []),
    client.settlements(guid, signal).catch(() => []),
  ])
  const place = { block_number: postedAt, txhash: `0x${'0'.repeat(64)}` } as const
  return [
    ...assertions.flatMap(({ author, mask, bid, commitment, nonce, verdicts, metadata }, index): BountyEvent[] => {
      const whose = { bounty_guid: guid, author, index }
      const posted: BountyEvent = { event: 'assertion', data: { ...whose, mask, bid, commitment }, ...place }
      if (nonce === 0n) return [posted]
      const revealed = verdicts.map((verdict) => verdict === true)
      return [posted, { event: 'reveal', data: { ...whose, nonce, verdicts: revealed, metadata }, ...place }]
    }),
    ...votes.map(
      ({ voter, votes }): BountyEvent => ({ event: 'vote', data: { bounty_guid: guid, voter, votes }, ...place }),
    ),
    ...settlements.map(
      ({ settler, payout }): BountyEvent => ({
        event: 'settled_bounty',
        data: { bounty_guid: guid, settler, payout },
        ...place,
      }),
    ),
  ]
}
