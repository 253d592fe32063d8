import { bidOn, countBits, formatNct, hasBit, type MarketEvent, verdictOfBit } from '@polyswarm/protocol'
import { type BountyRecord, groundTruth } from '../watch/bounty-record.js'
import type { Cast } from './cast.js'
import { colors } from './colors.js'
import { plainText } from './text-table.js'

/**
 * What one event means, as a line for people; undefined for events that are no part of a bounty's story.
 *
 * @param record the bounty after the event.
 */
export function storyLine(event: MarketEvent, record: BountyRecord, cast: Cast): string | undefined {
  const bounty = colors.dim(shortGuid(record.guid))
  switch (event.event) {
    case 'bounty': {
      const { artifacts, amount, terms, expiration, author } = record
      const what = artifacts.length === 1 ? plainText(artifacts[0]?.name ?? '') : `${artifacts.length} artifacts`
      const cost = `${nct(amount)} and a fee of ${nct(terms.bounty_fee)}`
      return `${bounty} ${colors.cyan('posted')}   ${cast.nameOf(author)} asks about ${what} for ${cost}, until block ${expiration}`
    }
    case 'assertion': {
      const { author, mask, bid } = event.data
      const count = mask.filter(Boolean).length
      const total = bid.reduce((sum: bigint, one) => sum + one, 0n)
      const on = artifactsText(count, record.artifacts.length)
      return `${bounty} ${colors.yellow('asserted')} ${cast.nameOf(author)} bids ${nct(total)} on ${on}, verdict sealed`
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
      return `${bounty} ${colors.magenta('revealed')} ${cast.nameOf(author)}: ${says}`
    }
    case 'vote': {
      const votes = event.data.votes.slice(0, record.artifacts.length)
      const malicious = votes.filter(Boolean).length
      const says = votes.length === 1 ? verdictText(malicious === 1) : `${malicious} of ${votes.length} malicious`
      return `${bounty} ${colors.blue('voted')}    ${cast.nameOf(event.data.voter)}: ${says}`
    }
    case 'quorum':
      return `${bounty} ${colors.blue('quorum')}   the arbiters have settled what is true`
    case 'settled_bounty': {
      const { settler, payout } = event.data
      return `${bounty} ${colors.green('settled')}  ${cast.nameOf(settler)} is paid ${nct(payout)}`
    }
    default:
      return undefined
  }
}

/** That nobody has asserted on a bounty, and why. */
export function unansweredLine({ guid }: BountyRecord, why: string): string {
  return `${colors.dim(shortGuid(guid))} ${colors.red('silence')}  nobody asserted: ${why}`
}

/** What an open bounty is waiting for, for the live display. */
export function progressText(record: BountyRecord, head: number): string {
  const { expiration, terms, assertions, votes, quorumReached } = record
  const revealEnd = expiration + terms.assertion_reveal_window
  const voteEnd = revealEnd + terms.arbiter_vote_window
  const revealed = assertions.filter(({ verdicts }) => verdicts !== null).length
  const left = (block: number) => `${Math.max(block - head, 0)} blocks left`
  if (head < expiration) return `${assertions.length} asserted, ${left(expiration)} to assert`
  if (head < revealEnd) return `${revealed} of ${assertions.length} revealed, ${left(revealEnd)} to reveal`
  if (head < voteEnd && !quorumReached)
    return `${votes.length} of ${terms.arbiter_count} votes, ${left(voteEnd)} to vote`
  const waiting = head < voteEnd ? `, arbiters in ${voteEnd - head} blocks` : ''
  return `settling, ${record.settlements.length} paid${waiting}`
}

/** The start of a guid: enough to tell bounties apart on a screen. */
export function shortGuid(guid: string): string {
  return guid.slice(0, 8)
}

/** An amount for people: at most six decimal places, and the unit. */
export function nct(amount: bigint): string {
  return `${shortAmount(amount)} NCT`
}

/** An amount for people, without the unit; cut, never rounded up, and never cut to nothing. */
export function shortAmount(amount: bigint): string {
  const exact = formatNct(amount)
  const short = exact.replace(/(\.\d{6})\d+$/, '$1')
  return /^-?0\.0+$/.test(short) ? exact : short
}

/** How one engine fared on one artifact: verdict, bid, right or wrong. Empty where it said nothing. */
export function cellText(record: BountyRecord, engine: number, artifact: number): string {
  const assertion = record.assertions[engine]
  if (!assertion || !hasBit(assertion.mask, artifact)) return '-'
  const bid = shortAmount(bidOn(assertion, artifact))
  if (assertion.verdicts === null) return `unrevealed ${bid} ✗`
  const malicious = hasBit(assertion.verdicts, artifact)
  const truth = groundTruth(record)
  const mark = truth === null ? '' : malicious === truth[artifact] ? ' ✓' : ' ✗'
  return `${verdictOfBit(malicious)} ${bid}${mark}`
}

function verdictText(malicious: boolean): string {
  return malicious ? colors.red('malicious') : colors.green('benign')
}

function artifactsText(count: number, all: number): string {
  if (all === 1) return 'it'
  return count === all ? `all ${all} artifacts` : `${count} of ${all} artifacts`
}
