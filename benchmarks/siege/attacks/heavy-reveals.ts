import { commitmentOf, newNonce, parseNct, postAssertionCall, revealAssertionCall } from '@polyswarm/protocol'
import type { Attack } from '../attack.ts'
import { largeVerdicts } from '../hostile-documents.ts'

const ENGINES = Array.from({ length: 24 }, (_, index) => `engine-${index}`)

/** Reveals that are short on the chain and long for whoever reads all assertions of a bounty. */
export const heavyReveals: Attack = {
  name: 'heavy-reveals',
  tries: `reveal with ${ENGINES.length} addresses on an honest bounty, each naming a document of 1 MiB, so that its assertions cannot be read`,
  purses: Object.fromEntries(ENGINES.map((name) => [name, '200'])),
  pause: 90_000,
  strike: async (arena, tally) => {
    const { contracts } = arena.besieged
    const metadata = await arena.store(largeVerdicts())
    const bounty = await arena.nextTarget(6)
    tally.met(metadata === undefined ? 'document refused' : 'document stored')
    const guid = arena.guidOf(bounty)
    await Promise.all(
      ENGINES.map(async (name) => {
        const engine = arena.purse(name)
        await arena.collect(engine)
        const [nonce, verdicts] = [newNonce(), 0n]
        const commitment = commitmentOf({ verdicts, nonce, author: engine.address })
        const order = { guid, bids: [parseNct('0.0625')], mask: 1n, commitment }
        const asserted = await engine.send(postAssertionCall(contracts, order))
        tally.met(`assert: ${asserted.answer}`)
        if (!asserted.accepted) return
        await arena.until(bounty.expiration)
        const own = bounty.assertions.find(({ author }) => author === engine.address)
        if (!own) return tally.met('the assertion is not on the chain')
        const reveal = { guid, index: own.index, nonce, verdicts, metadata: metadata ?? '' }
        const { answer } = await engine.send(revealAssertionCall(contracts, reveal))
        tally.met(`reveal: ${answer}`)
      }),
    )
  },
}
