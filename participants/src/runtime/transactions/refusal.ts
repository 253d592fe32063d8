/** What a node's refusal of a transaction means for those who sent it. */
export type RefusalVerdict =
  /** It has the transaction already, or has mined it: as good as accepted. */
  | 'accepted'
  /** It may take it another time. */
  | 'later'
  /** It will never take these bytes. */
  | 'refused'

const ACCEPTED = [/known transaction/i, /already known/i, /already imported/i, /already exists/i]

/** Whose nonce is used up was mined, or something else was in its place: the receipts tell. */
const LATER = [
  /nonce too (low|high)/i,
  /replacement transaction/i,
  /pool is full|txpool|too many/i,
  /timeout|timed out/i,
]

const REFUSED = [
  /insufficient funds/i,
  /intrinsic gas/i,
  /exceeds (the )?(block )?gas limit|gas limit (is )?too high/i,
  /fee (too low|cap less)|underpriced|gas price (too low|below)/i,
  /invalid transaction (sender|recipient)/i,
  /invalid (sender|signature|chain)/i,
  /only withdrawals allowed/i,
  /max(imum)? (initcode|code|data) size|oversized/i,
]

/**
 * Judges the text of a refusal, as nodes of different makes and the daemon word it. What is not recognised counts as
 * `later`, and the sender gives up after some such answers.
 */
export function judgeRefusal(message: string): RefusalVerdict {
  if (ACCEPTED.some((pattern) => pattern.test(message))) return 'accepted'
  if (LATER.some((pattern) => pattern.test(message))) return 'later'
  return REFUSED.some((pattern) => pattern.test(message)) ? 'refused' : 'later'
}
