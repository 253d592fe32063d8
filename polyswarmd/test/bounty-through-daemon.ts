import { commitmentOf, type Guid, newGuid, newNonce, parseNct, sealedCommitmentOf } from '@polyswarm/protocol'
import { expect } from 'vitest'
import { type TestClient, type TestMarket, WINDOWS } from './test-market.ts'

/**
 * A bounty from upload to the last payout, every step through the daemon alone, and every answer looked at.
 *
 * @param query more of the query of every route that builds transactions, such as `&preflight=1`.
 */
export async function bountyThroughDaemon(market: TestMarket, api: TestClient, query = ''): Promise<Guid> {
  const uploaded = await api.upload(['first artifact', 'second artifact'])
  expect(uploaded.status).toBe(200)
  const uri = uploaded.body.result as string
  const guid = newGuid()
  const { ambassador, engines, arbiters } = market
  const amount = parseNct('4')

  const order = { guid, artifact_type: 'file', amount: String(amount), uri, duration: 10 }
  const built = await api.post(`/bounties?account=${ambassador.address}${query}`, order)
  const posted = await api.signAndSend(ambassador, built)
  expect(posted.body.errors).toBeUndefined()
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
    const secret = { guid, author: engine.address, mask: 0b11n, verdicts, metadata: '', nonce: nonces[index] ?? 0n }
    // The one seals its verdicts, the other commits to them as a program of the original does.
    const seal = index === 0 ? 'bound' : undefined
    const commitment = seal ? sealedCommitmentOf(secret) : commitmentOf(secret)
    const bid = [String(parseNct('0.5')), String(parseNct('0.25'))]
    const body = { bid, mask: [true, true], commitment: String(commitment), seal }
    const path = `/bounties/${guid}/assertions?account=${engine.address}${query}`
    const asserted = await api.signAndSend(engine, await api.post(path, body))
    expect(asserted.body.errors).toBeUndefined()
    expect(asserted.body).toMatchObject({
      status: 'OK',
      result: { assertions: [{ bounty_guid: guid, author: engine.address, index, bid, mask: [true, true] }] },
    })
  }

  const { body: bounty } = await api.get(`/bounties/${guid}?account=${ambassador.address}`)
  const { expiration } = bounty.result
  await mineTo(market, expiration)
  for (const [index, engine] of engines.entries()) {
    const body = { nonce: String(nonces[index]), verdicts: answers[index], metadata: '' }
    const path = `/bounties/${guid}/assertions/${index}/reveal?account=${engine.address}${query}`
    const revealed = await api.signAndSend(engine, await api.post(path, body))
    expect(revealed.body.errors).toBeUndefined()
    expect(revealed.body).toMatchObject({ status: 'OK', result: { reveals: [{ index, verdicts: answers[index] }] } })
  }

  await mineTo(market, expiration + WINDOWS.reveal)
  for (const arbiter of arbiters) {
    const path = `/bounties/${guid}/vote?account=${arbiter.address}${query}`
    const voted = await api.signAndSend(arbiter, await api.post(path, { votes: [true, false], valid_bloom: true }))
    expect(voted.body.result?.votes ?? voted.body).toEqual([
      { bounty_guid: guid, voter: arbiter.address, votes: [true, false] },
    ])
  }

  await market.anvil.mine(WINDOWS.vote)
  for (const party of [ambassador, ...engines, ...arbiters]) {
    const path = `/bounties/${guid}/settle?account=${party.address}${query}`
    const settled = await api.signAndSend(party, await api.post(path))
    expect(settled.body.status).toBe('OK')
  }
  const settlements = await api.get(`/bounties/${guid}/settlements?account=${ambassador.address}`)
  const paid = settlements.body.result.reduce((sum: bigint, row: { payout: string }) => sum + BigInt(row.payout), 0n)
  // Reward, fees and bids, less what divisions leave over.
  expect(parseNct('4') + parseNct('0.0625') + 2n * parseNct('0.03125') + parseNct('1.5') - paid).toBeLessThan(10n)
  return guid
}

async function mineTo({ anvil, client }: TestMarket, block: number): Promise<void> {
  await anvil.mine(block - Number(await client.getBlockNumber({ cacheTime: 0 })))
}
