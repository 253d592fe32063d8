import {
  approveCall,
  type Guid,
  keeperAbi,
  newNonce,
  parseNct,
  postSealedAssertionCall,
  sealedCommitmentOf,
} from '@polyswarm/protocol'
import fc from 'fast-check'
import { encodeFunctionData, type PrivateKeyAccount } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Polyswarmd } from '../src/index.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket, WINDOWS } from './test-market.ts'

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

interface Opening {
  author: string
  nonce: string
  verdicts: boolean[]
  metadata: string
}

let guid: Guid
let expiration: number
let openings: Opening[]
beforeEach(async () => {
  guid = await moves.post({ duration: 8 })
  expiration = (await moves.head()) + 8
  openings = []
  for (const [index, engine] of market.engines.entries()) openings.push(await assertSealed(engine, index === 0))
})

const document = (family: string) => [{ malware_family: family }]

async function assertSealed(
  engine: PrivateKeyAccount,
  malicious: boolean,
  metadata = 'what it found',
): Promise<Opening> {
  const secret = { nonce: newNonce(), verdicts: malicious ? 1n : 0n, metadata }
  const commitment = sealedCommitmentOf({ guid, author: engine.address, mask: 1n, ...secret })
  const registry = moves.addresses.bountyRegistry
  const order = { guid, bids: [parseNct('1')], mask: 1n, commitment }
  for (const { to, data } of [
    approveCall(moves.addresses, registry, parseNct('2')),
    postSealedAssertionCall(moves.addresses, order),
  ]) {
    await market.send(engine, to, data)
  }
  const { nonce } = secret
  return { author: engine.address, nonce: String(nonce), verdicts: [malicious], metadata }
}

const handOver = (opening: unknown, of: string = guid) =>
  api.post(`/bounties/${of}/openings?account=${market.ambassador.address}`, opening)

/** Mines up to a block, and waits until the ledger has read it. */
async function ledgerAt(number: number): Promise<void> {
  await moves.mineTo(number)
  const head = await moves.head()
  const read = async () => {
    const text = await (await fetch(`${daemon.url}/metrics`)).text()
    return Number(/^polyswarmd_ledger_head_block.* (\d+)$/m.exec(text)?.[1])
  }
  await expect.poll(read, { timeout: 10_000, interval: 20 }).toBe(head)
}

async function listed(path: string): Promise<Record<string, unknown>[]> {
  const { status, body } = await api.get(path)
  expect(status, JSON.stringify(body)).toBe(200)
  const [rows] = Object.values(body.result) as Record<string, unknown>[][]
  return (rows ?? []).filter(({ bounty_guid }) => bounty_guid === guid)
}

test('an opening is taken from the block of the expiration on, and not a block before', async () => {
  const [opening] = openings
  await ledgerAt(expiration - 1)
  expect(await handOver(opening)).toMatchObject({
    status: 403,
    body: { errors: expect.stringMatching(/still assert/) },
  })
  await ledgerAt(expiration)
  for (let times = 0; times < 2; times++) {
    expect(await handOver(opening)).toMatchObject({
      status: 200,
      body: { result: { revealed: false, keepers: false } },
    })
  }
  expect(await listed(`/openings/list?author=${market.owner.address}`)).toEqual([])
  expect(await handOver(opening)).toMatchObject({ body: { result: { keepers: false } } })
  expect(await listed('/openings/list')).toEqual([
    { bounty_guid: guid, ...opening, num_artifacts: 1, end: expiration + WINDOWS.reveal },
  ])
  expect(await handOver(opening)).toMatchObject({ body: { result: { keepers: true } } })
  await ledgerAt(expiration + WINDOWS.reveal - 1)
  expect(await handOver(openings[1])).toMatchObject({ status: 400, body: { errors: expect.stringMatching(/is over/) } })
  expect(await listed('/openings/list')).toEqual([])
})

test('the document of a reveal is stored with its opening, where it is what the commitment is bound to', async () => {
  const [engine] = market.engines
  if (!engine) throw new TypeError('there is no engine')
  guid = await moves.post({ duration: 8 })
  expiration = (await moves.head()) + 8
  const { body: named } = await api.post(`/bounties/metadata?account=${engine.address}`, document('known before'))
  const bound = await assertSealed(engine, false, named.result)
  await ledgerAt(expiration)
  const take = (opening: object) => handOver(opening).then(({ body }) => body.result)
  expect(await take(bound)).toMatchObject({ stored: false })
  expect(await take({ ...bound, document: document('another') })).toMatchObject({ stored: false })
  expect(await take({ ...bound, document: document('known before') })).toMatchObject({ stored: true })
  expect(await handOver({ ...bound, document: [{ malware_family: 7 }] })).toMatchObject({ status: 400 })
})

test('one list tells of openings and of claims', async () => {
  await ledgerAt(expiration)
  await handOver(openings[0])
  const due = async (query = '') => (await api.get(`/due/list${query}`)).body.result
  const ofBounty = (rows: { bounty_guid: string }[]) => rows.filter(({ bounty_guid }) => bounty_guid === guid)
  const { openings: opened, claims } = await due()
  expect(ofBounty(opened.openings)).toEqual(await listed('/openings/list'))
  expect(ofBounty(claims.claims)).toEqual(await listed('/claims/list'))
  expect(await handOver(openings[0])).toMatchObject({ body: { result: { keepers: true } } })
  expect(await due(`?author=${market.owner.address}`)).toEqual({
    openings: { openings: [], next: null },
    claims: { claims: [], next: null },
  })
})

test('what is not the opening of a sealed assertion is refused, whatever it is', async () => {
  const [opening, other] = openings as [Opening, Opening]
  await ledgerAt(expiration)
  const wrong = fc.oneof(
    fc.record({ nonce: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map(String) }),
    fc.record({ metadata: fc.string({ unit: 'binary', maxLength: 1024 }) }),
    fc.record({
      verdicts: fc.array(fc.boolean(), { maxLength: 256 }).filter(([first, ...more]) => !first || more.includes(true)),
    }),
    fc.constantFrom({ author: other.author }, { nonce: '0' }, { verdicts: [] }),
  )
  await fc.assert(
    fc.asyncProperty(wrong, async (change) => {
      expect(await handOver({ ...opening, ...change })).toMatchObject({ status: 400 })
    }),
    { numRuns: 25 },
  )
  expect(await handOver({ ...opening, author: market.owner.address })).toMatchObject({ status: 404 })
  expect(await handOver(opening, '7c9e6679-7425-40de-944b-e07fc1f90ae7')).toMatchObject({ status: 404 })
  expect(await handOver({ ...opening, nonce: '9'.repeat(78) })).toMatchObject({ status: 400 })
  expect(await handOver({ ...opening, metadata: 'x'.repeat(1025) })).toMatchObject({ status: 400 })
  expect(await listed('/openings/list')).toEqual([])
})

test('openings outlive the daemon, and are gone from the list when anybody has revealed them', async () => {
  await ledgerAt(expiration)
  for (const opening of openings) await handOver(opening)
  await daemon.stop()
  daemon = await market.daemon()
  api = new TestClient(daemon.url)
  expect(await listed('/openings/list')).toHaveLength(2)
  await bring(openings.slice(0, 1), [])
  await ledgerAt(0)
  expect(await listed('/openings/list')).toMatchObject([{ author: openings[1]?.author }])
  expect(await handOver(openings[0])).toMatchObject({ body: { result: { revealed: true } } })
})

test('claims are listed from the block on in which anybody can settle them, until they are settled', async () => {
  const [right, wrong] = market.engines.map(({ address }) => address)
  const { ambassador, arbiters } = market
  await ledgerAt(expiration)
  await bring(openings, [])
  const voteFrom = expiration + WINDOWS.reveal
  await ledgerAt(voteFrom - 1)
  expect(await listed('/claims/list')).toEqual([])
  for (const arbiter of arbiters) await moves.vote(guid, arbiter)
  await ledgerAt(0)
  const end = voteFrom + WINDOWS.vote
  const claim = { bounty_guid: guid, num_artifacts: 1, end }
  const since = expect.any(Number)
  const parties = [ambassador.address, right, wrong]
  expect(await listed('/claims/list')).toEqual(parties.map((account) => ({ ...claim, account, since })))
  expect(await listed(`/claims/list?author=${right}`)).toEqual([])
  const snapshot = await market.anvil.rpc('evm_snapshot')
  await bring([], [right])
  await ledgerAt(0)
  expect(await listed('/claims/list')).toMatchObject([{ account: ambassador.address }, { account: wrong }])
  await ledgerAt(end)
  const accounts = async () => (await listed('/claims/list')).map(({ account }) => account)
  const voters = arbiters.map(({ address }) => address)
  expect(await accounts()).toEqual([ambassador.address, wrong, ...voters])
  await bring([], [ambassador.address, wrong, ...voters])
  await ledgerAt(0)
  expect(await accounts()).toEqual([])
  // The blocks in which that was done are taken back.
  await market.anvil.rpc('evm_revert', [snapshot])
  await market.anvil.mine(1)
  await ledgerAt(0)
  await expect.poll(accounts).toEqual(parties)
})

/** What a keeper sends: each item alone may fail, and here none does. */
async function bring(opened: readonly Opening[], accounts: readonly (string | undefined)[]): Promise<void> {
  const bountyGuid = BigInt(`0x${guid.replaceAll('-', '')}`)
  const data = encodeFunctionData({
    abi: keeperAbi,
    functionName: 'bring',
    args: [
      400_000n,
      opened.map(({ author, nonce, verdicts, metadata }) => ({
        ...{ bountyGuid, author: author as `0x${string}`, metadata },
        ...{ nonce: BigInt(nonce), verdicts: verdicts[0] ? 1n : 0n },
      })),
      accounts.map((account) => ({ bountyGuid, account: account as `0x${string}` })),
    ],
  })
  await market.send(market.owner, market.deployment.keeper_address ?? '0x', data)
}

test('of openings that are handed over together each is taken or refused by itself', async () => {
  const [first, second] = market.engines
  if (!first || !second) throw new TypeError('there are no engines')
  guid = await moves.post({ duration: 10 })
  expiration = (await moves.head()) + 10
  const [sound, other] = [await assertSealed(first, true, ''), await assertSealed(second, false, '')]
  await ledgerAt(expiration)
  const of = { bounty_guid: guid }
  const { status, body } = await api.post(`/openings?account=${first.address}`, {
    openings: [
      { ...other, ...of, nonce: '9'.repeat(78) },
      { ...sound, ...of },
      { ...other, ...of, verdicts: [true] },
      { ...sound, bounty_guid: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
      { ...other, ...of },
    ],
  })
  expect(status).toBe(200)
  const taken = { revealed: false, keepers: expect.any(Boolean), stored: false }
  const refused = (text: RegExp) => ({ refused: expect.stringMatching(text) })
  expect(body.result).toEqual([refused(/nonce/), taken, refused(/sealed assertion/), refused(/not found/), taken])
  const alone = await handOver({ ...other, verdicts: [true] })
  expect(alone.body.errors).toBe(body.result[2].refused)
  expect((await listed('/openings/list')).map(({ author }) => author)).toEqual([first.address, second.address])
  for (const openings of [[], Array.from({ length: 17 }, () => ({ ...sound, ...of }))]) {
    expect(await api.post(`/openings?account=${first.address}`, { openings })).toMatchObject({ status: 400 })
  }
})
