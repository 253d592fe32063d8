import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPolyswarmd } from '@polyswarm/polyswarmd'
import { deployMarket } from '@polyswarm/polyswarmd/deploy'
import { nectarTokenAbi } from '@polyswarm/protocol'
import { pino } from 'pino'
import { type Address, createPublicClient, http } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { expect, onTestFinished, test } from 'vitest'
import { gethSkipped, startGeth } from '../../../polyswarmd/test/geth.ts'
import { PolyswarmdClient } from '../client/polyswarmd-client.ts'
import { Journal } from '../runtime/journal/journal.ts'
import { pinnedMarket } from '../runtime/pin-market.ts'
import { Wallet } from '../runtime/transactions/wallet.ts'
import { MoneyDesk, type MoneyMove } from './money-desk.ts'

const NCT = 10n ** 18n
const STAKE = 10_000_000n * NCT
const never = new AbortController().signal

test.skipIf(gethSkipped !== '')(`money moves on geth, where gas has its price${gethSkipped}`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'money-on-geth-'))
  const chain = await startGeth()
  const [owner, arbiter, poor] = [1, 2, 3].map(() => privateKeyToAccount(generatePrivateKey()))
  if (!owner || !arbiter || !poor) throw new TypeError('There are three.')
  await chain.fund([owner.address, arbiter.address])
  const deployment = await deployMarket({
    ...{ rpcUrl: chain.rpcUrl, account: owner, arbiters: [arbiter.address] },
    ...{ stakeDuration: 40, assertionRevealWindow: 5, arbiterVoteWindow: 5 },
  })
  const daemon = await startPolyswarmd({
    ...{ data: join(directory, 'polyswarmd'), chains: { side: deployment }, port: 0, pollingInterval: 30 },
  })
  onTestFinished(async () => {
    await daemon.stop()
    await chain.stop()
    rmSync(directory, { recursive: true })
  })
  const move = async (account: typeof owner, what: MoneyMove): Promise<void> => {
    const client = new PolyswarmdClient({ url: new URL(daemon.url), account: account.address, chain: 'side' })
    const journal = Journal.open(join(directory, account.address), { account: account.address, role: 'account' })
    const logger = pino({ level: 'silent' })
    const limits = { maxGas: 30_000_000n, maxGasPrice: 500_000_000_000n }
    try {
      const market = await pinnedMarket({ client, journal, marketFile: undefined, logger }, never)
      const desk = new MoneyDesk({ client, wallet: new Wallet(account), journal, market, limits, logger })
      await desk.carryOut(what, never)
      desk.told()
    } finally {
      journal.close()
      client.close()
    }
  }
  const node = createPublicClient({ transport: http(chain.rpcUrl), cacheTime: 0 })
  const token = { address: deployment.nectar_token_address, abi: nectarTokenAbi } as const
  const balance = (of: Address) => node.readContract({ ...token, functionName: 'balanceOf', args: [of] })

  await move(owner, { kind: 'mint', to: arbiter.address, amount: STAKE + NCT })
  await move(arbiter, { kind: 'stake', amount: STAKE })
  expect(await balance(deployment.arbiter_staking_address)).toBe(STAKE)
  await expect(move(arbiter, { kind: 'withdraw-stake', amount: STAKE })).rejects.toThrow(/withdrawable/i)
  await chain.mine(40)
  await move(arbiter, { kind: 'withdraw-stake', amount: STAKE })
  await move(arbiter, { kind: 'allow', spender: deployment.bounty_registry_address, amount: 7n })
  await move(arbiter, { kind: 'send', to: poor.address, amount: NCT })
  expect([await balance(arbiter.address), await balance(poor.address)]).toEqual([STAKE, NCT])
  // Without coin for gas nothing can be done with it.
  await expect(move(poor, { kind: 'send', to: owner.address, amount: 1n })).rejects.toThrow(/gas|funds/i)
  expect(await balance(poor.address)).toBe(NCT)
})
