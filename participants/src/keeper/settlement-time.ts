import type { ListedClaim } from '@polyswarm/protocol'

/** Blocks after the end of a vote in which those settle who wait for no keeper: to be faster would cost both of them gas. */
const FOR_THEMSELVES = 1

/** Blocks before the end of a vote in which nobody is settled for: all of the bounty is due in a moment. */
const CLOSE_TO_THE_END = 4

/**
 * Whether a claim is settled with `head` the newest block: when its vote is over, with all others of its bounty; or after
 * `patience` blocks, where that is a long time off.
 */
export function isTimeToSettle(
  { since, end }: Pick<ListedClaim, 'since' | 'end'>,
  head: number,
  patience: number,
): boolean {
  if (head > end + FOR_THEMSELVES) return true
  return head >= since + patience && head < end - CLOSE_TO_THE_END
}
