import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Tests that run whole markets, as many processes as this machine has to bear: nothing else runs beside them. */
const MARKETS = ['test/market.test.ts', 'test/documentation.test.ts', 'create-microengine/src/project.test.ts']
/** Files that this run leaves out: `.ci/run` does so with the tests against a peer that it could not build. */
const LEFT_OUT = (process.env.LEAVE_OUT ?? '').split(' ').filter((pattern) => pattern !== '')
/** The template's tests are tests once a project is made of it: `create-microengine/src/project.test.ts` runs them there. */
const NEVER = ['**/node_modules/**', '**/dist/**', 'create-microengine/template/**', ...LEFT_OUT]

export default defineConfig({
  test: {
    // Limits end what hangs; they are no measure of speed, and have to do for a machine that is busy.
    testTimeout: 90_000,
    hookTimeout: 180_000,
    globalSetup: 'test/support/own-temporary-directory.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['{protocol,polyswarmd,participants,devnet,create-microengine,contracts,test}/**/*.test.ts'],
          exclude: [...NEVER, ...MARKETS],
          sequence: { groupOrder: 0 },
          // Most files wait for blocks most of the time.
          maxWorkers: availableParallelism(),
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
