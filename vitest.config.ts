import { defineConfig } from 'vitest/config'

/** Tests that run whole markets, as many processes as this machine has to bear: nothing else runs beside them. */
const MARKETS = ['test/market.test.ts', 'test/documentation.test.ts']
const NEVER = ['**/node_modules/**', '**/dist/**']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['{protocol,polyswarmd,participants,devnet,contracts,test}/**/*.test.ts'],
          exclude: [...NEVER, ...MARKETS],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'markets',
          include: MARKETS,
          exclude: NEVER,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
