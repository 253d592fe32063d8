import { nectarTokenAbi, parseNct, transferCall } from '@polyswarm/protocol'
import { type Address, encodeFunctionData } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readStatement, type StatementLine } from '../../participants/src/account/statement.ts'
import { PolyswarmdClient } from '../../participants/src/client/polyswarmd-client.ts'
import type { Polyswarmd } from '../src/index.ts'
import { MarketMoves } from './market-moves.ts'
import { TestMarket } from './test-market.ts'

/** Enough that the registry's statement does not fit into one page. */
const BOUNTIES = 25

let market: TestMarket
let daemon: Polyswarmd
let moves: MarketMoves
beforeAll(async () => {
  market = await TestMarket.start()
  await market.stakeArbiters()
  moves = new MarketMoves(market)
  for (let i = 0; i < BOUNTIES; i++) await moves.wholeBounty()
  daemon = await market.daemon()
  await readUpTo(await moves.head())
})
afterAll(async () => {
  await daemon.stop()
  await market.stop()
})

async function readUpTo(block: number): Promise<void> {
  const client = clientOf(market.owner.address)
  for (;;) {
    const { side } = await client.status()
    const ready = await fetch(`${daemon.url}/ready`)
    await ready.arrayBuffer()
    if (ready.ok && side?.reachable && side.block >= block) return client.close()
  }
}

const clientOf = (account: Address) => new PolyswarmdClient({ url: new URL(daemon.url), account, chain: 'side' })
const balanceOf = (account: Address) => {
  const { nectar_token_address: address } = market.deployment
  return market.client.readContract({ address, abi: nectarTokenAbi, functionName: 'balanceOf', args: [account] })
}

/** Reads the whole statement of an account, and counts the pages that it came in. */
async function statementOf(account: Address, from = 0) {
  const client = clientOf(account)
  const lines: StatementLine[] = []
  let pages = 0
  const counting = {
    statement: (range: { from: number; to?: number }) => {
      pages++
      return client.statement(range)
    },
  }
  const totals = await readStatement(counting, from, (line) => lines.push(line)).finally(() => client.close())
  return { lines, totals, pages }
}

test('every account of a market of many bounties has a statement whose end is its balance, to the last unit', async () => {
  const { ambassador, engines, arbiters, owner, deployment } = market
  const contracts = [deployment.bounty_registry_address, deployment.arbiter_staking_address]
  const accounts = [ambassador, ...engines, ...arbiters, owner].map(({ address }) => address)
  for (const account of [...accounts, ...contracts]) {
    const { lines, totals } = await statementOf(account)
    expect(totals.closing).toBe(await balanceOf(account))
    expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(totals.closing)
    expect(lines.at(-1)?.balance ?? 0n).toBe(totals.closing)
    expect([...totals.byReason.values()].reduce((sum, amount) => sum + amount, 0n)).toBe(totals.closing)
  }
  expect((await statementOf(deployment.bounty_registry_address)).pages).toBeGreaterThan(1)
})

test('it says for each bounty what was put in, what came back and what was gained', async () => {
  const [right, wrong] = market.engines.map(({ address }) => address) as [Address, Address]
  const times = (nct: string) => parseNct(nct) * BigInt(BOUNTIES)
  const winner = await statementOf(right)
  expect(Object.fromEntries(winner.totals.byReason)).toEqual({
    mint: parseNct('50000000'),
    bid: -times('1'),
    'assertion-fee': -times('0.03125'),
    returned: times('1.03125'),
    gained: times('2.96875'),
  })
  const guids = new Set(winner.lines.map(({ guid }) => guid).filter((guid) => guid !== null))
  expect(guids.size).toBe(BOUNTIES)
  const loser = await statementOf(wrong)
  expect(Object.fromEntries(loser.totals.byReason)).toEqual({
    mint: parseNct('50000000'),
    bid: -times('1'),
    'assertion-fee': -times('0.03125'),
  })
  const [arbiter] = market.arbiters
  const judge = await statementOf(arbiter?.address as Address)
  expect(judge.totals.byReason.get('stake')).toBe(-parseNct('10000000'))
  expect(judge.totals.byReason.get('gained')).toBeGreaterThan(0n)
  const asker = await statementOf(market.ambassador.address)
  expect(asker.totals.byReason.get('reward')).toBe(-times('2'))
  expect(asker.totals.byReason.get('bounty-fee')).toBe(-times('0.0625'))
})

test('it begins with any block, and then says what there was before', async () => {
  const { address } = market.ambassador
  const whole = await statementOf(address)
  const middle = whole.lines[Math.floor(whole.lines.length / 2)]?.block_number ?? 0
  const part = await statementOf(address, middle)
  const before = whole.lines.filter(({ block_number }) => block_number < middle)
  expect(part.totals.opening).toBe(before.reduce((sum, { amount }) => sum + amount, 0n))
  expect(part.totals.closing).toBe(whole.totals.closing)
})

test('many transfers in one block, to oneself, of nothing and to nobody are what they are', async () => {
  const [from] = market.engines
  if (!from) throw new Error('no engine')
  const before = (await statementOf(from.address)).lines.length
  const { addresses } = moves
  const calls = [
    transferCall(addresses, from.address, 5n),
    transferCall(addresses, market.owner.address, 0n),
    transferCall(addresses, market.owner.address, 7n),
    {
      to: addresses.nectarToken,
      data: encodeFunctionData({ abi: nectarTokenAbi, functionName: 'burn', args: [3n] }),
    },
  ]
  for (const { to, data } of calls) await market.send(from, to, data)
  // What a block says is in the ledger a moment after the head is known.
  await expect.poll(async () => (await statementOf(from.address)).lines.length).toBe(before + calls.length)
  const { lines, totals } = await statementOf(from.address)
  expect(lines.slice(before).map(({ reason, amount }) => `${reason} ${amount}`)).toEqual([
    'transfer -5',
    'transfer 5',
    'transfer -7',
    'burn -3',
  ])
  expect(totals.closing).toBe(await balanceOf(from.address))
})

test('a statement that does not add up is refused', async () => {
  const client = clientOf(market.ambassador.address)
  const lossy = {
    statement: async (range: { from: number; to?: number }) => {
      const page = await client.statement(range)
      return { ...page, movements: page.movements.slice(1) }
    },
  }
  await expect(readStatement(lossy, 0, () => undefined)).rejects.toThrow(/does not add up/)
  client.close()
})
