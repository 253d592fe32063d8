import { settleBountyCall } from '@polyswarm/protocol'
import type { Arena } from '../arena.ts'
import type { Attack } from '../attack.ts'
import { hostileDocuments, hostileTexts } from '../hostile-documents.ts'
import type { Tally } from '../tally.ts'

let turn = 0

/** Documents that every participant reads, whoever wrote them. */
export const chainMetadata: Attack = {
  name: 'chain-metadata',
  tries: 'post bounties with metadata that breaks whoever reads it, on the chain and by content address',
  purses: { author: '50000' },
  pause: 6_000,
  strike: async (arena, tally) => {
    const uri = await arena.upload([Buffer.from(`bait ${turn % 7}\n`)])
    if (uri === undefined) return tally.met('upload refused')
    const texts = hostileTexts()
    const documents = hostileDocuments()
    const text = texts[turn % texts.length] ?? ''
    const document = documents[turn % documents.length] ?? ''
    turn++
    await post(arena, tally, uri, text)
    const stored = await arena.ask({
      method: 'POST',
      path: `/bounties/metadata?account=${arena.purse('author').address}`,
      headers: { 'content-type': 'application/json' },
      body: document,
    })
    tally.met(`document: HTTP ${stored.status}`)
    if (stored.status !== 200) return
    const { result } = JSON.parse(stored.text) as { result: string }
    await post(arena, tally, uri, result)
  },
}

async function post(arena: Arena, tally: Tally, uri: string, metadata: string): Promise<void> {
  const { answer } = await arena.post(arena.purse('author'), { uri, metadata })
  tally.met(`bounty: ${answer}`)
  await collect(arena, tally)
}

/** Takes back what is left of the bounties that are over. */
async function collect(arena: Arena, tally: Tally): Promise<void> {
  const author = arena.purse('author')
  for (const bounty of arena.log.bounties.values()) {
    const over = bounty.expiration + bounty.revealWindow + bounty.voteWindow <= arena.log.head
    if (
      bounty.author !== author.address ||
      !over ||
      bounty.settlements.some(({ settler }) => settler === author.address)
    )
      continue
    const { answer } = await author.send(settleBountyCall(arena.besieged.contracts, arena.guidOf(bounty)))
    tally.met(`settle: ${answer}`)
    return
  }
}
