import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { eicarTestFile } from './artifacts/eicar.ts'
import type { RunningProgram } from './market.fixture.ts'
import { hasRedis, skipNote, TestRedis } from './queue/redis.fixture.ts'
import { SteppedMarket } from './stepped-market.fixture.ts'

/** For more than a test has time for: `QUEUE_CHAOS=200`. */
const BOUNTIES = Number(process.env.QUEUE_CHAOS ?? 10)
const ROUND = 10
/** Lives of front, worker and Redis that end with SIGKILL in each round: until all is asserted, revealed and settled. */
const KILLS = { asserting: 4, revealing: 2, settling: 1 }
/** The share of looks that kill one of them. */
const DANGER = 0.3
/** Blocks. They are mined where a transaction waits for one, so few of them are needed. */
const DURATION = 100
const WINDOW = 90
/** Looks without a transaction, 50 ms each, after which a block is mined all the same. */
const PATIENCE = 100
/** How many blocks an engine remembers to tell how fast they come, and milliseconds between those that a round begins with. */
const [REMEMBERED, PACE] = [17, 200]

let market: SteppedMarket | undefined
let redis: TestRedis | undefined
afterEach(async () => {
  await market?.stop()
  await redis?.kill()
})

describe.skipIf(!hasRedis)(`front, worker and Redis, killed again and again${skipNote}`, () => {
  it('lose no bounty, no finding and no stake, and do nothing twice', { timeout: 3_600_000 }, async () => {
    const queue = await TestRedis.start()
    redis = queue
    const stepped = (await SteppedMarket.start([], { revealWindow: WINDOW, voteWindow: WINDOW })).market
    market = stepped
    const { market: own } = stepped
    const keyFile = join(own.directory, 'queue.key')
    await writeFile(keyFile, 'correct horse battery staple, 32')
    const flags = ['--backend', 'eicar', '--queue', queue.url, '--queue-key-file', keyFile]
    const address = own.accounts.engine.account.address
    const startFront = () => own.run('microengine', own.accounts.engine, flags)
    const startWorker = () =>
      own.start('microengine', ['worker', ...flags, '--polyswarmd-addr', own.url, '--log', 'debug'])
    let front: RunningProgram = startFront()
    let worker: RunningProgram = startWorker()
    const random = randomFrom(17)

    const isWaitedFor = async () => {
      const { pending, queued } = await own.chain.rpc<Record<string, string>>('txpool_status')
      return Number(pending) + Number(queued) > 0
    }
    const kill = async (): Promise<void> => {
      const victim = random()
      if (victim < 0.4) {
        await front.kill('SIGKILL')
        front = startFront()
        await front.said(/ready account=/)
      } else if (victim < 0.8) {
        await worker.kill('SIGKILL')
        worker = startWorker()
        await worker.said(/waiting for jobs/)
      } else {
        await queue.kill()
        await queue.start()
      }
    }

    /**
     * Mines until something is so and so many of the three were killed, wherever they are. A free machine is done in a few
     * looks, so it is not left to them how many that will be.
     */
    const until = async (isSo: () => Promise<boolean>, kills: number): Promise<void> => {
      let left = kills
      for (let looks = 0; left > 0 || !(await isSo()); looks++) {
        if ((await isWaitedFor()) || looks >= PATIENCE) {
          await stepped.mine()
          looks = 0
        } else await delay(50)
        if (left === 0 || random() > DANGER) continue
        left--
        await kill()
      }
    }
    const mineTo = async (block: bigint): Promise<void> => {
      const missing = Number(block - (await own.node.getBlockNumber({ cacheTime: 0 })))
      if (missing > 0) await own.chain.mine(missing)
    }

    await stepped.arbiter()
    await Promise.all([front.said(/ready account=/), worker.said(/waiting for jobs/)])
    const settled = async () => (await own.events('SettledBounty')).filter(({ args }) => args.settler === address)
    for (let done = 0; done < BOUNTIES; done += ROUND) {
      // The round before ended with many blocks at once: an engine that goes by those has no time for anything.
      for (let blocks = done === 0 ? REMEMBERED : 0; blocks < REMEMBERED; blocks++) {
        await stepped.mine()
        await delay(PACE)
      }
      const contents = Array.from({ length: ROUND }, (_, index) =>
        index % 2 === 0 ? [eicarTestFile(), Buffer.from(`letter ${index}`)] : [Buffer.from(`letter ${index}`)],
      )
      const posting = await stepped.post(contents, DURATION)
      const all = done + ROUND
      await until(async () => (await own.events('NewAssertion')).length >= all, KILLS.asserting)
      const ends = (await own.events('NewBounty')).map(({ args }) => args.expirationBlock ?? 0n)
      const last = ends.reduce((one, other) => (one > other ? one : other))
      await mineTo(last)
      await until(async () => (await own.events('RevealedAssertion')).length >= all, KILLS.revealing)
      await mineTo(last + BigInt(WINDOW))
      await until(async () => (await settled()).length >= all, KILLS.settling)
      await posting.leave()
    }

    const guids = (events: { args: { bountyGuid?: bigint | undefined } }[]) => events.map(({ args }) => args.bountyGuid)
    const [assertions, reveals, payouts] = [
      await own.events('NewAssertion'),
      await own.events('RevealedAssertion'),
      await settled(),
    ]
    for (const events of [assertions, reveals, payouts]) {
      expect(events).toHaveLength(BOUNTIES)
      expect(new Set(guids(events)).size).toBe(BOUNTIES)
    }
    // Each finding has come: every artifact was bid on, and each verdict is right.
    expect(reveals.filter(({ args }) => args.verdicts === 1n)).toHaveLength(Math.ceil(BOUNTIES / 2))
    expect(reveals.filter(({ args }) => args.verdicts === 0n)).toHaveLength(Math.floor(BOUNTIES / 2))
    for (const { args } of payouts) expect(args.payout).toBeGreaterThan(0n)
  })
})

/** The same numbers from 0 to 1 each time (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
