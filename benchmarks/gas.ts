import { deployMarket } from '@polyswarm/polyswarmd/deploy'
import {
  approveCall,
  bloomOf,
  depositStakeCall,
  fullMask,
  type MarketAddresses,
  type MarketCall,
  newGuid,
  parseNct,
  postBountyCall,
  postSealedAssertionCall,
  revealAssertionCall,
  sealedCommitmentOf,
  settleBountyCall,
  transferCall,
  voteOnBountyCall,
} from '@polyswarm/protocol'
import { type Hex, maxUint256, type PrivateKeyAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { startAnvil, type TestChain } from '../test/support/anvil.ts'

/**
 * Means of gas per transaction for one size of bounty; `total` is the whole bounty, approvals not counted. An engine that
 * was wrong settles for less, since nothing is paid to it: `settleEngine` is what the others pay.
 */
interface GasRow {
  engines: number
  artifacts: number
  post: number
  assert: number
  reveal: number
  vote: number
  settleEngine: number
  /** 0 where no engine was wrong. */
  settleEngineWrong: number
  settleAmbassador: number
  settleArbiter: number
  total: number
}

const SIZES: readonly [engines: number, artifacts: number][] = [
  [1, 1],
  [10, 1],
  [25, 1],
  [100, 1],
  [10, 16],
  [10, 64],
  [10, 256],
]
const ARBITERS = 4
const DURATION = 10
const REVEAL_WINDOW = 10
const VOTE_WINDOW = 10

/**
 * What each step of a bounty costs on a real EVM, with 4 arbiters, every engine asserting on every artifact, a quarter of
 * the engines wrong and everybody settling. `--json` prints the rows as one JSON document.
 */
export async function gasBenchmark(args: string[]): Promise<void> {
  const chain = await startAnvil()
  try {
    const market = await GasMarket.deploy(chain)
    const rows: GasRow[] = []
    for (const [engines, artifacts] of SIZES) rows.push(await market.bounty(engines, artifacts))
    process.stdout.write(args.includes('--json') ? `${JSON.stringify(rows)}\n` : tableOf(rows))
  } finally {
    await chain.stop()
  }
}

class GasMarket {
  readonly #chain: TestChain
  readonly #market: MarketAddresses
  readonly #arbiters: readonly PrivateKeyAccount[]
  readonly #ambassador: PrivateKeyAccount
  readonly #engines: PrivateKeyAccount[] = []
  readonly #deployer: PrivateKeyAccount
  readonly #nonces = new Map<string, number>()
  #gasLimit = 1_000_000n

  private constructor(chain: TestChain, market: MarketAddresses, accounts: readonly PrivateKeyAccount[]) {
    const [deployer, ambassador, ...arbiters] = accounts as [
      PrivateKeyAccount,
      PrivateKeyAccount,
      ...PrivateKeyAccount[],
    ]
    this.#chain = chain
    this.#market = market
    this.#deployer = deployer
    this.#ambassador = ambassador
    this.#arbiters = arbiters
  }

  static async deploy(chain: TestChain): Promise<GasMarket> {
    const accounts = Array.from({ length: ARBITERS + 2 }, newAccount)
    const [deployer, ambassador, ...arbiters] = accounts as [
      PrivateKeyAccount,
      PrivateKeyAccount,
      ...PrivateKeyAccount[],
    ]
    const deployment = await deployMarket({
      rpcUrl: chain.rpcUrl,
      account: deployer,
      stakeDuration: 100,
      assertionRevealWindow: REVEAL_WINDOW,
      arbiterVoteWindow: VOTE_WINDOW,
      arbiters: arbiters.map(({ address }) => address),
      mint: [deployer, ambassador, ...arbiters].map(({ address }) => ({ to: address, amount: parseNct('20000000') })),
    })
    // From here on blocks come from here alone.
    await chain.rpc('evm_setAutomine', [false])
    const market = new GasMarket(
      chain,
      {
        nectarToken: deployment.nectar_token_address,
        arbiterStaking: deployment.arbiter_staking_address,
        bountyRegistry: deployment.bounty_registry_address,
      },
      accounts,
    )
    for (const arbiter of market.#arbiters) {
      await market.#send(arbiter, approveCall(market.#market, deployment.arbiter_staking_address, maxUint256))
      await market.#send(arbiter, depositStakeCall(market.#market, parseNct('10000000')))
    }
    await market.#allow(ambassador)
    // A first bounty pays for what later ones find in place: the registry's balance, the first page of guids.
    await market.bounty(1, 1)
    return market
  }

  async bounty(engines: number, artifacts: number): Promise<GasRow> {
    while (this.#engines.length < engines) this.#engines.push(await this.#newEngine())
    const players = this.#engines.slice(0, engines)
    // Room for every step, and no more than a block holds of a hundred small ones.
    this.#gasLimit = 1_000_000n + 20_000n * BigInt(artifacts)
    const guid = newGuid()
    const everything = fullMask(artifacts)
    const truth = artifacts === 1 ? 1n : everything / 3n
    const verdictsOf = (engine: number) => (engine % 4 === 3 ? truth ^ everything : truth)
    const addresses = Array.from({ length: artifacts }, (_, index) => `Qm${guid.replaceAll(/[-0]/g, '1')}${index + 1}`)
    const order = {
      guid,
      artifactType: 'file' as const,
      uri: 'QmNLei78zWmzUdbeRB3CiUfAizWUrbeeZh5K1rhAQKCh51',
      metadata: '',
    }
    const amount = parseNct('2') * BigInt(artifacts)

    const post = await this.#send(
      this.#ambassador,
      postBountyCall(this.#market, {
        ...order,
        amount,
        numArtifacts: artifacts,
        duration: DURATION,
        bloom: bloomOf(addresses),
      }),
    )
    const posted = await this.#head()
    const nonces = players.map(() => BigInt(generatePrivateKey()))
    const asserts = await this.#each(players, ({ address }, engine) => {
      const verdicts = verdictsOf(engine)
      const nonce = nonces[engine] ?? 1n
      const commitment = sealedCommitmentOf({ guid, author: address, mask: everything, verdicts, metadata: '', nonce })
      const bids = Array.from({ length: artifacts }, () => parseNct('0.5') + BigInt(engine))
      return postSealedAssertionCall(this.#market, { guid, bids, mask: everything, commitment })
    })
    await this.#mineTo(posted + DURATION)
    const reveals = await this.#each(players, (_, engine) =>
      revealAssertionCall(this.#market, {
        guid,
        index: engine,
        nonce: nonces[engine] ?? 1n,
        verdicts: verdictsOf(engine),
        metadata: '',
      }),
    )
    await this.#mineTo(posted + DURATION + REVEAL_WINDOW)
    const votes = await this.#each(this.#arbiters, () =>
      voteOnBountyCall(this.#market, { guid, votes: truth, validBloom: true }),
    )
    await this.#mineTo(posted + DURATION + REVEAL_WINDOW + VOTE_WINDOW)
    const settle = () => settleBountyCall(this.#market, guid)
    const settleEngines = await this.#each(players, settle)
    const settleAmbassador = await this.#send(this.#ambassador, settle())
    const settleArbiters = await this.#each(this.#arbiters, settle)
    const groups = [asserts, reveals, votes, settleEngines, settleArbiters]
    return {
      engines,
      artifacts,
      post,
      assert: mean(asserts),
      reveal: mean(reveals),
      vote: mean(votes),
      settleEngine: mean(settleEngines.filter((_, engine) => verdictsOf(engine) === truth)),
      settleEngineWrong: mean(settleEngines.filter((_, engine) => verdictsOf(engine) !== truth)),
      settleAmbassador,
      settleArbiter: mean(settleArbiters),
      total: post + settleAmbassador + groups.flat().reduce((sum, gas) => sum + gas, 0),
    }
  }

  async #newEngine(): Promise<PrivateKeyAccount> {
    const account = newAccount()
    await this.#send(this.#deployer, transferCall(this.#market, account.address, parseNct('100000')))
    await this.#allow(account)
    return account
  }

  /** A standing allowance that is used up never: approvals are not counted, and must not come back as refunds either. */
  async #allow(account: PrivateKeyAccount): Promise<void> {
    await this.#send(account, approveCall(this.#market, this.#market.bountyRegistry, maxUint256))
  }

  /** One transaction of each account, all in one block: a hundred engines would not fit into the window otherwise. */
  async #each(accounts: readonly PrivateKeyAccount[], call: (account: PrivateKeyAccount, index: number) => MarketCall) {
    const hashes: Hex[] = []
    for (const [index, account] of accounts.entries()) hashes.push(await this.#submit(account, call(account, index)))
    await this.#chain.mine()
    return Promise.all(hashes.map((hash) => this.#gasOf(hash)))
  }

  /** One transaction in a block of its own. Returns the gas used. */
  async #send(account: PrivateKeyAccount, call: MarketCall): Promise<number> {
    const [gas = 0] = await this.#each([account], () => call)
    return gas
  }

  /** Nonces are counted here: to ask the node for each took as long as the transactions. */
  async #submit(account: PrivateKeyAccount, { to, data }: MarketCall): Promise<Hex> {
    const nonce = this.#nonces.get(account.address) ?? (await this.#transactionsOf(account))
    this.#nonces.set(account.address, nonce + 1)
    const { chainId } = this.#chain
    const fields = { chainId, nonce, to, data, gas: this.#gasLimit, gasPrice: 0n, type: 'legacy' } as const
    return this.#chain.rpc<Hex>('eth_sendRawTransaction', [await account.signTransaction(fields)])
  }

  async #transactionsOf({ address }: PrivateKeyAccount): Promise<number> {
    return Number(await this.#chain.rpc<Hex>('eth_getTransactionCount', [address, 'latest']))
  }

  async #gasOf(hash: Hex): Promise<number> {
    const receipt = await this.#chain.rpc<{ status: Hex; gasUsed: Hex } | null>('eth_getTransactionReceipt', [hash])
    if (receipt?.status !== '0x1') throw new Error(`transaction ${hash} was ${receipt ? 'reverted' : 'not mined'}`)
    return Number(receipt.gasUsed)
  }

  async #head(): Promise<number> {
    return Number(await this.#chain.rpc<Hex>('eth_blockNumber'))
  }

  async #mineTo(block: number): Promise<void> {
    const missing = block - (await this.#head()) - 1
    if (missing > 0) await this.#chain.mine(missing)
  }
}

function newAccount(): PrivateKeyAccount {
  return privateKeyToAccount(generatePrivateKey())
}

function mean(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1))
}

function tableOf(rows: readonly GasRow[]): string {
  const columns = [
    'post',
    'assert',
    'reveal',
    'vote',
    'settleEngine',
    'settleEngineWrong',
    'settleAmbassador',
    'settleArbiter',
    'total',
  ] as const
  const heading = ['engines × artifacts', ...columns]
  const lines = rows.map((row) => [
    `${row.engines} × ${row.artifacts}`,
    ...columns.map((column) => row[column].toLocaleString('en-US')),
  ])
  return [heading, heading.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}
