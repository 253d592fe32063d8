import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { approveCall, gasBound, maskFromBooleans, newGuid, parseNct, sealedCommitmentOf } from '@polyswarm/protocol'
import type { PrivateKeyAccount } from 'viem'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { MarketMoves } from './market-moves.ts'
import { OlderNode } from './older-node.ts'
import { TestClient, TestMarket, type Unsigned, WINDOWS } from './test-market.ts'

/** No gas limit is further above what was used than this: limits reserve money on a chain that is not free. */
const MOST_TIMES_USED = 6n

let market: TestMarket
let node: OlderNode
let daemon: Polyswarmd
let api: TestClient
beforeAll(async () => {
  market = await TestMarket.start()
  // Where a node can run an approval and what needs it together, no bound is needed for the second.
  node = await OlderNode.before(market.anvil.rpcUrl, ['eth_simulateV1'])
  daemon = await market.daemon({ chains: { side: { ...market.deployment, eth_uri: node.url } } })
  api = new TestClient(daemon.url)
})
afterAll(async () => {
  await daemon.stop()
  node.stop()
  await market.stop()
})

test.each([1, 2, 33, 256])(
  'no step of a bounty of %i artifacts runs out of gas, nor is given much more',
  async (count) => {
    const { ambassador, engines, arbiters } = market
    // What a participant gives them that asks for no estimate.
    const bounds: Record<string, bigint> = {
      bounties: gasBound.postBounty(),
      reveal: gasBound.revealAssertion(count, 1024),
      vote: gasBound.voteOnBounty(count),
      settle: gasBound.settleBounty(count),
    }
    if (count === 1) {
      for (const arbiter of arbiters) await step(arbiter, '/staking/deposit', { amount: String(parseNct('10000000')) })
    }
    const uri = (await api.upload(Array.from({ length: count }, (_, index) => `artifact ${index}`))).body.result
    const metadata = (await api.post('/bounties/metadata', [{ mimetype: 'text/plain' }])).body.result
    const guid = newGuid()
    const amount = String(parseNct('2') * BigInt(count))
    await step(ambassador, '/bounties', { guid, amount, uri, duration: 8, metadata })

    // The first engine touches every word of sums for the fewest bids, the second bids on all. Verdicts alternate.
    const masks = [3, 1].map((stride) => Array.from({ length: count }, (_, index) => index % stride === 0))
    const verdicts = Array.from({ length: count }, (_, index) => index % 2 === 0)
    for (const [index, engine] of engines.entries()) {
      const mask = masks[index] ?? []
      const secret = { guid, author: engine.address, nonce: 7n, metadata: 'm'.repeat(1024) }
      const commitment = sealedCommitmentOf({
        ...secret,
        mask: maskFromBooleans(mask),
        verdicts: maskFromBooleans(verdicts),
      })
      const bid = mask.filter(Boolean).map(() => String(parseNct('1')))
      const order = { bid, mask, commitment: String(commitment), seal: 'bound' }
      await step(engine, `/bounties/${guid}/assertions`, order)
    }
    const { expiration } = (await api.get(`/bounties/${guid}?account=${ambassador.address}`)).body.result
    await mineTo(expiration - 1)
    for (const [index, engine] of engines.entries()) {
      const reveal = { nonce: '7', verdicts, metadata: 'm'.repeat(1024) }
      await step(engine, `/bounties/${guid}/assertions/${index}/reveal`, reveal)
    }
    await mineTo(expiration + WINDOWS.reveal - 1)
    const votes = verdicts.map((verdict, index) => (index % 5 === 0 ? !verdict : verdict))
    for (const arbiter of arbiters) await step(arbiter, `/bounties/${guid}/vote`, { votes, valid_bloom: true })
    await mineTo(expiration + WINDOWS.reveal + WINDOWS.vote - 1)
    for (const party of [ambassador, ...engines, ...arbiters]) await step(party, `/bounties/${guid}/settle`)

    /** Does one step through the daemon, and compares what its last transaction was given with what it used. */
    async function step(account: PrivateKeyAccount, path: string, body?: unknown): Promise<void> {
      const built = await api.post(`${path}?account=${account.address}`, body)
      const sent = await api.signAndSend(account, built)
      expect(sent.body, path).toMatchObject({ status: 'OK' })
      const { gas } = (built.body.result.transactions as Unsigned[]).at(-1) ?? { gas: 0 }
      const { transactions } = await market.client.getBlock()
      const { gasUsed } = await market.client.getTransactionReceipt({ hash: transactions.at(-1) ?? '0x' })
      if (process.env.GAS_TABLE) process.stdout.write(`${count} ${path.split('/').at(-1)}: ${gasUsed} of ${gas}\n`)
      expect(BigInt(gas), path).toBeLessThan(gasUsed * MOST_TIMES_USED)
      const bound = bounds[path.split('/').at(-1) ?? '']
      if (bound !== undefined) expect(gasUsed, `${path} and its bound`).toBeLessThan(bound)
    }
  },
)

test.each(['eth_simulateV1', 'no eth_simulateV1'])(
  'with %s, an approval has gas for a new allowance, though an earlier one was still there when it was built',
  async (node) => {
    const { ambassador, engines, client } = market
    const [engine = ambassador] = engines
    const plain = await market.daemon({ data: mkdtempSync(join(tmpdir(), 'gas-')) })
    onTestFinished(() => plain.stop())
    const asked = node === 'eth_simulateV1' ? new TestClient(plain.url) : api
    const moves = new MarketMoves(market)
    const guid = await moves.post()
    const { nectarToken: token, bountyRegistry } = moves.addresses
    const approve = (amount: bigint) => approveCall(moves.addresses, bountyRegistry, amount)
    await market.send(engine, token, approve(5n).data)

    const nonce = await client.getTransactionCount({ address: engine.address })
    const order = { bid: [String(parseNct('1'))], mask: [true], commitment: '7' }
    const query = `account=${engine.address}&base_nonce=${nonce + 1}`
    const built = await asked.post(`/bounties/${guid}/assertions?${query}`, order)
    await market.send(engine, token, approve(0n).data)
    const sent = await asked.signAndSend(engine, built)
    expect(sent.body).toMatchObject({ status: 'OK', result: { assertions: [{ bounty_guid: guid }] } })
  },
)

async function mineTo(number: number): Promise<void> {
  const missing = number - Number(await market.client.getBlockNumber({ cacheTime: 0 }))
  if (missing > 0) await market.anvil.mine(missing)
}
