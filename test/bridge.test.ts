import { join } from 'node:path'
import { parseNct } from '@polyswarm/protocol'
import { pino } from 'pino'
import type { Hex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MoneyDesk } from '../participants/src/account/money-desk.ts'
import { Alerts } from '../participants/src/alerts/alerts.ts'
import { cross } from '../participants/src/balance/crossing.ts'
import { type MaintainedEnd, Maintainer } from '../participants/src/balance/maintainer.ts'
import type { MaintenancePlan } from '../participants/src/balance/maintenance-step.ts'
import { PolyswarmdClient } from '../participants/src/client/polyswarmd-client.ts'
import { Journal } from '../participants/src/runtime/journal/journal.ts'
import { pinnedMarket, pinnedRelay } from '../participants/src/runtime/pin-market.ts'
import { Wallet } from '../participants/src/runtime/transactions/wallet.ts'
import { Bridge } from './support/bridge.ts'

const NCT = 10n ** 18n
const never = new AbortController().signal
const logger = pino({ level: 'silent' })
/** So that each withdrawal costs some NCT. */
const EXCHANGE_RATE = 1_000n
let bridge: Bridge
beforeAll(async () => {
  bridge = await Bridge.start(EXCHANGE_RATE)
  for (const index of [0, 1, 2]) bridge.startVerifier(index)
})
afterAll(() => bridge.stop())

/** A client of a process that dies before its transaction leaves. */
class DyingClient extends PolyswarmdClient {
  override async sendTransactions(_raw: readonly Hex[], _signal?: AbortSignal): Promise<never> {
    throw new Error('killed')
  }
}

/** A client of a process that dies when its transaction has left. */
class LateDyingClient extends PolyswarmdClient {
  override async sendTransactions(raw: readonly Hex[], signal?: AbortSignal): Promise<never> {
    await super.sendTransactions(raw, signal)
    throw new Error('killed')
  }
}

async function newAccount(home: bigint, side = 0n): Promise<PrivateKeyAccount> {
  const account = privateKeyToAccount(generatePrivateKey())
  await bridge.mint(bridge.home, account.address, home)
  if (side > 0n) await bridge.mint(bridge.side, account.address, side)
  return account
}

/** Both ends of the bridge for an account, with the journals that it has. */
async function atBridge<T>(
  account: PrivateKeyAccount,
  work: (ends: { home: MaintainedEnd; side: MaintainedEnd }) => Promise<T>,
  Client: typeof PolyswarmdClient = PolyswarmdClient,
): Promise<T> {
  const opened: { close(): void }[] = []
  const endOf = async (chain: 'home' | 'side'): Promise<MaintainedEnd> => {
    const client = new Client({ url: new URL(bridge.daemon.url), account: account.address, chain })
    const path = join(bridge.directory, `${account.address}-${chain}.sqlite`)
    const journal = Journal.open(path, { account: account.address, role: 'balance' })
    opened.push(journal, client)
    const market = await pinnedMarket({ client, journal, marketFile: undefined, logger }, never)
    const limits = { maxGas: 30_000_000n, maxGasPrice: 0n }
    const desk = new MoneyDesk({ client, wallet: new Wallet(account), journal, market, limits, logger })
    return { client, desk, journal, relay: await pinnedRelay({ client, journal, logger }, never) }
  }
  try {
    return await work({ home: await endOf('home'), side: await endOf('side') })
  } finally {
    for (const each of opened) each.close()
  }
}

const on = (chain: 'home' | 'side', { address }: PrivateKeyAccount) => bridge.balanceOf(bridge[chain], address)
const reserves = async () => {
  const [home, side] = await Promise.all([
    bridge.balanceOf(bridge.home, bridge.home.end.relay),
    bridge.balanceOf(bridge.side, bridge.side.end.relay),
  ])
  return home + side
}

test('what is deposited arrives to the last unit, and what is withdrawn less the fee', async () => {
  const account = await newAccount(100n * NCT)
  const before = await reserves()
  const amount = 50n * NCT + 1n
  await atBridge(account, async ({ home, side }) => {
    const { hash } = await cross({ from: home, to: side, amount }, never)
    await bridge.minedUntil(() => side.client.isRelayed(hash))
    expect(await on('side', account)).toBe(amount)
    const back = await cross({ from: side, to: home, amount: 30n * NCT }, never)
    await bridge.minedUntil(() => home.client.isRelayed(back.hash))
  })
  const fee = await bridge.fees(bridge.home)
  expect(fee).toBeGreaterThan(0n)
  expect(await on('home', account)).toBe(100n * NCT - amount + 30n * NCT - fee)
  expect(await on('side', account)).toBe(amount - 30n * NCT)
  // What one relay takes in, the other pays out.
  expect(await reserves()).toBe(before)
})

test('a transfer that the fee would eat is refused before it is signed; sent past us it is not paid, and holds nobody up', async () => {
  const account = await newAccount(NCT, 100n * NCT)
  const fee = await bridge.fees(bridge.home)
  await atBridge(account, async ({ home, side }) => {
    await expect(cross({ from: side, to: home, amount: fee }, never)).rejects.toThrow(/the relay keeps .* send more/)
    expect(side.journal.outbox.newest('send')).toBeUndefined()
    const lost = await bridge.send(bridge.side, account, bridge.side.end.relay, fee)
    const { hash } = await cross({ from: side, to: home, amount: fee + 7n }, never)
    await bridge.minedUntil(() => home.client.isRelayed(hash))
    expect(await home.client.isRelayed(lost)).toBe(false)
  })
  expect(await on('home', account)).toBe(NCT + 7n)
})

test('verifiers that have lost all they knew, or are fewer than all, pay everything once', async () => {
  const account = await newAccount(100n * NCT)
  await bridge.stopVerifier(2)
  await atBridge(account, async ({ home, side }) => {
    const { hash } = await cross({ from: home, to: side, amount: 10n * NCT }, never)
    await bridge.minedUntil(() => side.client.isRelayed(hash))
    const paid = await reserves()
    for (const index of [0, 1]) {
      await bridge.stopVerifier(index)
      bridge.startVerifier(index, true)
    }
    bridge.startVerifier(2)
    const next = await cross({ from: home, to: side, amount: 20n * NCT }, never)
    await bridge.minedUntil(() => side.client.isRelayed(next.hash))
    expect(await reserves()).toBe(paid)
  })
  expect(await on('side', account)).toBe(30n * NCT)
})

const PLAN: MaintenancePlan = { minimum: 10n * NCT, refill: 15n * NCT, maximum: 60n * NCT, target: 40n * NCT }

function maintainer(ends: { home: MaintainedEnd; side: MaintainedEnd }, account: PrivateKeyAccount) {
  const told: string[] = []
  const tell = ({ alert, active }: { alert: string; active: boolean }) => told.push(`${alert} ${active}`)
  const alerts = new Alerts({ account: account.address, logger, tell })
  return { told, maintainer: new Maintainer({ ...ends, plan: PLAN, confirmations: 3, logger, alerts, interval: 10 }) }
}

/** Lets a maintainer look until it has nothing to do. */
async function untilResting({ maintainer: it }: ReturnType<typeof maintainer>): Promise<number> {
  let moves = 0
  await bridge.minedUntil(async () => {
    const { moved, resting } = await it.round(never)
    if (moved) moves++
    return resting
  })
  return moves
}

test('the balance is kept between its limits, one transfer at a time', async () => {
  const account = await newAccount(40n * NCT, 3n * NCT)
  await atBridge(account, async (ends) => {
    expect(await untilResting(maintainer(ends, account))).toBe(1)
    expect(await on('side', account)).toBe(18n * NCT)
    await bridge.mint(bridge.side, account.address, 50n * NCT)
    expect(await untilResting(maintainer(ends, account))).toBe(1)
    expect(await on('side', account)).toBe(40n * NCT)
  })
  expect(await on('home', account)).toBe(25n * NCT + 28n * NCT - (await bridge.fees(bridge.home)))
})

test.each([
  ['deposits', 'signed', { home: 100n, side: 0n }, { home: 85n, side: 15n }],
  ['deposits', 'sent', { home: 100n, side: 0n }, { home: 85n, side: 15n }],
  ['withdraws', 'signed', { home: 1n, side: 70n }, { home: 31n, side: 40n }],
  ['withdraws', 'sent', { home: 1n, side: 70n }, { home: 31n, side: 40n }],
] as const)(
  'a maintainer that %s, and is killed when it has %s that, does so once',
  async (what, when, before, after) => {
    const account = await newAccount(before.home * NCT, before.side * NCT)
    const Client = when === 'signed' ? DyingClient : LateDyingClient
    const dies = atBridge(account, (ends) => maintainer(ends, account).maintainer.round(never), Client)
    await expect(dies).rejects.toThrow('killed')
    await atBridge(account, async (ends) => expect(await untilResting(maintainer(ends, account))).toBe(0))
    expect(await on('side', account)).toBe(after.side * NCT)
    const fee = what === 'withdraws' ? await bridge.fees(bridge.home) : 0n
    expect(await on('home', account)).toBe(after.home * NCT - fee)
  },
)

test('the same deposit as one that a killed maintainer has made is made where it is due', async () => {
  const account = await newAccount(100n * NCT)
  await expect(
    atBridge(account, (ends) => maintainer(ends, account).maintainer.round(never), LateDyingClient),
  ).rejects.toThrow('killed')
  await atBridge(account, async (ends) => expect(await untilResting(maintainer(ends, account))).toBe(0))
  await bridge.send(bridge.side, account, bridge.owner.address, 15n * NCT)
  await atBridge(account, async (ends) => expect(await untilResting(maintainer(ends, account))).toBe(1))
  expect(await on('side', account)).toBe(15n * NCT)
  expect(await on('home', account)).toBe(70n * NCT)
})

test('what the verifiers do not pay is told and waited for, and nothing is sent after it', async () => {
  const account = await newAccount(100n * NCT)
  for (const index of [1, 2]) await bridge.stopVerifier(index)
  await atBridge(account, async (ends) => {
    const at = maintainer(ends, account)
    expect((await at.maintainer.round(never)).moved).toBe(true)
    await bridge.mine(200)
    await bridge.minedUntil(async () => {
      expect(await at.maintainer.round(never)).toEqual({ moved: false, resting: false })
      return at.told.length > 0
    })
    expect(at.told).toEqual(['deposit_late true'])
    expect(await on('home', account)).toBe(85n * NCT)
    for (const index of [1, 2]) bridge.startVerifier(index)
    await untilResting(at)
    expect(at.told).toEqual(['deposit_late true', 'deposit_late false'])
  })
  expect(await on('side', account)).toBe(15n * NCT)
})

test('too little on the home chain is told, and again when it is over', async () => {
  const account = await newAccount(NCT)
  await atBridge(account, async (ends) => {
    const at = maintainer(ends, account)
    await at.maintainer.round(never)
    await at.maintainer.round(never)
    expect(at.told).toEqual(['home_balance_short true'])
    await bridge.mint(bridge.home, account.address, parseNct('20'))
    await bridge.minedUntil(async () => (await at.maintainer.round(never)).moved)
    expect(at.told).toEqual(['home_balance_short true', 'home_balance_short false'])
  })
})

test('another relay than the pinned one gets nothing', async () => {
  const account = await newAccount(10n * NCT)
  class Liar extends PolyswarmdClient {
    override async contracts(signal?: AbortSignal) {
      return { ...(await super.contracts(signal)), erc20_relay_address: bridge.owner.address }
    }
  }
  await atBridge(account, async () => undefined)
  await expect(atBridge(account, async () => undefined, Liar)).rejects.toThrow(
    /The market's relay was .* nothing will be signed/,
  )
})
