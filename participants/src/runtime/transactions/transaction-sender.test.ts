import { join } from 'node:path'
import {
  bloomOf,
  fullMask,
  type Guid,
  gasBound,
  guidFromUint128,
  newGuid,
  newNonce,
  parseNct,
} from '@polyswarm/protocol'
import { pino } from 'pino'
import { createWalletClient, http, parseTransaction } from 'viem'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseGatewayUrl } from '../../client/gateway-url.ts'
import { PolyswarmdClient } from '../../client/polyswarmd-client.ts'
import { GatewayAnswerError, QuoteRejectedError } from '../../errors.ts'
import { LyingGateway, TestMarket } from '../../market.fixture.ts'
import { Journal } from '../journal/journal.ts'
import { marketOfGateway } from '../market/market.ts'
import { intendedCalls, type MarketAction } from '../market/market-action.ts'
import { type TransactionFates, TransactionSender } from './transaction-sender.ts'
import { Wallet } from './wallet.ts'

let market: TestMarket
let gateway: LyingGateway
let journal: Journal
let client: PolyswarmdClient
let sender: TransactionSender
let lie: (path: string, body: Buffer) => string | undefined
let head = 1
const { signal } = new AbortController()
const fates = { mined: () => undefined, lost: () => undefined }

beforeEach(async () => {
  market = await TestMarket.start()
  lie = () => undefined
  gateway = await LyingGateway.start(market.url, (path, body) => lie(path, body))
  const { account } = market.accounts.engine
  client = new PolyswarmdClient({ url: parseGatewayUrl(gateway.url), account: account.address, chain: 'side' })
  journal = Journal.open(join(market.directory, 'sender.sqlite'), { account: account.address, role: 'microengine' })
  head = 1
  sender = newSender()
})

afterEach(async () => {
  journal.close()
  client.close()
  gateway.stop()
  await market.stop()
})

function newSender(allowance?: bigint): TransactionSender {
  const { account } = market.accounts.engine
  return new TransactionSender({
    client,
    journal,
    wallet: new Wallet(account),
    market: marketOfGateway({ ...market.deployment, free: true }),
    limits: { maxGas: 30_000_000n, maxGasPrice: 0n },
    confirmations: 3,
    logger: pino({ level: 'silent' }),
    now: () => head * 10_000,
    allowance,
  })
}

/** It needs no allowance to be mined, and shares no transaction: whether it succeeds is of no matter here. */
const withdrawal: MarketAction = { kind: 'withdraw-stake', amount: 1n }

/** Submits some action. */
async function submit(): Promise<Guid> {
  const guid = newGuid()
  await sender.submit(guid, withdrawal, head, signal)
  return guid
}

/** Hashes of what the node is about to mine. */
async function pooled(): Promise<string[]> {
  const pool = await market.chain.rpc<{ pending: Record<string, Record<string, { hash: string }>> }>('txpool_content')
  return Object.values(pool.pending).flatMap((sent) => Object.values(sent).map(({ hash }) => hash))
}

/** Ends when the node, which mines by itself, has mined what it was sent: it may answer before. */
const isMined = () => expect.poll(pooled, { interval: 5 }).toEqual([])

/** Follows in the block after that. */
async function followMined(fatesOf: TransactionFates = fates): Promise<void> {
  await isMined()
  await sender.follow(++head, fatesOf, signal)
}

/** Has the node mine what it has; the head is then a new one. */
async function mine(): Promise<void> {
  await market.chain.mine()
  head++
}

const states = () => journal.outbox.unsettled(-1).map(({ nonce, state }) => `${nonce} ${state}`)

function refusing(message: string): (path: string) => string | undefined {
  const errors = [{ is_error: true, message }]
  return (path) => (path.startsWith('/transactions') ? JSON.stringify({ status: 'FAIL', errors }) : undefined)
}

describe('TransactionSender', () => {
  it('writes a transaction down before it sends it, and sends the same bytes after a restart', async () => {
    await market.chain.rpc('evm_setAutomine', [false])
    const writtenWhenSent: number[] = []
    lie = (path) => {
      if (path.startsWith('/transactions')) writtenWhenSent.push(journal.outbox.unsettled(0).length)
      return undefined
    }
    await submit()
    expect(writtenWhenSent).toEqual([1])
    const [entry] = journal.outbox.unsettled(0)
    await market.chain.rpc('anvil_dropAllTransactions')

    sender = newSender()
    await sender.follow(head, fates, signal)
    expect(await pooled()).toEqual([entry?.hash])
  })

  it('sends again what the node forgot, until it is mined', async () => {
    await market.chain.rpc('evm_setAutomine', [false])
    await submit()
    await market.chain.rpc('anvil_dropAllTransactions')
    head += 2
    await sender.follow(head, fates, signal)
    await mine()
    await sender.follow(head, fates, signal)
    expect(states()).toEqual(['0 failed'])
  })

  it('sends again what the node forgot, also while a receipt cannot be read', async () => {
    await submit()
    await market.chain.rpc('evm_setAutomine', [false])
    await submit()
    const forgotten = await pooled()
    await market.chain.rpc('anvil_dropAllTransactions')
    lie = (path, body) => (path.startsWith('/transactions') && !body.includes('is_error') ? '[1]' : undefined)
    head += 2
    await expect(sender.follow(head, fates, signal)).rejects.toThrow(GatewayAnswerError)
    expect(await pooled()).toEqual(forgotten)
    expect(forgotten).toHaveLength(1)
  })

  it('uses the nonce of a refused transaction again', async () => {
    await market.chain.rpc('evm_setAutomine', [false])
    lie = refusing('Invalid transaction error for tx ab: insufficient funds')
    const guid = await submit()
    expect(journal.outbox.lastAttempt(guid, 'withdraw-stake')).toMatchObject({ state: 'failed' })
    await market.chain.rpc('anvil_dropAllTransactions')
    lie = () => undefined
    await submit()
    await mine()
    await sender.follow(head, fates, signal)
    expect(states()).toEqual(['0 failed'])
  })

  it('tries the very same bytes again after a refusal', async () => {
    await market.chain.rpc('evm_setAutomine', [false])
    lie = refusing('insufficient funds')
    const guid = newGuid()
    await sender.submit(guid, withdrawal, head, signal)
    lie = () => undefined
    await sender.submit(guid, withdrawal, head, signal)
    expect(states()).toEqual(['0 signed'])
  })

  it('gives up on a node that always says no, whatever its words', async () => {
    await market.chain.rpc('evm_setAutomine', [false])
    lie = refusing('computer says no')
    const guid = await submit()
    for (let round = 0; round < 5; round++) {
      head += 2
      await sender.follow(head, fates, signal)
    }
    expect(journal.outbox.lastAttempt(guid, 'withdraw-stake')).toEqual({ state: 'failed', reason: 'computer says no' })
  })

  it('fills the gap that a late refusal leaves, so that later transactions are mined', async () => {
    await market.chain.rpc('evm_setAutomine', [false])
    await submit()
    await submit()
    await market.chain.rpc('anvil_dropAllTransactions')
    let refusals = 0
    lie = (path) =>
      path.startsWith('/transactions') && refusals++ === 0 ? refusing('insufficient funds')(path) : undefined
    head += 2
    await sender.follow(head, fates, signal)
    await market.chain.rpc('anvil_dropAllTransactions')
    head += 2
    await sender.follow(head, fates, signal)
    await mine()
    expect(await client.nonce()).toBe(2)
    await sender.follow(head, fates, signal)
    expect(states()).toEqual(['0 mined', '1 failed'])
  })

  it('learns that another transaction of the account took its place', async () => {
    await market.chain.rpc('evm_setAutomine', [false])
    const guid = await submit()
    await market.chain.rpc('anvil_dropAllTransactions')
    await market.chain.rpc('anvil_setNonce', [market.accounts.engine.account.address, '0x1'])
    const [{ hash } = { hash: '' }] = journal.outbox.unsettled(0)
    lie = (path) => {
      if (!path.startsWith('/transactions')) return undefined
      const errors = [`transaction ${hash.slice(2)}: timeout during wait for receipt`]
      return JSON.stringify({ status: 'FAIL', errors: { errors } })
    }
    for (let round = 0; round < 3; round++) await sender.follow(++head, fates, signal)
    expect(journal.outbox.lastAttempt(guid, 'withdraw-stake').state).toBe('failed')
  }, 180_000)

  it('watches what is mined until it is deep enough, and sends it again when it is lost', async () => {
    const snapshot = await market.chain.rpc<string>('evm_snapshot')
    await submit()
    await followMined()
    expect(states()).toEqual(['0 failed'])
    await market.chain.rpc('evm_revert', [snapshot])
    await sender.follow(++head, fates, signal)
    await sender.follow(++head, fates, signal)
    expect(await client.nonce()).toBe(1)
    expect(states()).toEqual(['0 failed'])
  })
})

/** An assertion on a bounty that does not exist: whether it succeeds is of no matter here. */
function assertion(guid: Guid, numArtifacts = 1): MarketAction {
  const bids = Array.from({ length: numArtifacts }, () => parseNct('0.5'))
  const order = { guid, bids, mask: fullMask(numArtifacts), commitment: newNonce() }
  return { kind: 'assert', order, assertionFee: parseNct('0.03125'), numArtifacts }
}

const asked = (request: RegExp) => gateway.requests.filter((line) => request.test(line)).length

describe('several actions at a time', () => {
  it('get a nonce each, none doubled and none left out, and leave in that order', async () => {
    await market.chain.rpc('evm_setAutomine', [false])
    const sent: number[] = []
    const known = new Map<string, number>()
    lie = (path, body) => {
      if (!path.startsWith('/transactions')) return undefined
      const { result } = JSON.parse(body.toString('utf8')) as { result: { message: string }[] }
      for (const { nonce, hash } of journal.outbox.unsettled(0)) known.set(hash, nonce)
      sent.push(...result.map(({ message }) => known.get(message) ?? -1))
      return undefined
    }
    await Promise.all(Array.from({ length: 25 }, submit))
    const all = Array.from({ length: 25 }, (_, nonce) => nonce)
    expect(journal.outbox.unsettled(0).map(({ nonce }) => nonce)).toEqual(all)
    expect(sent).toEqual(all)
    expect((await pooled()).length).toBe(25)
    // One after the other would be 25 requests.
    expect(asked(/^POST \/transactions/)).toBeLessThan(25)
    expect(asked(/^POST \/quote/)).toBe(1)
  })

  it('notice with the next block that another program used a nonce', async () => {
    await submit()
    const { account } = market.accounts.engine
    const wallet = createWalletClient({ account, transport: http(market.chain.rpcUrl) })
    const hash = await wallet.sendTransaction({ chain: null, to: account.address, gasPrice: 0n })
    await market.node.waitForTransactionReceipt({ hash, pollingInterval: 20 })
    head++
    await submit()
    expect(journal.outbox.unsettled(-1).map(({ nonce }) => nonce)).toEqual([0, 2])
  })

  it('approve anew after a failure, in case the allowance was spent elsewhere', async () => {
    sender = newSender(parseNct('100'))
    // What this journal takes for allowed is not.
    journal.allowance = parseNct('100')
    const guid = newGuid()
    await sender.submit(guid, assertion(guid), head, signal)
    expect(states()).toEqual(['0 signed'])
    await followMined()
    expect(states()).toEqual(['0 failed'])
    await sender.submit(guid, assertion(guid), head, signal)
    expect(states()).toEqual(['0 failed', '1 signed', '2 signed'])
  })
})

/** Posting a bounty; the registry refuses one of less than it asks for. */
function post(guid: Guid, amount = parseNct('2')): MarketAction {
  const uri = 'QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o'
  const order = { guid, artifactType: 'file', amount, uri, numArtifacts: 1, duration: 20, bloom: bloomOf([]) } as const
  return { kind: 'post', order: { ...order, metadata: '' }, bountyFee: parseNct('0.0625') }
}

describe('actions of one kind that are submitted together', () => {
  let lost: (Guid | null)[]
  const told = { mined: () => undefined, lost: (guid: Guid | null) => lost.push(guid) }
  const statesOf = (guids: readonly Guid[]) => guids.map((guid) => journal.outbox.lastAttempt(guid, 'post').state)
  const posted = async () => (await market.events('NewBounty')).map(({ args }) => guidFromUint128(args.guid ?? 0n))
  const submitAll = (actions: readonly (readonly [Guid, MarketAction])[]) =>
    Promise.all(actions.map(([guid, action]) => sender.submit(guid, action, head, signal)))

  beforeEach(() => {
    lost = []
  })

  it('share a transaction and the approval before it, and one that is refused costs only itself', async () => {
    const [first, second, third] = [newGuid(), newGuid(), newGuid()]
    await submitAll([
      [first, post(first)],
      [second, post(second, parseNct('1'))],
      [third, post(third)],
    ] as const)
    expect(states()).toEqual(['0 signed', '1 signed'])
    expect(statesOf([first, second, third])).toEqual(['pending', 'pending', 'pending'])
    await followMined(told)
    expect(statesOf([first, second, third])).toEqual(['mined', 'failed', 'mined'])
    expect(await posted()).toEqual([first, third])
    expect(lost).toEqual([second])

    const fourth = newGuid()
    await submitAll([
      [second, post(second)],
      [fourth, post(fourth)],
    ] as const)
    await followMined(told)
    expect(statesOf([second, fourth])).toEqual(['mined', 'mined'])
    expect((await posted()).slice(2).sort()).toEqual([second, fourth].sort())
    // What was refused once has gone alone, each with an approval of its own.
    expect(states()).toHaveLength(6)
  })

  it('are asked about where events told only of some of them', async () => {
    const guids = [newGuid(), newGuid(), newGuid()] as const
    await submitAll([
      [guids[0], post(guids[0])],
      [guids[1], post(guids[1], parseNct('1'))],
      [guids[2], post(guids[2])],
    ] as const)
    const entry = journal.outbox.unsettled(0).at(-1)
    journal.outbox.setMined(entry?.hash ?? '0x', head, guids[0])
    await isMined()
    await sender.follow(head + 1, told, signal)
    expect(asked(/^GET \/transactions/)).toBe(0)
    expect(statesOf(guids)).toEqual(['mined', 'mined', 'mined'])
    await sender.follow(head + 2, told, signal)
    expect(asked(/^GET \/transactions/)).toBe(1)
    expect(statesOf(guids)).toEqual(['mined', 'failed', 'mined'])
    expect(lost).toEqual([guids[1]])
    await sender.follow(head + 3, told, signal)
    expect(asked(/^GET \/transactions/)).toBe(1)
  })

  it('are asked about however long ago they were mined', async () => {
    const guids = [newGuid(), newGuid()] as const
    await submitAll([
      [guids[0], post(guids[0])],
      [guids[1], post(guids[1])],
    ] as const)
    await isMined()
    journal.outbox.setMined(journal.outbox.unsettled(0).at(-1)?.hash ?? '0x', head, guids[0])
    expect(guids.map((guid) => journal.outbox.isUntold(guid, 'post'))).toEqual([false, true])
    await sender.follow(head + 10_000, told, signal)
    expect(asked(/^GET \/transactions/)).toBe(1)
    expect(guids.map((guid) => journal.outbox.isUntold(guid, 'post'))).toEqual([false, false])
    expect(statesOf(guids)).toEqual(['mined', 'mined'])
    expect(lost).toEqual([])
  })

  it('are not told of as mined where a re-org took them back while that was asked', async () => {
    const guids = [newGuid(), newGuid()] as const
    await submitAll([
      [guids[0], post(guids[0])],
      [guids[1], post(guids[1], parseNct('1'))],
    ] as const)
    await isMined()
    journal.outbox.setMined(journal.outbox.unsettled(0).at(-1)?.hash ?? '0x', head, guids[0])
    lie = (path) => {
      if (path.startsWith('/transactions')) journal.outbox.reopenAbove(0)
      return undefined
    }
    await sender.follow(head + 2, told, signal)
    expect(asked(/^GET \/transactions/)).toBe(1)
    expect(statesOf(guids)).toEqual(['pending', 'pending'])
    expect(lost).toEqual([])
  })

  it('fail together where none of them succeeds, and no more are put together for a while', async () => {
    const guids = [newGuid(), newGuid(), newGuid(), newGuid()] as const
    await submitAll([
      [guids[0], post(guids[0], parseNct('1'))],
      [guids[1], post(guids[1], parseNct('1'))],
    ] as const)
    await followMined(told)
    expect(statesOf(guids)).toEqual(['failed', 'failed', 'none', 'none'])
    expect([...lost].sort()).toEqual(guids.slice(0, 2).sort())
    await submitAll([
      [guids[2], post(guids[2])],
      [guids[3], post(guids[3])],
    ] as const)
    await followMined(told)
    expect(statesOf(guids)).toEqual(['failed', 'failed', 'mined', 'mined'])
    expect(states()).toHaveLength(6)
  })

  it('go one by one to a registry that has no batches', async () => {
    lie = (path, body) =>
      path.startsWith('/quote') ? body.toString('utf8').replace('Batch nothing done', '') : undefined
    const guids = [newGuid(), newGuid()] as const
    await submitAll([
      [guids[0], post(guids[0])],
      [guids[1], post(guids[1])],
    ] as const)
    await followMined(told)
    expect(statesOf(guids)).toEqual(['mined', 'mined'])
    expect(states()).toHaveLength(4)
  })

  it('are sent again with the same bytes, once, after a restart', async () => {
    await market.chain.rpc('evm_setAutomine', [false])
    const guids = [newGuid(), newGuid()] as const
    await submitAll([
      [guids[0], post(guids[0])],
      [guids[1], post(guids[1])],
    ] as const)
    const hashes = journal.outbox.unsettled(0).map(({ hash }) => hash)
    await market.chain.rpc('anvil_dropAllTransactions')
    sender = newSender()
    await sender.follow(head, told, signal)
    expect((await pooled()).sort()).toEqual([...hashes].sort())
    expect(hashes).toHaveLength(2)
    await mine()
    await sender.follow(head, told, signal)
    expect((await posted()).sort()).toEqual([...guids].sort())
  })
})

describe('the quote of a block', () => {
  const signed = (index: number) => parseTransaction(journal.outbox.unsettled(0)[index]?.raw ?? '0x')
  const quotes = () => asked(/^POST \/quote/)

  it('is all that an action needs of the daemon: it is signed as it is meant, with all the gas that it can use', async () => {
    await market.chain.rpc('evm_setAutomine', [false])
    const action = assertion(newGuid(), 2)
    await sender.submit(newGuid(), action, head, signal)
    expect(gateway.requests).toEqual(['POST /quote', 'POST /transactions', 'POST /transactions'])
    const pin = marketOfGateway({ ...market.deployment, free: true })
    const intended = intendedCalls(pin, action)
    expect([signed(0), signed(1)].map(({ data }) => data)).toEqual(intended.map(({ data }) => data))
    expect([signed(0), signed(1)].map(({ gas }) => gas)).toEqual([gasBound.approve(), gasBound.postAssertion(2)])
  })

  it('is asked for once for all that are submitted together', async () => {
    await market.chain.rpc('evm_setAutomine', [false])
    const guids = Array.from({ length: 10 }, newGuid)
    await Promise.all(guids.map((guid) => sender.submit(guid, withdrawal, head, signal)))
    expect(quotes()).toBe(1)
    expect(states()).toHaveLength(10)
  })

  it.each([
    ['with the next block', () => head++],
    ['behind a connection that was lost since', () => sender.forget()],
  ])('is asked for again %s', async (_when, change) => {
    await market.chain.rpc('evm_setAutomine', [false])
    await submit()
    change()
    await submit()
    expect(quotes()).toBe(2)
  })

  it('is asked for again where an action failed before', async () => {
    const guid = newGuid()
    await sender.submit(guid, assertion(guid), head, signal)
    await followMined()
    expect(journal.outbox.lastAttempt(guid, 'assert').state).toBe('failed')
    const before = quotes()
    await sender.submit(guid, assertion(guid), head, signal)
    expect(quotes()).toBe(before + 1)
  })

  it.each([
    ['another chain', /"chain_id":\d+/, '"chain_id":1'],
    ['a price beyond the limit', /"gas_price":\d+/, '"gas_price":1'],
    ['more gas than the limit', /"gas":\d+/, '"gas":30000001'],
  ])('of %s signs nothing', async (_what, honest, said) => {
    lie = (path, body) => (path.startsWith('/quote') ? body.toString('utf8').replace(honest, said) : undefined)
    await expect(sender.submit(newGuid(), assertion(newGuid()), head, signal)).rejects.toThrow(QuoteRejectedError)
    expect(states()).toEqual([])
    expect(asked(/^POST \/transactions/)).toBe(0)
  })
})
