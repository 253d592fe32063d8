import { amountText, hasBit } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { type BountyRecord, groundTruth } from '../watch/bounty-record.js'
import type { AccountNames } from './account-names.js'

interface Score {
  answered: number
  right: number
  gain: bigint
}

/** How each engine has done since the market was started. */
export class Scoreboard {
  readonly #scores = new Map<Address, Score>()

  /** Counts a bounty that is over. */
  add(record: BountyRecord): void {
    const truth = groundTruth(record)
    for (const { author, mask, bids, verdicts } of record.assertions) {
      const score = this.#scores.get(author) ?? { answered: 0, right: 0, gain: 0n }
      this.#scores.set(author, score)
      for (const [artifact] of record.artifacts.entries()) {
        if (!hasBit(mask, artifact)) continue
        score.answered++
        if (truth !== null && verdicts !== null && hasBit(verdicts, artifact) === truth[artifact]) score.right++
      }
      const paid = record.settlements.find(({ settler }) => settler === author)?.payout ?? 0n
      score.gain += paid - record.terms.assertion_fee - bids.reduce((sum, bid) => sum + bid, 0n)
    }
  }

  /** A line for all of them, such as `so far: eicar 6 of 6 right, +5.1 NCT; mine 2 of 2 right, +1.3 NCT`. */
  line(names: AccountNames): string {
    const parties = [...this.#scores.keys()]
    const parts = names.order(parties).flatMap((index) => {
      const author = parties[index]
      const score = author && this.#scores.get(author)
      if (!score) return []
      const gain = `${score.gain < 0n ? '' : '+'}${amountText(score.gain)} NCT`
      return [`${names.nameOf(author)} ${score.right} of ${score.answered} right, ${gain}`]
    })
    return `so far: ${parts.join('; ')}`
  }
}
