import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { nectarTokenAbi } from '@polyswarm/protocol'
import { pino } from 'pino'
import { type Address, type Hex, zeroAddress } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PolyswarmdClient, type PolyswarmdClientOptions } from '../client/polyswarmd-client.ts'
import { type TestAccount, TestMarket } from '../market.fixture.ts'
import { Journal } from '../runtime/journal/journal.ts'
import { pinnedMarket } from '../runtime/pin-market.ts'
import { Wallet } from '../runtime/transactions/wallet.ts'
import { MoneyDesk, type MoneyMoved } from './money-desk.ts'

const NCT = 10n ** 18n
const never = new AbortController().signal
const logger = pino({ level: 'silent' })
let market: TestMarket
beforeAll(async () => {
  market = await TestMarket.start()
})
afterAll(() => market.stop())

/** Where the process ends that moves the money. */
type Death = 'before anything is sent' | 'after all is sent' | 'when it is mined' | 'before anybody knows'

/** A client of a process that dies when its transaction leaves. */
class DyingClient extends PolyswarmdClient {
  readonly #death: Death

  constructor(options: PolyswarmdClientOptions, death: Death) {
    super(options)
    this.#death = death
  }

  override async sendTransactions(raw: readonly Hex[], signal?: AbortSignal) {
    if (this.#death === 'before anything is sent') throw new Error('killed')
    const answer = await super.sendTransactions(raw, signal)
    if (this.#death === 'after all is sent') throw new Error('killed')
    return answer
  }

  override async transactionEvents(hashes: readonly Hex[], signal?: AbortSignal) {
    if (this.#death === 'before anybody knows') return super.transactionEvents(hashes, signal)
    throw new Error('killed')
  }
}

async function atDesk<T>(
  { account, keyfile }: TestAccount,
  work: (desk: MoneyDesk, journal: Journal) => Promise<T>,
  death?: Death,
): Promise<T> {
  const options: PolyswarmdClientOptions = { url: new URL(market.url), account: account.address, chain: 'side' }
  const client = death ? new DyingClient(options, death) : new PolyswarmdClient(options)
  const journal = Journal.open(`${keyfile}.money.sqlite`, { account: account.address, role: 'account' })
  try {
    const pin = await pinnedMarket({ client, journal, marketFile: undefined, logger }, never)
    const limits = { maxGas: 30_000_000n, maxGasPrice: 1_000_000_000n }
    const wallet = new Wallet(account)
    const desk = new MoneyDesk({ client, wallet, journal, market: pin, limits, logger })
    const result = await work(desk, journal)
    if (death !== 'before anybody knows') desk.told()
    return result
  } finally {
    journal.close()
    client.close()
  }
}

const newAddress = () => privateKeyToAccount(generatePrivateKey()).address
const send = (from: TestAccount, to: Address, amount: bigint, death?: Death): Promise<MoneyMoved> =>
  atDesk(from, (desk) => desk.carryOut({ kind: 'send', to, amount }, never), death)

test('what is sent arrives, to the last unit, with the transaction that did it', async () => {
  const to = newAddress()
  const { hash, resumed } = await send(market.accounts.rival, to, NCT / 3n)
  expect(await market.balanceOf(to)).toBe(NCT / 3n)
  expect(resumed).toBe(false)
  expect((await market.node.getTransactionReceipt({ hash })).status).toBe('success')
})

test.each(['before anything is sent', 'after all is sent', 'when it is mined'] as const)(
  'a run that is killed %s is brought to its end by the next, and not made a second time',
  async (death) => {
    const from = await market.newAccount(`killed ${death}`)
    const to = newAddress()
    await expect(send(from, to, 5n * NCT, death)).rejects.toThrow('killed')
    // The same again, as whoever types the command once more, or a script, means it.
    expect((await send(from, to, 5n * NCT)).resumed).toBe(true)
    expect(await market.balanceOf(to)).toBe(5n * NCT)
    // And after that it is a payment of its own.
    expect((await send(from, to, 5n * NCT)).resumed).toBe(false)
    expect(await market.balanceOf(to)).toBe(10n * NCT)
  },
)

test('a run that is killed when all is done, before it could say so, is not made a second time', async () => {
  const from = await market.newAccount('killed at its end')
  const to = newAddress()
  const { hash } = await send(from, to, 5n * NCT, 'before anybody knows')
  expect(await send(from, to, 5n * NCT)).toEqual({ hash, resumed: true })
  // Something else in between, by whoever gives up on it, is something else.
  await send(from, to, 3n * NCT, 'before anybody knows')
  expect((await send(from, to, 1n * NCT)).resumed).toBe(false)
  expect((await send(from, to, 3n * NCT)).resumed).toBe(false)
  expect(await market.balanceOf(to)).toBe(12n * NCT)
})

test('what a killed run has left comes first, also before something else', async () => {
  const from = await market.newAccount('another')
  const [first, second] = [newAddress(), newAddress()]
  await expect(send(from, first, NCT, 'before anything is sent')).rejects.toThrow('killed')
  expect((await send(from, second, 2n * NCT)).resumed).toBe(false)
  expect(await Promise.all([first, second].map((address) => market.balanceOf(address)))).toEqual([NCT, 2n * NCT])
})

test('two programs of one account that take the same nonce both come to their end', async () => {
  const from = await market.newAccount('shared')
  const to = newAddress()
  await expect(send(from, to, NCT, 'before anything is sent')).rejects.toThrow('killed')
  // Another program of this account, with a journal of its own, uses the nonce that the first has signed for.
  await atDesk({ ...from, keyfile: join(market.directory, 'other') }, (desk) =>
    desk.carryOut({ kind: 'send', to, amount: 3n * NCT }, never),
  )
  const { resumed } = await send(from, to, NCT)
  expect(resumed).toBe(false)
  expect(await market.balanceOf(to)).toBe(4n * NCT)
})

test('an allowance is set and taken back', async () => {
  const { engine } = market.accounts
  const spender = market.deployment.bounty_registry_address
  const allowance = () =>
    market.node.readContract({
      address: market.deployment.nectar_token_address,
      abi: nectarTokenAbi,
      functionName: 'allowance',
      args: [engine.account.address, spender],
    })
  await atDesk(engine, (desk) => desk.carryOut({ kind: 'allow', spender, amount: 7n }, never))
  expect(await allowance()).toBe(7n)
  await atDesk(engine, (desk) => desk.carryOut({ kind: 'allow', spender, amount: 0n }, never))
  expect(await allowance()).toBe(0n)
})

test('an arbiter stakes with the approval that it needs', async () => {
  const { arbiter } = market.accounts
  const stake = 10_000_000n * NCT
  await atDesk(arbiter, (desk) => desk.carryOut({ kind: 'stake', amount: stake }, never))
  expect(await market.balanceOf(market.deployment.arbiter_staking_address)).toBe(stake)
})

test.each(['before anything is sent', 'after all is sent', 'when it is mined'] as const)(
  'a stake that is locked, and one that is taken back, by a run that is killed %s is so once',
  async (death) => {
    const { arbiter } = market.accounts
    const staked = () => market.balanceOf(market.deployment.arbiter_staking_address)
    const before = await staked()
    const amount = NCT / 7n
    for (const [kind, after] of [
      ['stake', before + amount],
      ['withdraw-stake', before],
    ] as const) {
      const move = { kind, amount }
      await expect(atDesk(arbiter, (desk) => desk.carryOut(move, never), death)).rejects.toThrow('killed')
      expect((await atDesk(arbiter, (desk) => desk.carryOut(move, never))).resumed).toBe(true)
      expect(await staked()).toBe(after)
      // What was locked can be taken back after so many blocks.
      await market.chain.mine(101)
    }
  },
)

test.each([
  [
    'more than there is',
    { kind: 'send', to: newAddress(), amount: 10n ** 30n },
    /To send .* needs .* and this account has/,
  ],
  ['minting without being a minter', { kind: 'mint', to: newAddress(), amount: 1n }, /unauthorized minter/i],
  ['sending to nobody', { kind: 'send', to: zeroAddress, amount: 1n }, /invalid receiver/i],
  ['a stake that is not there', { kind: 'withdraw-stake', amount: NCT }, /insufficient withdrawable/i],
  ['a stake of who is no arbiter', { kind: 'stake', amount: NCT }, /not arbiter/i],
] as const)('%s is refused in the words of the contract, and nothing is signed', async (_what, move, words) => {
  const from = await market.newAccount(`refused ${_what}`)
  await atDesk(from, async (desk, journal) => {
    await expect(desk.carryOut(move, never)).rejects.toThrow(words)
    expect(journal.outbox.unsettled(0)).toEqual([])
  })
  await rm(`${from.keyfile}.money.sqlite`)
})
