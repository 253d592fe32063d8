import type { Attack } from '../attack.ts'
import { hostileArchives } from '../hostile-archives.ts'

/** Archives that must not hold up the process that keeps deadlines. */
export const hostileArtifacts: Attack = {
  name: 'hostile-artifacts',
  tries: 'post bounties on archives that take minutes or gigabytes to open: tar, gzip and zip, nested and lying',
  purses: { author: '50000' },
  pause: 20_000,
  strike: async (arena, tally) => {
    const author = arena.purse('author')
    const salt = Date.now() % 65_536
    const archives = hostileArchives(salt)
    const { name, content } = archives[turn++ % archives.length] as (typeof archives)[number]
    const uri = await arena.upload([content])
    if (uri === undefined) return tally.met(`${name}: upload refused`)
    const { answer } = await arena.post(author, { uri, duration: 12 })
    tally.met(`${name}: ${answer}`)
    await arena.collect(author)
  },
}

let turn = 0
