import {
  approveCall,
  batchCall,
  bloomOf,
  bountyRegistryAbi,
  commitmentOf,
  type Guid,
  gasBound,
  type MarketCall,
  newGuid,
  parseNct,
  postAssertionCall,
  postBountyCall,
  postSealedAssertionCall,
  settleBountyCall,
  voteOnBountyCall,
} from '@polyswarm/protocol'
import {
  createPublicClient,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  http,
  type PrivateKeyAccount,
} from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readStatement, type StatementLine } from '../../participants/src/account/statement.ts'
import { PolyswarmdClient } from '../../participants/src/client/polyswarmd-client.ts'
import type { Polyswarmd } from '../src/index.ts'
import { EventListener } from './event-listener.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket, WINDOWS } from './test-market.ts'

const URI = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'
const DURATION = 6

let market: TestMarket
let moves: MarketMoves
let daemon: Polyswarmd
let api: TestClient
beforeAll(async () => {
  market = await TestMarket.start()
  await market.stakeArbiters()
  moves = new MarketMoves(market)
  daemon = await market.daemon()
  api = new TestClient(daemon.url)
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

function posting(guid: Guid, numArtifacts = 1): MarketCall {
  return postBountyCall(moves.addresses, {
    guid,
    artifactType: 'file',
    amount: parseNct('2') * BigInt(numArtifacts),
    uri: URI,
    numArtifacts,
    duration: DURATION,
    bloom: bloomOf([URI]),
    metadata: '',
  })
}

function asserting(guid: Guid, author: PrivateKeyAccount): MarketCall {
  const commitment = commitmentOf({ verdicts: 1n, nonce: 42n, author: author.address })
  return postAssertionCall(moves.addresses, { guid, bids: [parseNct('1')], mask: 1n, commitment })
}

const voting = (guid: Guid): MarketCall => voteOnBountyCall(moves.addresses, { guid, votes: 1n, validBloom: true })

/** Sends a batch through the daemon, with the gas of its bound. @returns what the daemon tells of it, and its hash. */
async function send(account: PrivateKeyAccount, calls: readonly MarketCall[], bounds: readonly bigint[]) {
  const { to, data } = batchCall(moves.addresses, calls)
  const nonce = await market.client.getTransactionCount({ address: account.address })
  const { chainId } = market.anvil
  const transaction = { chainId, to, data, nonce, gas: Number(gasBound.batch(bounds)), gasPrice: 0, value: 0 }
  const built = { status: 200, body: { result: { transactions: [transaction] } } }
  const told = await api.signAndSend(account, built)
  const [hash = '0x'] = (await market.client.getBlock()).transactions
  return { told, hash }
}

async function statementOf({ address }: PrivateKeyAccount) {
  const client = new PolyswarmdClient({ url: new URL(daemon.url), account: address, chain: 'side' })
  const lines: StatementLine[] = []
  const totals = await readStatement(client, 0, (line) => lines.push(line)).finally(() => client.close())
  return { lines, totals }
}

test('a transaction of many actions, one of which failed, is told as those that were done', async () => {
  const { ambassador } = market
  const [one, other] = market.arbiters as [PrivateKeyAccount, PrivateKeyAccount]
  const registry = moves.addresses.bountyRegistry
  const old = [await moves.post({ duration: DURATION }), await moves.post({ duration: DURATION })] as [Guid, Guid]
  const posted = await moves.head()
  const approval = approveCall(moves.addresses, registry, parseNct('100'))
  await market.send(one, approval.to, approval.data)
  await moves.mineTo(posted + DURATION + WINDOWS.reveal - 1)

  const fresh = [newGuid(), newGuid()] as [Guid, Guid]
  const listener = await EventListener.connect(daemon.url)
  const { told, hash } = await send(
    one,
    [
      ...fresh.map((guid) => posting(guid)),
      asserting(fresh[0], one),
      asserting(old[0], one), // is in the round of votes
      asserting(fresh[1], one),
      ...old.map(voting),
    ],
    [
      ...fresh.map(() => gasBound.postBounty()),
      ...[1, 1, 1].map((bids) => gasBound.postAssertion(bids)),
      ...old.map(() => gasBound.voteOnBounty(1)),
    ],
  )
  const account = one.address

  // What the daemon tells who sent it.
  const bounty = (guid: Guid) => expect.objectContaining({ guid, author: account, amount: String(parseNct('2')) })
  const assertion = (guid: Guid) => expect.objectContaining({ bounty_guid: guid, author: account, index: 0 })
  const paid = (nct: string) => ({ from: account, to: registry, value: String(parseNct(nct)) })
  expect(told).toEqual({
    status: 200,
    body: {
      status: 'OK',
      result: {
        errors: [],
        bounties: fresh.map(bounty),
        assertions: fresh.map(assertion),
        votes: old.map((guid) => ({ bounty_guid: guid, voter: account, votes: [true] })),
        transfers: [paid('2.0625'), paid('2.0625'), paid('1.03125'), paid('1.03125')],
      },
    },
  })

  // What everybody hears: two arbiters are all there are, and with a tie for malicious the first vote is a quorum.
  await listener.untilBlock(await moves.head())
  listener.close()
  const heard = listener.messages.filter(({ txhash }) => txhash === hash)
  expect(heard.map(({ event, data }) => [event, data.guid ?? data.bounty_guid])).toEqual([
    ...fresh.map((guid) => ['bounty', guid]),
    ...fresh.map((guid) => ['assertion', guid]),
    ['quorum', old[0]],
    ['vote', old[0]],
    ['quorum', old[1]],
    ['vote', old[1]],
  ])
  for (const guid of fresh) {
    const { body } = await api.get(`/bounties/${guid}/events?account=${account}`)
    const done = { account, txhash: hash, block_number: await moves.head() }
    expect(body.result).toEqual([
      { event: 'bounty', ...done },
      { event: 'assertion', ...done },
    ])
  }
  expect((await api.get(`/bounties/${old[0]}/assertions?account=${account}`)).body.result).toEqual([])

  // What it cost: all in one transaction.
  const lines = (await statementOf(one)).lines.filter(({ txhash }) => txhash === hash)
  const line = (reason: string, guid: Guid, nct: string) => ({ reason, guid, amount: -parseNct(nct) })
  expect(lines.map(({ reason, guid, amount }) => ({ reason, guid, amount }))).toEqual([
    ...fresh.flatMap((guid) => [line('reward', guid, '2'), line('bounty-fee', guid, '0.0625')]),
    ...fresh.flatMap((guid) => [line('bid', guid, '1'), line('assertion-fee', guid, '0.03125')]),
  ])
  expect(lines.map(({ gas_cost }) => gas_cost)).toEqual([0n, ...lines.slice(1).map(() => null)])

  // Another settles what is due to it from two bounties, and a third that it has no part in.
  for (const guid of old) await moves.vote(guid, other)
  await moves.mineTo(posted + DURATION + WINDOWS.reveal + WINDOWS.vote)
  const settled = await send(
    ambassador,
    [...old, ...fresh].map((guid) => settleBountyCall(moves.addresses, guid)),
    [1, 1, 1, 1].map((artifacts) => gasBound.settleBounty(artifacts)),
  )
  expect(settled.told.body.result).toEqual({
    errors: [],
    settlements: old.map((guid) => ({ bounty_guid: guid, settler: ambassador.address, payout: parseNct('2') })),
    transfers: old.map(() => ({ from: registry, to: ambassador.address, value: String(parseNct('2')) })),
  })
  const back = (await statementOf(ambassador)).lines.filter(({ txhash }) => txhash === settled.hash)
  expect(back.map(({ reason, guid, amount }) => ({ reason, guid, amount }))).toEqual(
    old.map((guid) => ({ reason: 'returned', guid, amount: parseNct('2') })),
  )
})

test('a batch of which nothing was done failed, and says so', async () => {
  const { ambassador } = market
  const { told } = await send(ambassador, [settleBountyCall(moves.addresses, newGuid())], [gasBound.settleBounty(1)])
  expect(told.status).toBe(400)
  expect(told.body.errors.errors).toEqual([expect.stringContaining('Batch nothing done')])
})

test('the bound of a batch is enough for bounds that are just enough, and less than all of them', async () => {
  const { ambassador } = market
  const client = createPublicClient({ transport: http(market.anvil.rpcUrl, { retryCount: 0 }) })
  const [engine] = market.engines as [PrivateKeyAccount]
  const [arbiter] = market.arbiters as [PrivateKeyAccount]
  const plenty = approveCall(moves.addresses, moves.addresses.bountyRegistry, parseNct('10000'))
  for (const account of [ambassador, engine]) await market.send(account, plenty.to, plenty.data)
  const guids = [newGuid(), newGuid(), newGuid(), newGuid()]
  const large = newGuid()
  const posts = [...guids.map((guid) => posting(guid)), posting(large, 256)]
  await isEnough(ambassador, posts)
  await sendAll(ambassador, posts)
  const posted = await moves.head()

  const bids = Array.from({ length: 256 }, () => parseNct('1'))
  const onAll = { guid: large, bids, mask: 2n ** 256n - 1n, commitment: 7n }
  const assertions = [...guids.map((guid) => asserting(guid, engine)), postSealedAssertionCall(moves.addresses, onAll)]
  await isEnough(engine, assertions)
  await sendAll(engine, assertions)
  // A node runs a call in its newest block, not in the next.
  await moves.mineTo(posted + DURATION + WINDOWS.reveal)
  await isEnough(arbiter, [...guids, large].map(voting))
  await sendAll(arbiter, [...guids, large].map(voting))
  await moves.mineTo(posted + DURATION + WINDOWS.reveal + WINDOWS.vote)
  await isEnough(
    engine,
    [...guids, large].map((guid) => settleBountyCall(moves.addresses, guid)),
  )
  // The least that a call can do: what is beside it counts most.
  await isEnough(
    engine,
    Array.from({ length: 300 }, () => question()),
  )

  function question(): MarketCall {
    const data = encodeFunctionData({ abi: bountyRegistryAbi, functionName: 'bountyFee' })
    return { to: moves.addresses.bountyRegistry, data }
  }

  /** Holds the bound against the contract, with the dearest call at the end and at the beginning. */
  async function isEnough(account: PrivateKeyAccount, calls: readonly MarketCall[]): Promise<void> {
    const least = new Map<Hex, bigint>()
    for (const { data } of calls) if (!least.has(data)) least.set(data, await leastGas(account, data))
    const bounds = calls.map(({ data }) => least.get(data) ?? 0n)
    const bound = gasBound.batch(bounds)
    expect(bound).toBeLessThan(bounds.reduce((sum, gas) => sum + gas))
    for (const order of [calls, calls.toReversed()]) {
      const { data } = batchCall(moves.addresses, order)
      expect(await run(account, data, bound), `${calls.length} calls`).toEqual(order.map(() => true))
    }
  }

  async function leastGas(account: PrivateKeyAccount, data: Hex): Promise<bigint> {
    let [low, high] = [0n, 10_000_000n]
    while (high - low > 1n) {
      const middle = (low + high) / 2n
      const done = await call(account, data, middle).then(
        () => true,
        () => false,
      )
      if (done) high = middle
      else low = middle
    }
    return high
  }

  async function run(account: PrivateKeyAccount, data: Hex, gas: bigint): Promise<readonly boolean[]> {
    const { data: result = '0x' } = await call(account, data, gas)
    return decodeFunctionResult({ abi: bountyRegistryAbi, functionName: 'batch', data: result })
  }

  function call({ address }: PrivateKeyAccount, data: Hex, gas: bigint) {
    return client.call({ account: address, to: moves.addresses.bountyRegistry, data, gas })
  }

  async function sendAll(account: PrivateKeyAccount, calls: readonly MarketCall[]): Promise<void> {
    const { told } = await send(
      account,
      calls,
      calls.map(() => 5_000_000n),
    )
    expect(told).toMatchObject({ status: 200 })
  }
})
