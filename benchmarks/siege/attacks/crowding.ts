import type { Attack } from '../attack.ts'

const BURST = 20
let turn = 0

/** Bounties that are cheap to post and dear to answer. What nobody answers goes back to who posted it. */
export const crowding: Attack = {
  name: 'crowding',
  tries: `post ${BURST} bounties at once and one of 256 artifacts, so that engines have no time left for others`,
  purses: { author: '200000' },
  pause: 45_000,
  strike: async (arena, tally) => {
    const author = arena.purse('author')
    turn++
    const one = await arena.upload([Buffer.from(`crowd ${turn}\n`)])
    const many = await arena.upload(Array.from({ length: 256 }, (_, index) => Buffer.from(`crowd ${turn} ${index}\n`)))
    if (one === undefined || many === undefined) return tally.met('upload refused')
    const posted = await Promise.all([
      ...Array.from({ length: BURST }, () => arena.post(author, { uri: one, duration: 5 })),
      arena.post(author, { uri: many, numArtifacts: 256, duration: 8 }),
    ])
    for (const { answer } of posted) tally.met(`bounty: ${answer}`)
    for (let index = 0; index <= BURST; index++) await arena.collect(author)
  },
}
