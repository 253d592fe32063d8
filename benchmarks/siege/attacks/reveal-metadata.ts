import { commitmentOf, newNonce, parseNct, postAssertionCall, revealAssertionCall } from '@polyswarm/protocol'
import type { Attack } from '../attack.ts'
import { hostileVerdicts } from '../hostile-documents.ts'

let turn = 0

/** What stands beside a reveal is read by everybody as well. */
export const revealMetadata: Attack = {
  name: 'reveal-metadata',
  tries: 'reveal on honest bounties with metadata that breaks whoever reads it, and with bits of foreign artifacts',
  purses: { engine: '20000' },
  pause: 5_000,
  strike: async (arena, tally) => {
    const bounty = arena.targets(3).find(({ numArtifacts }) => numArtifacts <= 64)
    if (!bounty) return
    const { contracts } = arena.besieged
    const engine = arena.purse('engine')
    const guid = arena.guidOf(bounty)
    const nonce = newNonce()
    // Every other time with bits outside the mask, which must be refused when they are revealed.
    const verdicts = turn % 2 === 0 ? 1n : 1n | (1n << 200n)
    const commitment = commitmentOf({ verdicts, nonce, author: engine.address })
    const order = { guid, bids: [parseNct('0.0625')], mask: 1n, commitment }
    const asserted = await engine.send(postAssertionCall(contracts, order))
    tally.met(`assert: ${asserted.answer}`)
    if (!asserted.accepted) return
    await arena.until(bounty.expiration)
    const own = bounty.assertions.find(({ author }) => author === engine.address)
    if (!own) return tally.met('the assertion is not on the chain')
    const texts = hostileVerdicts()
    const metadata = texts[turn++ % texts.length] ?? ''
    const reveal = { guid, index: own.index, nonce, verdicts, metadata }
    const { answer, accepted } = await engine.send(revealAssertionCall(contracts, reveal))
    tally.met(`reveal: ${answer}`)
    if (accepted && verdicts !== 1n) tally.breach('verdicts outside the mask were accepted')
    await arena.collect(engine)
  },
}
