import type { Address } from 'viem'
import { getAddress } from 'viem/utils'

/**
 * What a party of an offer signs (`personal_sign`) to be given one of its own places among those who listen to the
 * channel's messages: `/messages/<guid>?proof=<seconds>.<signature>`. The channel's address is bound to its chain.
 *
 * @param channel the channel's multi-signature contract.
 * @param seconds since 1970; a daemon takes it for five minutes.
 * @example
 * ```ts
 * import { offerProofText } from '@polyswarm/protocol'
 * offerProofText('0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB', 1_700_000_000)
 * // => 'PolySwarm: messages of offer channel 0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB at 1700000000'
 * ```
 */
export function offerProofText(channel: Address, seconds: number): string {
  return `PolySwarm: messages of offer channel ${getAddress(channel)} at ${seconds}`
}
