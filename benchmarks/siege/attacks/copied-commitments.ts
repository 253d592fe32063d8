import { parseNct, postAssertionCall, revealAssertionCall } from '@polyswarm/protocol'
import type { Attack } from '../attack.ts'

/** A commitment of another, and later its opening, under one's own name. */
export const copiedCommitments: Attack = {
  name: 'copied-commitments',
  tries: "assert with the commitment of another engine, and open it with that engine's nonce and verdicts",
  purses: { copier: '20000' },
  pause: 4_000,
  strike: async (arena, tally) => {
    const copier = arena.purse('copier')
    const { contracts } = arena.besieged
    await arena.collect(copier)
    const bounty = arena
      .targets(2)
      .find(({ assertions }) => assertions.length > 0 && !assertions.some(({ author }) => author === copier.address))
    const [copied] = bounty?.assertions ?? []
    if (!bounty || !copied) return
    const guid = arena.guidOf(bounty)
    const bids = copied.bids.map(() => parseNct('0.0625'))
    const asserted = await copier.send(
      postAssertionCall(contracts, { guid, bids, mask: copied.mask, commitment: copied.commitment }),
    )
    tally.met(`assert: ${asserted.answer}`)
    if (!asserted.accepted) return
    await arena.until(bounty.expiration + bounty.revealWindow - 3)
    const own = bounty.assertions.find(({ author }) => author === copier.address)
    const { reveal } = copied
    if (!own || reveal === null) return tally.met('nothing to copy was revealed')
    const { answer, accepted } = await copier.send(
      revealAssertionCall(contracts, { guid, index: own.index, ...reveal, verdicts: reveal.verdicts }),
    )
    tally.met(`reveal: ${answer}`)
    if (accepted) tally.breach('a copied commitment was opened')
  },
}
