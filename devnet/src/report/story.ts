import { countBits, type MarketEvent } from '@polyswarm/protocol'
import type { BountyRecord } from '../watch/bounty-record.js'
import type { AccountNames } from './account-names.js'
import { nct } from './amount-text.js'
import { colors } from './colors.js'
import { plainText } from './text-table.js'

/**
 * What one event means, as a line for people; undefined for events that are no part of a bounty's story.
 *
 * @param record the bounty after the event.
 */
export function storyLine(event: MarketEvent, record: BountyRecord, names: AccountNames): string | undefined {
  const bounty = colors.dim(shortGuid(record.guid))
  switch (event.event) {
    case 'bounty': {
      const { artifacts, amount, expiration, author } = record
      const what = artifacts.length === 1 ? plainText(artifacts[0]?.name ?? '') : `${artifacts.length} artifacts`
      const asks = `${names.nameOf(author)} asks about ${what} for ${nct(amount)}, until block ${expiration}`
      return `${bounty} ${colors.cyan('posted')}   ${asks}`
    }
    case 'assertion': {
      const { author, mask, bid } = event.data
      const count = mask.filter(Boolean).length
      const total = bid.reduce((sum: bigint, one) => sum + one, 0n)
      const on = artifactsText(count, record.artifacts.length)
      return `${bounty} ${colors.yellow('asserted')} ${names.nameOf(author)} bids ${nct(total)} on ${on}, verdict sealed`
    }
    case 'reveal': {
      const { author, index } = event.data
      const assertion = record.assertions.find((known) => known.index === index)
      if (!assertion || assertion.verdicts === null) return undefined
      const { mask, verdicts } = assertion
      const malicious = countBits(verdicts & mask)
      const total = countBits(mask)
      const says =
        total === 1
          ? verdictText(malicious === 1)
          : `${verdictText(true)} on ${malicious}, ${verdictText(false)} on ${total - malicious}`
      return `${bounty} ${colors.magenta('revealed')} ${names.nameOf(author)}: ${says}`
    }
    case 'vote': {
      const votes = event.data.votes.slice(0, record.artifacts.length)
      const malicious = votes.filter(Boolean).length
      const says = votes.length === 1 ? verdictText(malicious === 1) : `${malicious} of ${votes.length} malicious`
      const quorum = record.quorumReached && record.terms.arbiter_count > 1 ? ', and with that it is decided' : ''
      return `${bounty} ${colors.blue('voted')}    ${names.nameOf(event.data.voter)}: ${says}${quorum}`
    }
    case 'settled_bounty': {
      const { settler, payout } = event.data
      if (payout === 0n) return undefined
      return `${bounty} ${colors.green('settled')}  ${names.nameOf(settler)} is paid ${nct(payout)}`
    }
    default:
      return undefined
  }
}

/** That nobody has asserted on a bounty, and why. */
export function unansweredLine({ guid }: BountyRecord, why: string): string {
  return `${colors.dim(shortGuid(guid))} ${colors.red('silence')}  nobody asserted: ${why}`
}

/** That engines have not asserted on a bounty that others have asserted on, and why. */
export function absentLine({ guid }: BountyRecord, why: string): string {
  return `${colors.dim(shortGuid(guid))} ${colors.yellow('absent')}   ${why}`
}

/** What goes on, in one line: of several open bounties, the one that has the next deadline. */
export function progressLine(open: readonly BountyRecord[], head: number): string {
  const phases = open.map((record) => ({ guid: record.guid, ...phaseOf(record, head) }))
  const [next] = phases.sort((a, b) => a.until - b.until)
  if (!next) return `block ${head}  no open bounty`
  const left = Math.max(next.until - head, 0)
  const what = `${shortGuid(next.guid)} ${next.text}, ${left} ${left === 1 ? 'block' : 'blocks'} left`
  return `block ${head}  ${phases.length === 1 ? what : `${phases.length} open: ${what}`}`
}

/** Where an open bounty is, and the block that ends that. */
function phaseOf({ expiration, terms, assertions, votes, quorumReached, settlements }: BountyRecord, head: number) {
  const revealEnd = expiration + terms.assertion_reveal_window
  const voteEnd = revealEnd + terms.arbiter_vote_window
  const revealed = assertions.filter(({ verdicts }) => verdicts !== null).length
  if (head < expiration) return { text: `${assertions.length} asserted`, until: expiration }
  if (head < revealEnd) return { text: `${revealed} of ${assertions.length} revealed`, until: revealEnd }
  if (head < voteEnd && !quorumReached)
    return { text: `${votes.length} of ${terms.arbiter_count} voted`, until: voteEnd }
  return { text: `${settlements.length} settled`, until: voteEnd }
}

/** The start of a guid: enough to tell bounties apart on a screen. */
export function shortGuid(guid: string): string {
  return guid.slice(0, 8)
}

function verdictText(malicious: boolean): string {
  return malicious ? colors.red('malicious') : colors.green('benign')
}

function artifactsText(count: number, all: number): string {
  if (all === 1) return 'it'
  return count === all ? `all ${all} artifacts` : `${count} of ${all} artifacts`
}
