import { commitmentOf, newGuid, newNonce, parseNct, postAssertionCall, settleBountyCall } from '@polyswarm/protocol'
import type { Attack } from '../attack.ts'
import { lastBlockOf } from '../bounty-log.ts'

const SYBILS = Array.from({ length: 30 }, (_, index) => `sybil-${index}`)
const BID = parseNct('0.0625')

/** Many addresses of one stranger, on a bounty about which no arbiter knows anything. */
export const sybils: Attack = {
  name: 'sybils',
  tries: 'assert with 30 addresses on a bounty that gets no vote, reveal nothing, and share its reward',
  purses: { mark: '20000', ...Object.fromEntries(SYBILS.map((name) => [name, '50'])) },
  victims: ['mark'],
  mustNotGain: true,
  pause: 120_000,
  strike: async (arena, tally) => {
    const { contracts } = arena.besieged
    const mark = arena.purse('mark')
    const uri = await arena.upload([Buffer.from(`nobody knows ${newGuid()}\n`)])
    if (uri === undefined) return tally.met('upload refused')
    const guid = newGuid()
    const posted = await arena.post(mark, { uri, guid, reward: '22' })
    if (!posted.accepted) return tally.met(`bounty: ${posted.answer}`)
    const purses = SYBILS.map((name) => arena.purse(name))
    const asserted = await Promise.all(
      purses.map((purse) => {
        const commitment = commitmentOf({ verdicts: 1n, nonce: newNonce(), author: purse.address })
        return purse.send(postAssertionCall(contracts, { guid, bids: [BID], mask: 1n, commitment }))
      }),
    )
    for (const { answer } of asserted) tally.met(`assert: ${answer}`)
    const bounty = [...arena.log.bounties.values()].find((known) => arena.guidOf(known) === guid)
    if (!bounty) return tally.met('the bounty is not on the chain')
    await arena.until(lastBlockOf(bounty))
    for (const purse of [...purses, mark]) {
      const { answer } = await purse.send(settleBountyCall(contracts, guid))
      tally.met(`settle: ${answer}`)
    }
  },
}
