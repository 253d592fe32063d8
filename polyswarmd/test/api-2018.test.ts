import { once } from 'node:events'
import {
  arbiterStakingAbi,
  bountyRegistryAbi,
  commitmentOf,
  guidFromUint128,
  guidToUint128,
  nectarTokenAbi,
  parseNct,
} from '@polyswarm/protocol'
import { decodeFunctionData, type Hex, type PrivateKeyAccount } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { Client2018 } from './client-2018.ts'
import { EventListener, type Message } from './event-listener.ts'
import { signed } from './offer-party.ts'
import { TestClient, TestMarket, type Unsigned, WINDOWS } from './test-market.ts'

/** What the programs of the time had written into them, or read from the daemon. */
const MINIMUM_BID = '62500000000000000'
const SOMEBODY: Hex = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const STAKE = '10000000000000000000000000'

let market: TestMarket
let daemon: Polyswarmd
let url: string
beforeAll(async () => {
  market = await TestMarket.start()
  daemon = await market.daemon({ chains: { home: market.deployment }, api2018Port: 0 })
  url = daemon.url2018 ?? ''
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

const failure = (status: number, errors: unknown) => ({ status, body: { status: 'FAIL', errors } })
const head = async () => Number(await market.client.getBlockNumber({ cacheTime: 0 }))
const mineTo = async (block: number) => {
  const missing = block - (await head())
  if (missing > 0) await market.anvil.mine(missing)
}

/** The next bounty, as the handler of a microengine took it: by exactly these five names. */
async function nextBounty(
  listener: EventListener,
): Promise<Record<'guid' | 'author' | 'uri' | 'amount' | 'expiration', string>> {
  const { data } = await listener.until(({ event }) => event === 'bounty')
  expect(Object.keys(data).sort()).toEqual(['amount', 'author', 'expiration', 'guid', 'uri'])
  return data
}

describe('a bounty among programs of 2018', () => {
  let ambassador: Client2018
  let engine: Client2018
  let arbiters: Client2018[]
  let listener: EventListener
  let bounty: Record<'guid' | 'author' | 'uri' | 'amount' | 'expiration', string>
  let reveal: { nonce: string; index: number }

  beforeAll(async () => {
    ambassador = new Client2018(url, market.ambassador, 'home')
    engine = new Client2018(url, market.engines[0] as PrivateKeyAccount)
    arbiters = market.arbiters.map((account) => new Client2018(url, account, 'home'))
    listener = await EventListener.connect(url)
  })
  afterAll(() => listener.close())

  test('arbiters learn the windows, and stake', async () => {
    for (const arbiter of arbiters) {
      expect((await arbiter.get('/bounties/window/reveal')).body.result).toEqual({ blocks: WINDOWS.reveal })
      expect((await arbiter.get('/bounties/window/vote')).body.result).toEqual({ blocks: WINDOWS.vote })
      const path = `/balances/${arbiter.account.address}/staking/total`
      expect((await arbiter.get(path)).body.result).toBe('0')
      const { body } = await arbiter.act('/staking/deposit', { amount: STAKE })
      expect(body).toMatchObject({ status: 'OK', result: { deposits: [{ from: arbiter.account.address }] } })
      expect(body.result).not.toHaveProperty('errors')
      expect((await arbiter.get(path)).body.result).toBe(STAKE)
      const [approve, deposit] = body.built.transactions as Unsigned[]
      expect(decodeFunctionData({ abi: nectarTokenAbi, data: approve?.data ?? '0x' }).args?.[1]).toBe(BigInt(STAKE))
      expect(decodeFunctionData({ abi: arbiterStakingAbi, data: deposit?.data ?? '0x' }).args).toEqual([BigInt(STAKE)])
    }
  })

  test('the ambassador uploads and posts, without a type; the microengine hears of it with five keys', async () => {
    const uploaded = await ambassador.api.upload(['malicious', 'benign'])
    const uri = uploaded.body.result as string
    const amount = String(parseNct('4'))
    const { body } = await ambassador.act('/bounties', { amount, uri, duration: 10 })
    expect(body.status).toBe('OK')
    bounty = await nextBounty(listener)
    expect(bounty).toMatchObject({ author: market.ambassador.address, uri, amount, expiration: expect.any(String) })
    expect(body.result.bounties).toEqual([bounty])
    expect(body.result).not.toHaveProperty('errors')
    const post = decodeFunctionData({ abi: bountyRegistryAbi, data: body.built.transactions[1].data as Hex })
    const guid = guidFromUint128(post.args?.[0] as bigint)
    expect(guid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
  })

  test('the microengine fetches artifacts until there are none', async () => {
    const read = async (index: number) => {
      const { address } = engine.account
      return fetch(`${url}/artifacts/${bounty.uri}/${index}?account=${address}`)
    }
    expect(await (await read(0)).text()).toBe('malicious')
    expect(await (await read(1)).text()).toBe('benign')
    expect(await engine.get(`/artifacts/${bounty.uri}/2`)).toEqual(failure(404, 'Could not locate IPFS resource'))
  })

  test('it asserts with one bid and its verdicts; the daemon commits and gives the nonce as a string', async () => {
    const body = { bid: String(2n * BigInt(MINIMUM_BID) + 1n), mask: [true, true], verdicts: [true, false] }
    const { body: answer } = await engine.act(`/bounties/${bounty.guid}/assertions`, body)
    const { nonce } = answer.built
    expect(nonce).toMatch(/^\d+$/)
    const commitment = commitmentOf({ verdicts: 1n, nonce: BigInt(nonce), author: engine.account.address })
    const assertion = {
      bounty_guid: bounty.guid,
      author: engine.account.address,
      index: 0,
      bid: body.bid,
      mask: [true, true],
      commitment: String(commitment),
    }
    expect(answer.result.assertions).toEqual([assertion])
    reveal = { nonce, index: answer.result.assertions[0].index }
    const event = await listener.until((message) => message.event === 'assertion')
    expect(event).toEqual({ event: 'assertion', data: assertion })
  })

  test('it reveals after the expiration, with one text for all artifacts', async () => {
    await mineTo(Number(bounty.expiration))
    const body = { nonce: reveal.nonce, verdicts: [true, false], metadata: 'Eicar;' }
    const path = `/bounties/${bounty.guid}/assertions/${reveal.index}/reveal`
    const { body: answer } = await engine.act(path, body)
    expect(answer.result.reveals).toMatchObject([{ nonce: reveal.nonce, verdicts: [true, false], metadata: 'Eicar;' }])
  })

  test('arbiters vote verdicts', async () => {
    await mineTo(Number(bounty.expiration) + WINDOWS.reveal)
    for (const arbiter of arbiters) {
      const body = { verdicts: [true, false], valid_bloom: true }
      const { body: answer } = await arbiter.act(`/bounties/${bounty.guid}/vote`, body)
      const verdict = { bounty_guid: bounty.guid, verdicts: [true, false], voter: arbiter.account.address }
      expect(answer.result.verdicts ?? answer).toEqual([verdict])
      const event = await listener.until(({ event, data }) => event === 'verdict' && data.voter === verdict.voter)
      expect(event).toEqual({ event: 'verdict', data: verdict })
    }
    const quorum = await listener.until(({ event }) => event === 'quorum')
    expect(quorum).toEqual({ event: 'quorum', data: { bounty_guid: bounty.guid, quorum_block: expect.any(Number) } })
  })

  test('everybody settles, and sees its transfers', async () => {
    await mineTo(Number(bounty.expiration) + WINDOWS.reveal + WINDOWS.vote)
    for (const party of [engine, ...arbiters]) {
      const { body } = await party.act(`/bounties/${bounty.guid}/settle`)
      expect(body.result.transfers).toMatchObject([{ to: party.account.address }])
    }
    const settled = await listener.until(
      ({ event, data }) => event === 'settled_bounty' && data.settler === engine.account.address,
    )
    expect(settled).toEqual({
      event: 'settled_bounty',
      data: { settled_block: expect.any(Number), settler: engine.account.address },
    })
  })

  test('what is read of it has the shapes of the time', async () => {
    const { result } = (await engine.get(`/bounties/${bounty.guid}`)).body
    expect(result).toMatchObject({
      guid: bounty.guid,
      quorum_reached: true,
      verdicts: [1, 1],
      bloom_votes: [true, true],
    })
    expect(result.quorum_mask).toBe(3)
    expect(result.voters).toEqual(arbiters.map(({ account }) => account.address))
    expect(result.bloom).toHaveLength(8)
    expect(result).not.toHaveProperty('artifact_type')
    const assertions = (await engine.get(`/bounties/${bounty.guid}/assertions`)).body.result
    expect(assertions).toMatchObject([{ bid: String(2n * BigInt(MINIMUM_BID) + 1n), nonce: reveal.nonce }])
    expect((await engine.get(`/bounties/${bounty.guid}/assertions/0`)).body.result).toEqual(assertions[0])
  })

  test('every event was one of that time: event and data, nothing else, in text', () => {
    const known = ['connected', 'block', 'bounty', 'assertion', 'reveal', 'verdict', 'quorum', 'settled_bounty']
    expect(new Set(listener.messages.map(({ event }) => event))).toEqual(new Set(known))
    for (const message of listener.messages) expect(Object.keys(message)).toEqual(['event', 'data'])
    expect(listener.binary).not.toContain(true)
  })

  test('on the other port the same market speaks as it does today', async () => {
    const today = new TestClient(daemon.url)
    const { body } = await today.get(`/bounties/${bounty.guid}?account=${market.ambassador.address}&chain=home`)
    expect(body.result).toMatchObject({ artifact_type: 'file', quorum_mask: [true, true] })
  })
})

test('an offer among programs of 2018: opened, joined, talked about, settled, challenged and paid', async () => {
  const ambassador = new Client2018(url, market.ambassador, 'home')
  const expert = new Client2018(url, market.engines[1] as PrivateKeyAccount)
  const listener = await EventListener.connect(url)
  const parties = { ambassador: ambassador.account.address, expert: expert.account.address }
  const opened = await ambassador.act('/offers', { ...parties, settlementPeriodLength: 10 })
  const [{ guid: number, msig }] = opened.body.result.offers_initialized
  const guid = guidFromUint128(BigInt(number))
  expect(opened.body.result.offers_initialized).toEqual([{ msig, ...parties, guid: guidToUint128(guid) }])
  const announced = await listener.until(({ event }) => event === 'initialized_channel')
  expect(announced.data).toEqual({ ...parties, guid, multi_signature: msig })

  const state = async (nonce: number, mine: number, theirs: number): Promise<Hex> => {
    const { body } = await ambassador.post('/offers/state', {
      close_flag: 0,
      nonce,
      ...parties,
      msig_address: msig,
      ambassador_balance: mine,
      expert_balance: theirs,
      offer_amount: 10,
      guid: String(number),
      artifact_hash: 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o',
      mask: [true],
      verdicts: [true],
    })
    return body.result.state
  }
  const both = async (bytes: Hex) => {
    const [a, b] = await Promise.all([ambassador, expert].map(({ account }) => signed(account, bytes)))
    return { state: bytes, v: [a?.v, b?.v], r: [a?.r, b?.r], s: [a?.s, b?.s] }
  }
  const first = await state(0, 100, 0)
  const open = await ambassador.act(`/offers/${guid}/open`, {
    state: first,
    ...(await signed(ambassador.account, first)),
  })
  expect(open.body.result.offers_opened).toEqual([{ _ambassador: parties.ambassador }])
  const join = await expert.act(`/offers/${guid}/join`, { state: first, ...(await signed(expert.account, first)) })
  expect(join.body.result.offers_joined).toEqual([{ _expert: parties.expert }])

  const [talk, events] = await Promise.all([
    EventListener.connect(url, '', `/messages/${guid}`),
    EventListener.connect(url, '', `/events/${guid}`),
  ])
  // It can be closed before the answer to what closes it is here.
  const closed = once(events.socket, 'close')
  const second = await state(1, 90, 10)
  talk.socket.send(JSON.stringify({ type: 'accept', state: second, r: '0x1', v: 27, s: '0x2' }))
  await talk.until(() => talk.messages.length > 0)
  expect(talk.messages).toMatchObject([
    { type: 'accept', raw_state: second, state: { isClosed: 0, nonce: 1, mask: [true], guid: guidToUint128(guid) } },
  ])
  expect((talk.messages as unknown as { state: object }[])[0]?.state).not.toHaveProperty('is_closed')
  talk.close()

  const settle = await ambassador.act(`/offers/${guid}/settle`, await both(second))
  const [{ settlementPeriodEnd: end }] = settle.body.result.offers_settled
  expect(settle.body.result.offers_settled).toEqual([
    { initiator: parties.ambassador, sequence: 1, settlementPeriodEnd: end },
  ])
  const latest = await both(await state(2, 60, 40))
  const challenge = await expert.act(`/offers/${guid}/challenge`, latest)
  expect(challenge.body.result.offers_challenged).toMatchObject([{ challenger: parties.expert, sequence: 2 }])
  await mineTo(end)
  const paid = await expert.act(`/offers/${guid}/closeChallenged`, latest)
  expect(paid.body.result.offers_closed).toEqual([{ _expert: parties.expert, _ambassador: parties.ambassador }])
  await closed
  expect(events.messages.map(({ event }) => event)).toEqual(['settle_started', 'settle_challenged', 'closed_agreement'])
  for (const message of events.messages as Message[]) expect(Object.keys(message)).toEqual(['event', 'data'])
  listener.close()
})

describe('what is refused, in the words of the time', () => {
  const account = () => `account=${market.ambassador.address}`
  const client = () => new TestClient(url)
  const GUID = '00000000-0000-4000-8000-000000000001'

  test('chains and addresses', async () => {
    expect(await client().get(`/nonce?${account()}&chain=moon`)).toEqual(
      failure(400, 'Chain must be either home or side'),
    )
    expect(await client().get('/nonce')).toEqual(failure(400, 'Account must be provided'))
    expect(await client().get(`/artifacts/0OIl?${account()}`)).toEqual(failure(400, 'Invalid IPFS hash'))
    await expect(EventListener.connect(url, '?chain=moon')).rejects.toThrow('Unexpected server response: 400')
  })

  test('bounties on what is no content address, or nothing', async () => {
    const order = { amount: String(parseNct('4')), duration: 10 }
    const path = `/bounties?${account()}`
    expect(await client().post(path, { ...order, uri: 'not base58!' })).toEqual(
      failure(400, 'Invalid artifact URI (should be IPFS hash)'),
    )
    const uri = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'
    expect(await client().post(path, { ...order, uri })).toEqual(
      failure(400, 'Invalid artifact URI (could not retrieve artifacts)'),
    )
  })

  test('assertions without verdicts, without a bid, or with less than the least for each artifact', async () => {
    const path = `/bounties/${GUID}/assertions?${account()}`
    const missing = "Invalid JSON: data must contain ['bid', 'mask', 'verdicts'] properties"
    for (const body of [null, [], {}, { bid: '1', mask: [true] }, { bid: '1', mask: [true], commitment: '1' }]) {
      expect(await client().post(path, body), JSON.stringify(body)).toEqual(failure(400, missing))
    }
    const whole = { mask: [true, true], verdicts: [true, true] }
    for (const [bid, errors] of [
      [MINIMUM_BID, 'Invalid assertion bid'],
      ['x', expect.stringMatching(/^Invalid JSON: data.bid/)],
      ['9'.repeat(101), expect.stringMatching(/^Invalid JSON: data.bid/)],
      [7, expect.stringMatching(/^Invalid JSON: data.bid/)],
    ]) {
      expect(await client().post(path, { ...whole, bid })).toEqual(failure(400, errors))
    }
    const none = { bid: MINIMUM_BID, mask: [false], verdicts: [true] }
    expect(await client().post(path, none)).toEqual(
      failure(400, 'Invalid assertion mask (no artifact is asserted on: leave the assertion out)'),
    )
  })

  test('a transaction that the node refuses is one text; one that reverts, or is not of the account, is in errors', async () => {
    const engine = new Client2018(url, market.engines[0] as PrivateKeyAccount)
    const built = await engine.post(`/bounties/${GUID}/settle`)
    const transactions = built.body.result.transactions as Unsigned[]
    const reverted = await engine.send(transactions)
    expect(reverted).toMatchObject({ status: 200, body: { status: 'OK', result: { errors: [expect.any(String)] } } })
    expect(reverted.body.result.errors[0]).toMatch(
      /^transaction [0-9a-f]{64}: transaction failed at block \d+, error: /,
    )
    const again = await engine.send(transactions)
    expect(again).toEqual(failure(400, expect.stringMatching(/^Invalid transaction error .*nonce too low/)))
    const other = await engine.post('/transactions', {
      transactions: [
        '00',
        (await market.ambassador.signTransaction({ type: 'legacy', chainId: 1, to: SOMEBODY })).slice(2),
      ],
    })
    expect(other.body.result.errors).toEqual([
      'Invalid transaction: it cannot be read',
      expect.stringMatching(/^Invalid transaction sender/),
    ])
    expect((await engine.post('/transactions', { transactions: [] })).body.result).toEqual({})
  })

  test("transactions that are sent in nobody's name are those of who signed them", async () => {
    const engine = new Client2018(url, market.engines[0] as PrivateKeyAccount)
    const built = await engine.post(`/bounties/${GUID}/settle`)
    const [{ gas, gasPrice, value, ...settle }] = built.body.result.transactions as [Unsigned]
    const call = {
      type: 'legacy',
      ...settle,
      gas: BigInt(gas),
      gasPrice: BigInt(gasPrice),
      value: BigInt(value),
    } as const
    const raw = (await engine.account.signTransaction(call)).slice(2)
    const { status, body } = await client().post('/transactions', { transactions: [raw] })
    // It reverts, and that it was mined at all is what counts.
    expect({ status, errors: body.result.errors }).toEqual({
      status: 200,
      errors: [expect.stringMatching(/^transaction [0-9a-f]{64}: transaction failed at block/)],
    })
    expect(await client().post('/transactions?account=x', { transactions: [raw] })).toEqual(
      failure(400, 'Account must be an Ethereum address'),
    )
  })
})

test('without the setting there is no such port; with one chain, that chain is the default', async () => {
  const side = await market.daemon({ data: `${market.directory}/side`, api2018Port: 0 })
  try {
    const { body } = await new TestClient(side.url2018 ?? '').get(`/nonce?account=${market.ambassador.address}`)
    expect(body.status).toBe('OK')
  } finally {
    await side.stop()
  }
  const plain = await market.daemon({ data: `${market.directory}/plain` })
  expect(plain.url2018).toBeUndefined()
  await plain.stop()
})
