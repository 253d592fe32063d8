import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { modulesOf } from './rolldown.config.ts'
import { LongestFirst } from './test/support/longest-first.ts'

/** Tests in which participants run as programs, against a chain whose blocks wait for them. */
const PROGRAMS = ['participants/src/*.test.ts', 'consumer/src/programs/*.test.ts']
/** Tests that run whole markets, as many processes as this machine has to bear. */
const MARKETS = [
  'test/market.test.ts',
  'test/page.test.ts',
  'test/documentation.test.ts',
  'test/tutorials.test.ts',
  'test/two-chains.test.ts',
  'test/operator-page.test.ts',
  'test/geth.test.ts',
  'create-microengine/src/project.test.ts',
]
/** Tests that start programs as they were built, most of them many. */
export const OF_BUILT_PROGRAMS = [...PROGRAMS, ...MARKETS]
/** Tests that count how often code runs, in a process of their own that compiles none: what is compiled while it runs loses counts. */
const COUNTED = ['participants/src/examiner/growth.test.ts']
const WITHOUT_COMPILERS = ['--no-sparkplug', '--no-maglev', '--no-opt']
/** Files that this run leaves out: `.ci/run` does so with the tests against a peer that it could not build. */
const LEFT_OUT = (process.env.LEAVE_OUT ?? '').split(' ').filter((pattern) => pattern !== '')
/** The template's tests are tests once a project is made of it: `create-microengine/src/project.test.ts` runs them there. */
const NEVER = ['**/node_modules/**', '**/dist/**', 'create-microengine/template/**', ...LEFT_OUT]
/** A shared machine can stand still for longer than a window of blocks lasts. What was tried again is named in the report. */
const retry = process.env.CI === 'true' ? 1 : 0
/** Most of what these do is waiting for programs, which share the processors with them. */
const workers = availableParallelism() + 1

/** Tests beside the code use parts of participants that it does not export, and which its bundle has once more. */
const alias = Object.entries(modulesOf('participants')).map(([name, replacement]) => ({
  find: new RegExp(`^${name}$`),
  replacement,
}))

export default defineConfig({
  resolve: { alias },
  test: {
    // Limits end what hangs; they are no measure of speed, and have to do for a machine that is busy.
    testTimeout: 90_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    globalSetup: [
      'test/support/bundled-programs.ts',
      'test/support/own-temporary-directory.ts',
      'test/support/compile-cache.ts',
    ],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: [
            '{protocol,polyswarmd,participants,consumer,dashboard,devnet,polyswarm-cli,create-microengine,contracts,examples,test}/**/*.test.ts',
          ],
          exclude: [...NEVER, ...OF_BUILT_PROGRAMS, ...COUNTED],
          // Half of a file's time went into loading once more what the file before had loaded.
          isolate: false,
          maxWorkers: workers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'counted',
          include: COUNTED,
          exclude: NEVER,
          execArgv: WITHOUT_COMPILERS,
          maxWorkers: workers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'programs',
          include: PROGRAMS,
          exclude: NEVER,
          retry,
          isolate: false,
          maxWorkers: workers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'markets',
          include: MARKETS,
          exclude: NEVER,
          retry,
          maxConcurrency: 3,
          maxWorkers: workers,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
