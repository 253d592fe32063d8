import { PolyswarmdClient } from '@polyswarm/participants'
import { newGuid } from '@polyswarm/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LyingGateway, TestMarket } from '../../../participants/src/market.fixture.ts'
import { postAsStranger } from '../../../participants/src/stranger.fixture.ts'
import { MarketWatch } from './market-watch.ts'

let market: TestMarket
let gateway: LyingGateway | undefined

beforeEach(async () => {
  market = await TestMarket.start()
})

afterEach(async () => {
  gateway?.stop()
  await market.stop()
})

test('a bounty that cannot be read costs its own story, and the others are told', { timeout: 180_000 }, async () => {
  const [odd, late, good] = [newGuid(), newGuid(), newGuid()]
  let refusals = 0
  gateway = await LyingGateway.start(market.url, (path) => {
    if (path.startsWith(`/bounties/${odd}/terms`)) return '{"status":"OK","result":{"num_artifacts":1e300}}'
    if (!path.startsWith(`/bounties/${late}/terms`) || refusals++ > 0) return undefined
    return '['.repeat(100_000)
  })
  const account = market.accounts.rival.account.address
  const client = new PolyswarmdClient({ url: new URL(gateway.url), account, chain: 'side' })
  const told: string[] = []
  const unreadable: string[] = []
  const stopping = new AbortController()
  await postAsStranger(
    market,
    [odd, late, good].map((guid) => ({ guid })),
  )
  const watch = new MarketWatch(client, pino({ level: 'silent' }))
  await watch.run(
    {
      bounty: (_, { guid }) => {
        told.push(guid)
        if (guid === odd) throw new Error('cannot be told')
        if (guid === good) stopping.abort()
      },
      unreadable: (event) => event.event === 'bounty' && unreadable.push(event.data.guid),
      block: () => undefined,
      reorg: () => undefined,
    },
    stopping.signal,
  )
  expect(told).toEqual([good])
  expect(unreadable).toEqual([odd, late])
  client.close()
})
