import { formatNct, type Guid, type MarketEvent, type TransactionEvents } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Address } from 'viem'
import { type Announcement, readAnnouncement } from '../journal/bounty-announcement.js'
import type { BountyAnnouncement } from '../journal/bounty-book.js'
import type { Journal } from '../journal/journal.js'
import type { OutboxEntry } from '../journal/outbox.js'

/** Whose facts are written down, and which bounties are of interest. */
export interface FactScope {
  journal: Journal
  account: Address
  wants: (bounty: BountyAnnouncement) => boolean
  logger: Logger
}

/**
 * Writes an event's effects and its cursor down in one transaction, so that after a crash both are there or neither is.
 * The same event again changes nothing. The cursor of an event without effects waits for the next one that has some, and
 * every block has: to see a few such events again costs less than to write each of them down.
 *
 * A bounty that cannot be read is written down as refused, so that it is not tried again.
 *
 * @throws JournalWriteError where it cannot be written down; then it has to be heard again.
 */
export function recordEvent(scope: FactScope, event: MarketEvent): void {
  const { journal, account } = scope
  const isOurs = 'txhash' in event && journal.outbox.has(event.txhash)
  // Most events tell what others did, and change nothing here: they are not worth a transaction.
  if (!isOurs && isOfOthers(event, account)) return
  // All that can be wrong with what a stranger wrote shows here. What goes wrong below is this program's own trouble, or that
  // of its disk: it ends the program, and no event is passed over for it.
  const announcement = event.event === 'bounty' ? readAnnouncement(event, scope.wants) : undefined
  journal.write(() => {
    // What a transaction of this account did, be it for others, shows that it was mined: nobody has to be asked.
    const isMined = isOurs && journal.outbox.setMined(event.txhash, event.block_number, bountyOf(event))
    const isOfUse = announcement ? recordBounty(scope, announcement, event.cursor) : applyEvent(scope, event)
    if (!isMined && !isOfUse) return
    if ('cursor' in event && event.cursor !== undefined) journal.cursor = event.cursor
  })
}

function isOfOthers(event: MarketEvent, account: Address): boolean {
  const party = partyOf(event)
  return party !== undefined && party !== account
}

/** The account whose assertion, reveal, vote or settlement an event tells of; undefined where it tells of none. */
export function partyOf(event: MarketEvent): Address | undefined {
  switch (event.event) {
    case 'assertion':
    case 'reveal':
      return event.data.author
    case 'vote':
      return event.data.voter
    case 'settled_bounty':
      return event.data.settler
    default:
      return undefined
  }
}

/** The bounty that an event tells of; null where it tells of none. */
function bountyOf({ data }: MarketEvent): Guid | null {
  if ('bounty_guid' in data) return data.bounty_guid
  return 'guid' in data ? data.guid : null
}

/** @returns whether anything was written. */
function applyEvent({ journal, account, logger }: FactScope, event: MarketEvent): boolean {
  const { bounties } = journal
  if (isOfOthers(event, account)) return false
  switch (event.event) {
    case 'block':
    case 'snapshot':
      journal.head = Math.max(journal.head, event.data.number)
      return true
    case 'reorg':
      logger.warn({ block: event.data.number }, 're-org: blocks above it are no longer part of the chain')
      journal.forgetAbove(event.data.number)
      journal.head = event.data.number
      return true
    case 'assertion':
      return recordAssertion(journal, event.data, event.block_number, logger)
    case 'reveal':
      bounties.setRevealed(event.data.bounty_guid, event.block_number)
      logger.info({ guid: event.data.bounty_guid, block: event.block_number }, 'revealed')
      return true
    case 'vote':
      bounties.setCast(event.data.bounty_guid, event.block_number)
      bounties.reopen(event.data.bounty_guid)
      logger.info({ guid: event.data.bounty_guid, block: event.block_number }, 'voted')
      return true
    case 'quorum':
      bounties.setQuorum(event.data.bounty_guid, event.block_number)
      return bounties.get(event.data.bounty_guid) !== undefined
    case 'settled_bounty': {
      const { bounty_guid: guid, payout } = event.data
      bounties.setSettled(guid, event.block_number, payout)
      logger.info({ guid, block: event.block_number, payout: formatNct(payout) }, 'settled')
      return true
    }
    case 'deprecated':
      return recordDeprecation(journal, event.block_number, event.data.rollover, logger)
    case 'undeprecated':
      journal.stakeFreeAt = undefined
      logger.info('the market goes on after all')
      return true
    default:
      return false
  }
}

/** Bounties that were posted just before can still be voted on for their duration and both windows. */
function recordDeprecation(journal: Journal, block: number, rollover: boolean, logger: Logger): boolean {
  journal.stakeFreeAt = rollover ? undefined : { block, head: block + journal.longestBounty }
  logger.warn({ block, rollover }, 'the market is deprecated: there will be no new bounties')
  return true
}

/** @returns whether anything was written. */
function recordBounty(
  { journal, account, logger }: FactScope,
  { bounty, metadata, terms, wanted, problem }: Announcement,
  cursor: string | undefined,
): boolean {
  const { bounties, plannedBounties, outbox } = journal
  const { guid, author, block } = bounty
  const planned = plannedBounties.get(guid) !== undefined || outbox.lastAttempt(guid, 'post').state !== 'none'
  const mine = author === account && planned
  if (problem !== undefined) logger.error({ cursor, guid, block, reason: problem }, 'a bounty that cannot be read')
  else if (!mine && !wanted && bounties.get(guid) === undefined) return false
  bounties.announce(bounty, metadata)
  if (terms) bounties.setTerms(guid, terms)
  if (problem !== undefined && !mine) {
    if (bounties.get(guid)?.decision !== null) return true
    bounties.decide(guid, 'refuse', problem)
    bounties.close(guid, journal.head)
    return true
  }
  if (mine) {
    plannedBounties.setPosted(guid, block)
    bounties.decide(guid, 'post', 'posted by this ambassador')
  }
  logger.info({ guid, block, expiration: bounty.expiration }, mine ? 'posted' : 'bounty')
  return true
}

/** Writes down what a mined transaction of this account did. To be called within a journal transaction. */
export function recordMined(
  { journal, account, logger }: Omit<FactScope, 'wants'>,
  entry: OutboxEntry,
  events: TransactionEvents,
  head: number,
): void {
  const { bounties } = journal
  for (const assertion of events.assertions ?? []) {
    if (assertion.author === account) recordAssertion(journal, assertion, head, logger)
  }
  const own = new Set(journal.outbox.guidsOf(entry))
  for (const { author, bounty_guid } of events.reveals ?? []) {
    if (author === account && own.has(bounty_guid)) bounties.setRevealed(bounty_guid, head)
  }
  for (const { voter, bounty_guid } of events.votes ?? []) {
    if (voter === account && own.has(bounty_guid)) bounties.setCast(bounty_guid, head)
  }
  for (const bounty of events.bounties ?? []) {
    if (bounty.author === account && own.has(bounty.guid)) recordPosted(journal, bounty, head)
  }
  for (const { settler, bounty_guid, payout } of events.settlements ?? []) {
    if (settler === account && own.has(bounty_guid)) bounties.setSettled(bounty_guid, head, payout)
  }
  // An older daemon tells of no settlements; one that is alone in its transaction, and did not fail, has settled.
  if (entry.kind === 'settle' && entry.guid !== null && !events.settlements) bounties.setSettled(entry.guid, head, null)
}

/** A bounty of this account's that polyswarmd may have forgotten: no event will tell of it any more. */
function recordPosted(
  { bounties, plannedBounties }: Journal,
  posted: NonNullable<TransactionEvents['bounties']>[number],
  block: number,
): void {
  const { guid } = posted
  const order = plannedBounties.get(guid)
  plannedBounties.setPosted(guid, block)
  if (!order || bounties.get(guid)) return
  const { artifactType } = order
  bounties.announce({ ...posted, artifactType, block, expiration: Number(posted.expiration), metadata: null })
  bounties.decide(guid, 'post', 'posted by this ambassador')
}

type SeenAssertion = NonNullable<TransactionEvents['assertions']>[number]

function recordAssertion(journal: Journal, seen: SeenAssertion, block: number, logger: Logger): boolean {
  const guid = seen.bounty_guid
  const planned = journal.bounties.assertion(guid)
  if (planned?.commitment !== seen.commitment) {
    logger.error(
      { guid },
      'this account asserted something that is not in this journal: it cannot be revealed from here',
    )
    return false
  }
  if (planned.position === null) logger.info({ guid, block, index: seen.index }, 'asserted')
  journal.bounties.setPosted(guid, seen.index, block)
  journal.bounties.reopen(guid)
  return true
}
