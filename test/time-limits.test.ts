import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/**
 * A timer of `AbortSignal.timeout` outlives the work that it limits, so that thousands gather where there is much work of a
 * moment. Whatever is done again and again has its time by `withinTime`; those below are not.
 */
const ONCE: Record<string, string> = {
  'participants/src/account/faucet-client.ts': 'a command',
  'participants/src/backends/clamav/clamav-backend.ts': 'a start',
  'participants/src/examiner/open-archive.ts': 'a generator, whose work has no end that one could wait for',
  'participants/src/programs/microengine-check-webhook.ts': 'a command',
  'participants/src/testing/conformance.ts': 'a check of a backend',
  'polyswarm-cli/src/scan/wait-for-answer.ts': 'a command',
  'polyswarmd/src/chain/open-chain.ts': 'a start',
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))

it('nothing that is done again and again leaves a timer behind', () => {
  const sources = globSync('{protocol,polyswarmd,participants,consumer,devnet,polyswarm-cli}/src/**/*.ts', {
    cwd: ROOT,
  })
  const found = sources
    .filter((file) => !/\.(test|fixture)\.ts$/.test(file))
    .filter((file) => readFileSync(`${ROOT}/${file}`, 'utf8').includes('AbortSignal.timeout('))
  expect(sources.length).toBeGreaterThan(500)
  expect(found.sort()).toEqual(Object.keys(ONCE))
})
