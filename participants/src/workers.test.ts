import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eicarTestFile } from './artifacts/eicar.ts'
import { type RunningProgram, TestMarket } from './market.fixture.ts'
import { hasRedis, skipNote, TestRedis } from './queue/redis.fixture.ts'

const ENGINE = '0123456789abcdef0123456789abcdef'
const FILES = 6

let market: TestMarket
let redis: TestRedis
beforeEach(async () => {
  market = await TestMarket.start({ blockTime: 0.5, revealWindow: 24, voteWindow: 24 })
  redis = await TestRedis.start()
  await writeFile(join(market.directory, 'queue.key'), ENGINE)
  await writeFile(join(market.directory, 'begun'), '')
  await writeFile(join(market.directory, 'held.mjs'), heldBackend(market.directory))
})
afterEach(async () => {
  await market.stop()
  await redis.kill()
})

/** A backend that tells of each artifact that it begins with, and holds it until there is a file `go`. */
function heldBackend(directory: string): string {
  return `
    import { appendFile, access } from 'node:fs/promises'
    import { setTimeout as delay } from 'node:timers/promises'
    const isThere = (path) => access(path).then(() => true, () => false)
    export default {
      name: 'held',
      versions: { vendor: '1' },
      setup: async () => {},
      teardown: async () => {},
      analyze: async ({ content, signal }) => {
        await appendFile(${JSON.stringify(join(directory, 'begun'))}, process.pid + '\\n')
        while (!(await isThere(${JSON.stringify(join(directory, 'go'))}))) await delay(50, undefined, { signal })
        return Buffer.from(content).includes('EICAR')
          ? { outcome: 'malicious', confidence: 1 }
          : { outcome: 'benign', confidence: 1 }
      },
    }
  `
}

const queueFlags = () => [
  ...['--backend', join(market.directory, 'held.mjs')],
  ...['--queue', redis.url, '--queue-key-file', join(market.directory, 'queue.key')],
]

const engine = () =>
  market.run('microengine', market.accounts.engine, ['--allowance', `${10n ** 21n}`, ...queueFlags()])

function worker(): RunningProgram {
  return market.start('microengine', ['worker', '--polyswarmd-addr', market.url, '--log', 'debug', ...queueFlags()])
}

/** Waits until a worker has begun with so many artifacts. */
async function begun({ child }: RunningProgram, artifacts: number): Promise<void> {
  const count = async () => (await readFile(join(market.directory, 'begun'), 'utf8')).split(`${child.pid}\n`).length - 1
  await expect.poll(count, { timeout: 180_000, interval: 100 }).toBeGreaterThanOrEqual(artifacts)
}

describe.skipIf(!hasRedis)(`an engine with workers${skipNote}`, () => {
  it('loses no stake and makes none twice when worker, Redis and engine are killed', { timeout: 180_000 }, async () => {
    const artifacts = join(market.directory, 'files')
    await mkdir(artifacts)
    for (let i = 0; i < FILES; i++) {
      await appendFile(join(artifacts, `${i}.txt`), i % 2 === 0 ? eicarTestFile() : `harmless ${i}`)
    }
    const voting = market.run('arbiter', market.accounts.arbiter, [
      '--backend',
      'eicar',
      '--allowance',
      `${10n ** 26n}`,
    ])
    const front = engine()
    const first = worker()
    await Promise.all([voting.said(/staked stake/), front.said(/ready/), first.said(/waiting for jobs/)])
    const source = ['--backend', 'filesystem', '--artifact-directory', artifacts, '--artifacts-per-bounty', '1']
    const posting = market.run('ambassador', market.accounts.ambassador, [
      ...[...source, '--once', '--duration', '60', '--in-flight', `${FILES}`, '--batch', `${FILES}`],
      ...['--allowance', `${100n * 10n ** 18n}`],
    ])
    await begun(first, 1)
    await first.kill('SIGKILL')
    const second = worker()
    await begun(second, 1)
    await redis.kill()
    await front.kill('SIGKILL')
    await redis.start()
    await writeFile(join(market.directory, 'go'), '')
    engine()
    expect(await posting.exited, posting.output).toBe(0)
    const { address } = market.accounts.engine.account
    const assertions = await market.events('NewAssertion')
    const reveals = await market.events('RevealedAssertion')
    expect(assertions.map(({ args }) => args.author)).toEqual(Array(FILES).fill(address))
    expect(new Set(assertions.map(({ args }) => args.bountyGuid)).size).toBe(FILES)
    expect(reveals.map(({ args }) => args.bountyGuid).sort()).toEqual(
      assertions.map(({ args }) => args.bountyGuid).sort(),
    )
    expect(await second.kill('SIGTERM')).toBe(0)
    const standing = await market.runOnce('microengine', ['queue', '--json', ...queueFlags()])
    expect(JSON.parse(standing.output)).toMatchObject([{ backend: 'held', waiting: 0, active: 0 }])
  })
})
