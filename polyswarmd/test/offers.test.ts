import { decodeOfferState, guidToUint128, nectarTokenAbi, offerRegistryAbi } from '@polyswarm/protocol'
import type { Address, Hex, PrivateKeyAccount } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { EventListener } from './event-listener.ts'
import { OfferParties, signed } from './offer-party.ts'
import { TestClient, TestMarket, type Unsigned } from './test-market.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'

let market: TestMarket
let daemon: Polyswarmd
let api: TestClient
let account: string
beforeAll(async () => {
  market = await TestMarket.start()
  daemon = await market.daemon({ chains: { home: market.deployment } })
  api = new TestClient(daemon.url)
  account = `account=${market.ambassador.address}`
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

const failure = (status: number, errors: unknown) => ({ status, body: { status: 'FAIL', errors } })
const success = (result: unknown) => ({ status: 200, body: { status: 'OK', result } })
const lists = async (of: OfferParties, party: PrivateKeyAccount) => {
  const holds = async (path: string) => {
    const { body } = await api.get(`/offers/${path}?account=${party.address}`)
    return (body.result as { guid: bigint; address: Address }[]).some(
      ({ guid, address }) => guid === guidToUint128(of.guid) && address === of.channel,
    )
  }
  const names = ['pending', 'opened', 'closed', 'myoffers']
  const found = await Promise.all(names.map(holds))
  return names.filter((_, index) => found[index])
}
const balanceOf = (address: Address) =>
  market.client.readContract({
    address: market.deployment.nectar_token_address,
    abi: nectarTokenAbi,
    functionName: 'balanceOf',
    args: [address],
  })

describe('the life of an offer, through the daemon alone', () => {
  test('deployed, opened, joined and closed in agreement: lists, events, balances', async () => {
    const of = new OfferParties(api, market)
    const { ambassador, expert, guid } = of
    const everybody = await EventListener.connect(daemon.url, '?chain=home')
    const initialized = await of.initialize()
    const channel = { ambassador: ambassador.address, expert: expert.address, guid, multi_signature: of.channel }
    expect(initialized).toEqual(success({ errors: [], offers_initialized: [channel] }))
    const announced = await everybody.until(({ event }) => event === 'initialized_channel')
    expect(announced.data).toEqual(channel)
    expect(announced).toMatchObject({ txhash: expect.any(String), block_number: expect.any(Number) })
    expect(await api.get(`/offers/${guid}?${account}`)).toEqual(
      success({
        offer_channel: { msig_address: of.channel, ambassador: ambassador.address, expert: expert.address },
      }),
    )
    expect(await lists(of, ambassador)).toEqual(['myoffers'])

    const before = await Promise.all([ambassador, expert].map(({ address }) => balanceOf(address)))
    const opening = await of.state()
    const opened = await of.act(ambassador, `/${guid}/open`, { state: opening, ...(await signed(ambassador, opening)) })
    expect(opened.body.result).toMatchObject({
      errors: [],
      offers_opened: [{ _ambassador: ambassador.address }],
      transfers: [{ from: ambassador.address, to: of.channel, value: '100' }],
    })
    expect(await lists(of, ambassador)).toEqual(['pending', 'myoffers'])

    const joined = await of.act(expert, `/${guid}/join`, { state: opening, ...(await signed(expert, opening)) })
    expect(joined.body.result).toMatchObject({ errors: [], offers_joined: [{ _expert: expert.address }] })
    expect(await lists(of, expert)).toEqual(['opened', 'myoffers'])

    const closing = await of.agreed({ nonce: 3, close_flag: 1, ambassador_balance: 70, expert_balance: 30 })
    const closed = await of.act(expert, `/${guid}/close`, closing)
    expect(closed.body.result).toMatchObject({
      errors: [],
      offers_closed: [{ ambassador: ambassador.address, expert: expert.address }],
    })
    expect(await lists(of, expert)).toEqual(['closed', 'myoffers'])
    const after = await Promise.all([ambassador, expert].map(({ address }) => balanceOf(address)))
    expect(after.map((balance, index) => balance - (before[index] ?? 0n))).toEqual([-30n, 30n])
    everybody.close()
  })

  test('settled without consent: a later state wins, and pays when the period is over', async () => {
    const of = new OfferParties(api, market)
    await of.establish()
    expect(await api.get(`/offers/${of.guid}/settlementPeriod?${account}`)).toEqual(success({ settlementPeriodEnd: 0 }))
    const settled = await of.act(of.ambassador, `/${of.guid}/settle`, await of.agreed({ nonce: 1 }))
    const { settle_period_end: end } = settled.body.result.offers_settled[0]
    expect(settled.body.result.offers_settled).toEqual([
      { initiator: of.ambassador.address, nonce: 1, settle_period_end: end },
    ])
    expect(await api.get(`/offers/${of.guid}/settlementPeriod?${account}`)).toEqual(
      success({ settlementPeriodEnd: end }),
    )
    const latest = await of.agreed({ nonce: 2, ambassador_balance: 60, expert_balance: 40 })
    const challenged = await of.act(of.expert, `/${of.guid}/challenge`, latest)
    expect(challenged.body.result.offers_challenged).toEqual([
      { challenger: of.expert.address, nonce: 2, settle_period_end: end },
    ])
    const early = await of.act(of.expert, `/${of.guid}/closeChallenged`, latest)
    expect(early.status).toBe(400)
    expect(early.body.errors.errors[0]).toContain(`Offer settlement period not over (settlementPeriodEnd ${end})`)
    await market.anvil.mine(12)
    const paid = await of.act(of.expert, `/${of.guid}/closeChallenged`, latest)
    expect(paid.body.result.transfers).toContainEqual({ from: of.channel, to: of.expert.address, value: '40' })
    expect(await lists(of, of.expert)).toEqual(['closed', 'myoffers'])
  })

  test('cancelled before the expert joins', async () => {
    const of = new OfferParties(api, market)
    await of.initialize()
    const state = await of.state()
    await of.act(of.ambassador, `/${of.guid}/open`, { state, ...(await signed(of.ambassador, state)) })
    const canceled = await of.act(of.ambassador, `/${of.guid}/cancel`)
    expect(canceled.body.result).toMatchObject({
      offers_canceled: [{ _ambassador: of.ambassador.address }],
      transfers: [{ from: of.channel, to: of.ambassador.address, value: '100' }],
    })
    expect(await lists(of, of.ambassador)).toEqual(['closed', 'myoffers'])
  })

  test('an expert with money of its own approves it before it joins', async () => {
    const of = new OfferParties(api, market)
    await of.initialize()
    const state = await of.state({ expert_balance: 7 })
    await of.act(of.ambassador, `/${of.guid}/open`, { state, ...(await signed(of.ambassador, state)) })
    const joined = await of.act(of.expert, `/${of.guid}/join`, { state, ...(await signed(of.expert, state)) })
    expect(joined.body.result.transfers).toEqual([{ from: of.expert.address, to: of.channel, value: '7' }])
  })

  test('the ambassador says where it is to be reached, and only an address of a WebSocket is told', async () => {
    const of = new OfferParties(api, market)
    await of.initialize()
    const path = `/offers/${of.guid}/websocket?${account}`
    const refused = failure(400, 'Contract does not have a valid WebSocket uri')
    expect(await api.get(path)).toEqual(refused)
    for (const [websocketUri, answer] of [
      ['ws://localhost:31337/x', success({ websocket: 'ws://localhost:31337/x' })],
      ['wss://a.example.org', success({ websocket: 'wss://a.example.org' })],
      ['http://localhost', refused],
      ['ws://10.0.0.1:80', success({ websocket: 'ws://10.0.0.1:80' })],
    ] as const) {
      await of.act(of.ambassador, `/${of.guid}/uri`, { websocketUri })
      expect(await api.get(path), websocketUri).toEqual(answer)
    }
  })
})

describe('states', () => {
  test('are written as the contract reads them', async () => {
    const of = new OfferParties(api, market)
    of.channel = market.engines[1]?.address as Hex
    const state = await of.state({ nonce: 5, mask: [true, false, true], verdicts: [false, false, true] })
    const read = await market.client.readContract({
      address: market.deployment.offer_registry_address as Address,
      abi: offerRegistryAbi,
      functionName: 'getOfferState',
      args: [state],
    })
    const [guid, nonce, amount, channel, balanceA, balanceB, ambassador, expert, isClosed, token, mask, verdicts] = read
    expect(decodeOfferState(state)).toMatchObject({
      sequence: nonce,
      offerAmount: amount,
      channel,
      ambassadorBalance: balanceA,
      expertBalance: balanceB,
      ambassador,
      expert,
      isClosed: isClosed === 1n,
      token,
      mask,
      verdicts,
    })
    expect([BigInt(guid), mask, verdicts]).toEqual([guidToUint128(of.guid), 5n, 4n])
    expect(token).toBe(market.deployment.nectar_token_address)
  })

  const { ambassador_balance, ...fields } = {
    close_flag: 0,
    nonce: 1,
    ambassador: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    expert: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    msig_address: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    ambassador_balance: 2n ** 255n,
    expert_balance: 0,
    guid: '1',
    offer_amount: 0,
  }
  const whole = { ...fields, ambassador_balance }

  test('hold any uint256, to the digit, and texts as words', async () => {
    const body = { ...whole, artifact_hash: '0xAB', meta_data: 'eicar' }
    const { result } = (await api.post(`/offers/state?${account}`, body)).body
    expect(decodeOfferState(result.state)).toMatchObject({
      ambassadorBalance: 2n ** 255n,
      artifactHash: `0x${'ab'.padStart(64, '0')}`,
      metadata: `0x${Buffer.from('eicar').toString('hex').padStart(64, '0')}`,
    })
  })

  test.each([
    ['a missing field', fields, /^Invalid JSON: data must contain \['close_flag', 'nonce', /],
    ['a fraction', { ...whole, nonce: 1.5 }, /^Invalid JSON: data.nonce must be integer$/],
    ['a flag of 2', { ...whole, close_flag: 2 }, /^Invalid JSON: data.close_flag must be smaller than or equal to 1$/],
    ['a balance beyond 256 bits', { ...whole, expert_balance: 2n ** 256n }, /data.expert_balance must be smaller than/],
    ['a party that is no address', { ...whole, expert: '0x12' }, /^Invalid JSON: data.expert must be an address$/],
    ['a guid that is no number', { ...whole, guid: UNKNOWN }, /^Invalid JSON: data.guid must match pattern/],
    ['a guid of 129 bits', { ...whole, guid: String(2n ** 128n) }, /^Invalid JSON: data.guid must be smaller than/],
    ['a mask alone', { ...whole, mask: [true] }, /^Invalid JSON: data must contain \['mask', 'verdicts'\] properties$/],
    ['a text of 46 bytes', { ...whole, artifact_hash: 'Q'.repeat(46) }, /^Invalid JSON: data.artifact_hash must be/],
  ])('with %s are refused', async (_case, body, message) => {
    expect(await api.post(`/offers/state?${account}`, body)).toEqual(failure(400, expect.stringMatching(message)))
  })
})

describe('what is refused', () => {
  test('every route needs an account', async () => {
    for (const path of ['pending', 'opened', 'closed', 'myoffers', UNKNOWN, `${UNKNOWN}/websocket`]) {
      expect(await api.get(`/offers/${path}`)).toEqual(failure(400, 'Account must be provided'))
    }
    expect(await api.post('/offers', {})).toEqual(failure(400, 'Account must be provided'))
  })

  test('a channel that nobody deployed has zero addresses, and nothing to do', async () => {
    const zero = '0x0000000000000000000000000000000000000000'
    expect(await api.get(`/offers/${UNKNOWN}?${account}`)).toEqual(
      success({ offer_channel: { msig_address: zero, ambassador: zero, expert: zero } }),
    )
    const actions = ['uri', 'open', 'cancel', 'join', 'close', 'closeChallenged', 'settle', 'challenge']
    for (const action of actions) {
      expect(await api.post(`/offers/${UNKNOWN}/${action}?${account}`, {}), action).toEqual(
        failure(404, 'Offer channel not found'),
      )
    }
    for (const path of ['settlementPeriod', 'websocket']) {
      expect(await api.get(`/offers/${UNKNOWN}/${path}?${account}`)).toEqual(failure(404, 'Offer channel not found'))
    }
    expect((await api.get(`/offers/no-guid?${account}`)).status).toBe(404)
  })

  test('bodies that do not fit are 400, not 500', async () => {
    const of = new OfferParties(api, market)
    await of.initialize()
    const state = await of.state()
    const party = await signed(of.ambassador, state)
    const both = await of.agreed({})
    const post = (path: string, body: unknown) => api.post(`/offers/${of.guid}/${path}?${account}`, body)
    for (const [path, body, detail] of [
      ['open', { state }, "data must contain ['state', 'r', 'v', 's'] properties"],
      ['open', { ...party, state: '0x00' }, 'data.state must be longer than or equal to 32 characters'],
      [
        'open',
        { ...party, state: state.slice(0, -2) },
        'data.state must be 17 words of 32 bytes, as POST /offers/state writes them',
      ],
      ['join', { ...party, state, r: '0x12' }, 'data.r must be longer than or equal to 64 characters'],
      ['join', { ...party, state, v: '27' }, 'data.v must be integer'],
      ['close', { ...both, v: [27] }, 'data.v must contain at least 2 items'],
      ['settle', { ...both, r: 'x'.repeat(64) }, 'data.r must be array'],
      ['uri', { websocketUri: '' }, 'data.websocketUri must be longer than or equal to 1 characters'],
      ['uri', { websocketUri: 'ü'.repeat(20) }, 'data.websocketUri must be shorter than or equal to 32 characters'],
    ] as const) {
      expect(await post(path, body), path).toEqual(failure(400, `Invalid JSON: ${detail}`))
    }
    expect(await api.post(`/offers?${account}`, { ambassador: 1 })).toEqual(
      failure(400, expect.stringMatching(/^Invalid JSON: data.ambassador must be string$/)),
    )
  })

  test('a transaction to a contract that only looks like a channel is not sent', async () => {
    const of = new OfferParties(api, market)
    await of.initialize()
    const { address } = of.ambassador
    const built = await api.post(`/offers/${of.guid}/uri?account=${address}`, { websocketUri: 'ws://x.y' })
    const [transaction] = built.body.result.transactions as Unsigned[]
    const to = market.engines[1]?.address
    const sent = await api.signAndSend(
      of.ambassador,
      { status: 200, body: { result: { transactions: [{ ...transaction, to }] } } },
      'home',
    )
    expect(sent.status).toBe(400)
    expect(sent.body.errors[0].message).toMatch(/^Invalid transaction recipient/)
  })
})

test('a ledger read anew knows the same channels', async () => {
  const [joined, opened] = [new OfferParties(api, market), new OfferParties(api, market)]
  await joined.establish()
  await opened.initialize()
  const state = await opened.state()
  await opened.act(opened.ambassador, `/${opened.guid}/open`, { state, ...(await signed(opened.ambassador, state)) })
  const other = await market.daemon({ chains: { home: market.deployment }, data: `${market.directory}/anew` })
  try {
    const anew = new TestClient(other.url)
    for (const path of ['pending', 'opened', 'closed', 'myoffers']) {
      const read = await anew.get(`/offers/${path}?${account}`)
      expect(read).toEqual(await api.get(`/offers/${path}?${account}`))
      expect(read.body.result.length, path).toBeGreaterThan(0)
    }
  } finally {
    await other.stop()
  }
})

test('lists are whole, or in parts where the caller asks for parts', async () => {
  const parties = [new OfferParties(api, market), new OfferParties(api, market), new OfferParties(api, market)]
  for (const of of parties) await of.initialize()
  const path = `/offers/myoffers?account=${parties[0]?.ambassador.address}`
  const all = (await api.get(path)).body.result as unknown[]
  expect(all.length).toBeGreaterThan(2)
  const part = async (query: string) => (await api.get(`${path}${query}`)).body.result
  expect(await part('&count=2')).toEqual(all.slice(0, 2))
  expect(await part('&count=2&page=1')).toEqual(all.slice(2, 4))
  expect(await part(`&count=1&page=${all.length}`)).toEqual([])
  for (const query of ['&count=-1', '&count=2&page=x', '&count=9007199254740991&page=9007199254740991']) {
    expect(await api.get(`${path}${query}`)).toEqual(failure(400, 'Page and count must be non-negative integers'))
  }
})
