import { commitmentOf, newNonce, parseNct, postAssertionCall, revealAssertionCall } from '@polyswarm/protocol'
import type { Arena } from './arena.ts'
import type { LoggedBounty } from './bounty-log.ts'
import type { Purse } from './purse.ts'
import type { Tally } from './tally.ts'

/** What is said of a bounty's first artifact, and what stands beside it. */
export interface SmallAssertion {
  verdicts: bigint
  metadata: string
}

/**
 * Asserts on the first artifact of a bounty with the least bid, and reveals in time.
 *
 * @returns whether the chain took the reveal; undefined where it did not come to one.
 */
export async function assertAndReveal(
  arena: Arena,
  engine: Purse,
  bounty: LoggedBounty,
  { verdicts, metadata }: SmallAssertion,
  tally: Tally,
): Promise<boolean | undefined> {
  const { contracts } = arena.besieged
  const guid = arena.guidOf(bounty)
  const nonce = newNonce()
  const commitment = commitmentOf({ verdicts, nonce, author: engine.address })
  const order = { guid, bids: [parseNct('0.0625')], mask: 1n, commitment }
  const asserted = await engine.send(postAssertionCall(contracts, order))
  tally.met(`assert: ${asserted.answer}`)
  if (!asserted.accepted) return undefined
  await arena.until(bounty.expiration)
  const own = bounty.assertions.find(({ author }) => author === engine.address)
  if (!own) {
    tally.met('the assertion is not on the chain')
    return undefined
  }
  const reveal = { guid, index: own.index, nonce, verdicts, metadata }
  const { answer, accepted } = await engine.send(revealAssertionCall(contracts, reveal))
  tally.met(`reveal: ${answer}`)
  return accepted
}
