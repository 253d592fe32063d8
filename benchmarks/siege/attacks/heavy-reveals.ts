import type { Attack } from '../attack.ts'
import { largeVerdicts } from '../hostile-documents.ts'
import { assertAndReveal } from '../small-assertion.ts'

const ENGINES = Array.from({ length: 24 }, (_, index) => `engine-${index}`)

/** Reveals that are short on the chain and long for whoever reads all assertions of a bounty. */
export const heavyReveals: Attack = {
  name: 'heavy-reveals',
  tries: `reveal with ${ENGINES.length} addresses on an honest bounty, each naming a document of 1 MiB, so that its assertions cannot be read`,
  purses: Object.fromEntries(ENGINES.map((name) => [name, '200'])),
  pause: 90_000,
  strike: async (arena, tally) => {
    const metadata = await arena.store(largeVerdicts())
    const bounty = await arena.nextTarget(6)
    tally.met(metadata === undefined ? 'document refused' : 'document stored')
    await Promise.all(
      ENGINES.map(async (name) => {
        const engine = arena.purse(name)
        await arena.collect(engine)
        await assertAndReveal(arena, engine, bounty, { verdicts: 0n, metadata: metadata ?? '' }, tally)
      }),
    )
  },
}
