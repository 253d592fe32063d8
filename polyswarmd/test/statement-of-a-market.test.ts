import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  approveCall,
  arbiterStakingAbi,
  bloomOf,
  bountyRegistryAbi,
  commitmentOf,
  depositStakeCall,
  type Guid,
  type MarketCall,
  nectarTokenAbi,
  newGuid,
  parseNct,
  postAssertionCall,
  postBountyCall,
  revealAssertionCall,
  settleBountyCall,
  transferCall,
  voteOnBountyCall,
  withdrawStakeCall,
} from '@polyswarm/protocol'
import fc from 'fast-check'
import { type Address, createPublicClient, encodeFunctionData, type Hex, http, maxUint256, numberToHex } from 'viem'
import { generatePrivateKey, privateKeyToAccount, privateKeyToAddress } from 'viem/accounts'
import { expect, test } from 'vitest'
import { readStatement } from '../../participants/src/account/statement.ts'
import { PolyswarmdClient } from '../../participants/src/client/polyswarmd-client.ts'
import { startAnvil, type TestChain } from '../../test/support/anvil.ts'
import { deployMarket } from '../src/deploy.ts'
import { startPolyswarmd } from '../src/index.ts'

const BOUNTIES = 200
/** Bounties that live at the same time; each step of all of them is one block. */
const WAVE = 50
const WINDOWS = { duration: 3, reveal: 3, vote: 4 }
const URI = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'
const NONCE = 42n
const GAS_PRICE = 1_000_000_000n

const newAddress = () => privateKeyToAddress(generatePrivateKey())
const ambassadors = [newAddress(), newAddress()]
const engines = [newAddress(), newAddress(), newAddress(), newAddress()]
const arbiters = [newAddress(), newAddress(), newAddress()]

/** What happens to a bounty: who asserts what, who reveals, how the arbiters vote, and who never collects. */
const life = fc.record({
  author: fc.constantFrom(...ambassadors),
  numArtifacts: fc.integer({ min: 1, max: 3 }),
  dust: fc.bigInt({ min: 0n, max: 10n ** 12n }),
  assertions: fc.array(
    fc.record({
      verdicts: fc.bigInt({ min: 0n, max: 7n }),
      dust: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      reveals: fc.boolean(),
      settles: fc.boolean(),
    }),
    { maxLength: engines.length },
  ),
  votes: fc.array(fc.bigInt({ min: 0n, max: 7n }), { maxLength: arbiters.length }),
  authorSettles: fc.boolean(),
})
type Life = fc.TypeOf<typeof life>

interface Sent {
  from: Address
  call: MarketCall
}

/** A chain on which all that is sent together is mined in one block, for anybody. */
class Blocks {
  readonly #anvil: TestChain
  /** What each account paid for transactions that moved its NCT, in wei. */
  readonly gas = new Map<Address, bigint>()

  constructor(anvil: TestChain) {
    this.#anvil = anvil
  }

  async block(sent: readonly Sent[], mustSucceed = true): Promise<void> {
    const hashes: Hex[] = []
    for (const { from, call } of sent) {
      const transaction = { from, ...call, gas: numberToHex(1_500_000), gasPrice: numberToHex(GAS_PRICE) }
      hashes.push(await this.#anvil.rpc<Hex>('eth_sendTransaction', [transaction]))
    }
    await this.#anvil.mine()
    for (const hash of hashes) {
      const receipt = await this.#anvil.rpc<Receipt>('eth_getTransactionReceipt', [hash])
      if (mustSucceed) expect(receipt.status, hash).toBe('0x1')
      const topic = `0x${receipt.from.slice(2).padStart(64, '0')}`
      const isOwn = receipt.logs.some(
        ({ topics }) => topics.length === 3 && topics[0] === TRANSFER && topics.includes(topic),
      )
      if (isOwn) this.gas.set(receipt.from, (this.gas.get(receipt.from) ?? 0n) + BigInt(receipt.gasUsed) * GAS_PRICE)
    }
  }

  mine(blocks: number): Promise<void> {
    return this.#anvil.mine(blocks)
  }
}

const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'
interface Receipt {
  from: Address
  status: Hex
  gasUsed: Hex
  logs: { topics: string[] }[]
}

test('over a market of 200 bounties the statement of every account ends with its balance, to the last unit', async () => {
  const anvil = await startAnvil()
  const directory = mkdtempSync(join(tmpdir(), 'statement-'))
  const owner = privateKeyToAccount(generatePrivateKey())
  const everybody = [...ambassadors, ...engines, ...arbiters]
  const deployment = await deployMarket({
    rpcUrl: anvil.rpcUrl,
    account: owner,
    stakeDuration: 3,
    assertionRevealWindow: WINDOWS.reveal,
    arbiterVoteWindow: WINDOWS.vote,
    arbiters,
    mint: everybody.map((to) => ({ to, amount: parseNct('20000000') })),
  })
  const addresses = {
    nectarToken: deployment.nectar_token_address,
    arbiterStaking: deployment.arbiter_staking_address,
    bountyRegistry: deployment.bounty_registry_address,
  }
  await anvil.rpc('anvil_autoImpersonateAccount', [true])
  for (const account of [...everybody, owner.address]) {
    await anvil.rpc('anvil_setBalance', [account, numberToHex(10n ** 24n)])
  }
  await anvil.rpc('evm_setAutomine', [false])
  const chain = new Blocks(anvil)
  const govern = (
    functionName: 'setBountyFee' | 'setAssertionFee' | 'setTreasury',
    args: readonly unknown[],
  ): Sent => ({
    from: owner.address,
    call: {
      to: addresses.bountyRegistry,
      data: encodeFunctionData({ abi: bountyRegistryAbi, functionName, args } as never),
    },
  })
  await chain.block(
    everybody.flatMap((from) => [
      { from, call: approveCall(addresses, addresses.bountyRegistry, maxUint256) },
      { from, call: approveCall(addresses, addresses.arbiterStaking, maxUint256) },
    ]),
  )
  await chain.block(arbiters.map((from) => ({ from, call: depositStakeCall(addresses, parseNct('10000001')) })))

  const lives = fc.sample(life, { numRuns: BOUNTIES, seed: 20_260_101 })
  const treasury = newAddress()
  for (let at = 0; at < BOUNTIES; at += WAVE) {
    const fee = BigInt(at) * 10n ** 14n + 1n
    await chain.block([govern('setBountyFee', [fee]), govern('setAssertionFee', [fee + 1n])])
    if (at === BOUNTIES - WAVE) await chain.block([govern('setTreasury', [treasury])])
    await playWave(chain, addresses, lives.slice(at, at + WAVE))
  }
  // Money that moves outside of bounties.
  const [arbiter, other] = arbiters as [Address, Address]
  await chain.block([
    { from: arbiter, call: withdrawStakeCall(addresses, 1n) },
    { from: other, call: transferCall(addresses, arbiter, 12_345n) },
    { from: other, call: transferCall(addresses, other, 7n) },
  ])

  const daemon = await startPolyswarmd({
    data: directory,
    chains: { side: deployment },
    port: 0,
    pollingInterval: 20,
  })
  try {
    const node = createPublicClient({ transport: http(anvil.rpcUrl), cacheTime: 0 })
    const head = Number(await node.getBlockNumber())
    const clientOf = (account: Address) => new PolyswarmdClient({ url: new URL(daemon.url), account, chain: 'side' })
    const waiting = clientOf(owner.address)
    for (;;) {
      const { side } = await waiting.status()
      const ready = await fetch(`${daemon.url}/ready`)
      await ready.arrayBuffer()
      if (ready.ok && side?.reachable && side.block >= head) break
    }
    waiting.close()
    const token = { address: addresses.nectarToken, abi: nectarTokenAbi } as const
    const reasons = new Set<string>()
    let sum = 0n
    for (const account of [...everybody, treasury, ...Object.values(addresses), owner.address]) {
      const client = clientOf(account)
      let last = 0n
      const onLine = ({ balance = 0n, reason }: { balance: bigint | undefined; reason: string }) => {
        reasons.add(reason)
        last = balance
      }
      const { closing, byReason, gasCost } = await readStatement(client, 0, onLine).finally(() => client.close())
      const onChain = await node.readContract({ ...token, functionName: 'balanceOf', args: [account] })
      expect(closing, account).toBe(onChain)
      expect(last, account).toBe(onChain)
      expect([...byReason.values()].reduce((total, amount) => total + amount, 0n)).toBe(onChain)
      if (everybody.includes(account))
        expect(gasCost, account).toBe(chain.gas.get(account.toLowerCase() as Address) ?? 0n)
      sum += closing
    }
    // Nobody else has any.
    expect(sum).toBe(await node.readContract({ ...token, functionName: 'totalSupply' }))
    const staking = { address: addresses.arbiterStaking, abi: arbiterStakingAbi } as const
    expect(await node.readContract({ ...staking, functionName: 'balanceOf', args: [arbiter] })).toBe(
      parseNct('10000001') - 1n,
    )
    // The market was a lively one.
    const expected = ['reward', 'bounty-fee', 'bid', 'assertion-fee', 'returned', 'gained', 'burn', 'treasury', 'stake']
    expect([...reasons]).toEqual(expect.arrayContaining([...expected, 'unstake', 'transfer', 'mint']))
  } finally {
    await daemon.stop()
    await anvil.stop()
    rmSync(directory, { recursive: true })
  }
})

async function playWave(
  chain: Blocks,
  addresses: Parameters<typeof transferCall>[0],
  lives: readonly Life[],
): Promise<void> {
  const bounties = lives.map((each) => ({ ...each, guid: newGuid() }))
  const ofAll = (make: (bounty: Life & { guid: Guid }) => Sent[]) => bounties.flatMap(make)
  await chain.block(
    ofAll(({ guid, author, numArtifacts, dust }) => {
      const amount = parseNct('2') * BigInt(numArtifacts) + dust
      const rest = { artifactType: 'file', uri: URI, bloom: bloomOf([URI]), metadata: '' } as const
      const { duration } = WINDOWS
      return [{ from: author, call: postBountyCall(addresses, { guid, amount, numArtifacts, duration, ...rest }) }]
    }),
  )
  const bits = (numArtifacts: number) => (1n << BigInt(numArtifacts)) - 1n
  await chain.block(
    ofAll(({ guid, numArtifacts, assertions }) =>
      assertions.map(({ verdicts, dust }, index) => {
        const from = engines[index] ?? '0x'
        const mask = bits(numArtifacts)
        const commitment = commitmentOf({ verdicts: verdicts & mask, nonce: NONCE, author: from })
        const bids = Array.from({ length: numArtifacts }, (_, i) => parseNct('0.0625') + dust + BigInt(i))
        return { from, call: postAssertionCall(addresses, { guid, bids, mask, commitment }) }
      }),
    ),
  )
  await chain.mine(1)
  await chain.block(
    ofAll(({ guid, numArtifacts, assertions }) =>
      assertions.flatMap(({ verdicts, reveals }, index) => {
        const order = { guid, index, nonce: NONCE, verdicts: verdicts & bits(numArtifacts), metadata: '' }
        return reveals ? [{ from: engines[index] ?? '0x', call: revealAssertionCall(addresses, order) }] : []
      }),
    ),
  )
  await chain.mine(WINDOWS.reveal - 1)
  await chain.block(
    ofAll(({ guid, numArtifacts, votes }) =>
      votes.map((vote, index) => ({
        from: arbiters[index] ?? '0x',
        call: voteOnBountyCall(addresses, { guid, votes: vote & bits(numArtifacts), validBloom: true }),
      })),
    ),
  )
  await chain.mine(WINDOWS.vote)
  await chain.block(
    ofAll(({ guid, author, authorSettles, assertions, votes }) => [
      ...(authorSettles ? [{ from: author, call: settleBountyCall(addresses, guid) }] : []),
      ...assertions.flatMap(({ settles }, index) =>
        settles ? [{ from: engines[index] ?? '0x', call: settleBountyCall(addresses, guid) } as const] : [],
      ),
      ...votes.map((_, index) => ({ from: arbiters[index] ?? '0x', call: settleBountyCall(addresses, guid) }) as const),
    ]),
    // Some are due nothing, and are told so.
    false,
  )
}
