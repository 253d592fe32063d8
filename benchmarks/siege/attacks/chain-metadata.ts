import type { Attack } from '../attack.ts'
import { hostileDocuments, hostileTexts, hostileUris } from '../hostile-documents.ts'

let turn = 0

/** Documents that every participant reads, whoever wrote them. */
export const chainMetadata: Attack = {
  name: 'chain-metadata',
  tries: 'post bounties with metadata and addresses that break whoever reads them, on the chain and by content address',
  purses: { author: '50000' },
  pause: 6_000,
  strike: async (arena, tally) => {
    const author = arena.purse('author')
    const bait = await arena.upload([Buffer.from(`bait ${turn % 7}\n`)])
    const texts = hostileTexts()
    const documents = hostileDocuments()
    const uris = [bait ?? '', bait ?? '', ...hostileUris()].filter((uri) => uri !== '')
    const uri = uris[turn % uris.length] ?? ''
    const metadata = await arena.store(documents[turn % documents.length] ?? '')
    tally.met(metadata === undefined ? 'document refused' : 'document stored')
    const onChain = await arena.post(author, { uri, metadata: texts[turn % texts.length] ?? '' })
    tally.met(`text on the chain: ${onChain.answer}`)
    turn++
    if (metadata !== undefined && bait !== undefined) {
      const named = await arena.post(author, { uri: bait, metadata })
      tally.met(`named document: ${named.answer}`)
    }
    await arena.collect(author)
    await arena.collect(author)
  },
}
