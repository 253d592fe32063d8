import type { BountyParameters, MarketEvent } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import type { PolyswarmdClient } from '../../client/polyswarmd-client.ts'
import { MarketParameters } from './market-parameters.ts'

test('what the market allows is asked for once, and again when it may have changed', async () => {
  let asked = 0
  const client = { bountyParameters: async () => ({ max_duration: ++asked }) as BountyParameters }
  const parameters = new MarketParameters(client as unknown as PolyswarmdClient)
  await Promise.all([parameters.current(), parameters.current()])
  for (const event of ['block', 'bounty', 'assertion', 'settled_bounty']) {
    parameters.notice({ event } as MarketEvent)
    expect((await parameters.current()).max_duration).toBe(1)
  }
  for (const event of ['fee_update', 'window_update', 'reorg', 'connected', 'snapshot']) {
    const before = asked
    parameters.notice({ event } as MarketEvent)
    expect((await parameters.current()).max_duration).toBe(before + 1)
  }
})
