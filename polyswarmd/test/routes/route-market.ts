import { afterAll, beforeAll } from 'vitest'
import type { Polyswarmd } from '../../src/index.ts'
import { MarketMoves } from '../market-moves.ts'
import { TestClient, TestMarket } from '../test-market.ts'

/** Content address of the file "hello world\n". */
export const HELLO_WORLD = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'

export const failure = (status: number, errors: unknown) => ({ status, body: { status: 'FAIL', errors } })
export const success = (result: unknown) => ({ status: 200, body: { status: 'OK', result } })

/** A daemon in front of a chain on which one bounty is settled: one for the tests of all routes. */
export class RouteMarket {
  market!: TestMarket
  daemon!: Polyswarmd
  api!: TestClient
  moves!: MarketMoves
  /** Query that says that the ambassador asks. */
  account!: string
  /** Guid of the settled bounty. */
  settled!: string

  /** Has the tests that are registered next to it find it. */
  static forTests(): RouteMarket {
    const shared = new RouteMarket()
    beforeAll(() => shared.#start())
    afterAll(() => shared.#stop())
    return shared
  }

  async #start(): Promise<void> {
    this.market = await TestMarket.start()
    await this.market.stakeArbiters()
    this.daemon = await this.market.daemon({ community: 'gamma', maxArtifactSize: 1_000_000 })
    this.api = new TestClient(this.daemon.url)
    this.moves = new MarketMoves(this.market)
    this.account = `account=${this.market.ambassador.address}`
    this.settled = await this.moves.wholeBounty()
    await this.api.get('/ready')
  }

  async #stop(): Promise<void> {
    await this.daemon.stop()
    await this.market.stop()
  }
}
