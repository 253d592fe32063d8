import type { Attack } from '../attack.ts'
import { hostileVerdicts } from '../hostile-documents.ts'
import { assertAndReveal } from '../small-assertion.ts'

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
    const engine = arena.purse('engine')
    const texts = hostileVerdicts()
    const metadata = texts[turn % texts.length] ?? ''
    // Every other time with bits outside the mask, which must be refused when they are revealed.
    const verdicts = turn++ % 2 === 0 ? 1n : 1n | (1n << 200n)
    const accepted = await assertAndReveal(arena, engine, bounty, { verdicts, metadata }, tally)
    if (accepted === undefined) return
    if (accepted && verdicts !== 1n) tally.breach('verdicts outside the mask were accepted')
    await arena.collect(engine)
  },
}
