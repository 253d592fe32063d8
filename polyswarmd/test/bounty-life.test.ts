import { afterAll, beforeAll, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { bountyThroughDaemon } from './bounty-through-daemon.ts'
import { TestClient, TestMarket } from './test-market.ts'

let market: TestMarket
let daemon: Polyswarmd
let api: TestClient
beforeAll(async () => {
  market = await TestMarket.start()
  await market.stakeArbiters()
  daemon = await market.daemon()
  api = new TestClient(daemon.url)
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

test('a bounty goes from upload to payout through the daemon alone', async () => {
  await bountyThroughDaemon(market, api)
})
