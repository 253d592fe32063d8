import { commitmentOf, newGuid, newNonce, parseNct } from '@polyswarm/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { TestClient, TestMarket, WINDOWS } from './test-market.ts'

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
  const uploaded = await api.upload(['first artifact', 'second artifact'])
  expect(uploaded.status).toBe(200)
  const uri = uploaded.body.result as string
  const guid = newGuid()
  const { ambassador, engines, arbiters } = market
  const amount = parseNct('4')

  const order = { guid, artifact_type: 'file', amount: String(amount), uri, duration: 10 }
  const posted = await api.signAndSend(ambassador, await api.post(`/bounties?account=${ambassador.address}`, order))
  expect(posted.body).toMatchObject({
    status: 'OK',
    result: { errors: [], bounties: [{ guid, author: ambassador.address, amount: String(amount), uri, metadata: '' }] },
  })

  const nonces = engines.map(() => newNonce())
  const answers = [
    [true, false],
    [false, false],
  ]
  for (const [index, engine] of engines.entries()) {
    const verdicts = index === 0 ? 0b01n : 0b00n
    const commitment = commitmentOf({ verdicts, nonce: nonces[index] ?? 0n, author: engine.address })
    const bid = [String(parseNct('0.5')), String(parseNct('0.25'))]
    const body = { bid, mask: [true, true], commitment: String(commitment) }
    const path = `/bounties/${guid}/assertions?account=${engine.address}`
    const asserted = await api.signAndSend(engine, await api.post(path, body))
    expect(asserted.body).toMatchObject({
      status: 'OK',
      result: { assertions: [{ bounty_guid: guid, author: engine.address, index, bid, mask: [true, true] }] },
    })
  }

  const { body: bounty } = await api.get(`/bounties/${guid}?account=${ambassador.address}`)
  const { expiration } = bounty.result
  await market.anvil.mine(expiration - Number(await market.client.getBlockNumber({ cacheTime: 0 })))
  for (const [index, engine] of engines.entries()) {
    const body = { nonce: String(nonces[index]), verdicts: answers[index], metadata: '' }
    const path = `/bounties/${guid}/assertions/${index}/reveal?account=${engine.address}`
    const revealed = await api.signAndSend(engine, await api.post(path, body))
    expect(revealed.body).toMatchObject({ status: 'OK', result: { reveals: [{ index, verdicts: answers[index] }] } })
  }

  const voteStart = expiration + WINDOWS.reveal
  await market.anvil.mine(voteStart - Number(await market.client.getBlockNumber({ cacheTime: 0 })))
  for (const arbiter of arbiters) {
    const path = `/bounties/${guid}/vote?account=${arbiter.address}`
    const voted = await api.signAndSend(arbiter, await api.post(path, { votes: [true, false], valid_bloom: true }))
    expect(voted.body.result?.votes ?? voted.body).toEqual([
      { bounty_guid: guid, voter: arbiter.address, votes: [true, false] },
    ])
  }

  await market.anvil.mine(WINDOWS.vote)
  for (const party of [ambassador, ...engines, ...arbiters]) {
    const settled = await api.signAndSend(party, await api.post(`/bounties/${guid}/settle?account=${party.address}`))
    expect(settled.body.status).toBe('OK')
  }
  const settlements = await api.get(`/bounties/${guid}/settlements?account=${ambassador.address}`)
  const paid = settlements.body.result.reduce((sum: bigint, row: { payout: string }) => sum + BigInt(row.payout), 0n)
  // Reward, fees and bids, less what divisions leave over.
  expect(parseNct('4') + parseNct('0.0625') + 2n * parseNct('0.03125') + parseNct('1.5') - paid).toBeLessThan(10n)
})
