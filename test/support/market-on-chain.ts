import { deployMarket } from '@polyswarm/polyswarmd/deploy'
import {
  approveCall,
  arbiterStakingAbi,
  type BountyWindows,
  bloomOf,
  bountyRegistryAbi,
  depositStakeCall,
  guidToUint128,
  type MarketAddresses,
  type MarketCall,
  nectarTokenAbi,
  parseGuid,
  postBountyCall,
  type SettlementInput,
  transferCall,
} from '@polyswarm/protocol'
import {
  type Address,
  createPublicClient,
  type DecodeEventLogReturnType,
  decodeEventLog,
  encodeFunctionData,
  formatTransactionReceipt,
  type Hex,
  http,
  isAddressEqual,
  maxUint256,
  numberToHex,
  type PublicClient,
} from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { startAnvil, type TestChain } from './anvil.ts'

const STAKE = 10_000_000n * 10n ** 18n
const GAS_LIMIT = 100_000_000
const ARTIFACT = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'

/** The guid of every bounty that is played. */
export const GUID = '7c9e6679-7425-40de-944b-e07fc1f90ae7'

/** An event of the registry. */
export type RegistryEvent = DecodeEventLogReturnType<typeof bountyRegistryAbi>

/** What a bounty is posted with. */
export type PostedBounty = Omit<SettlementInput, 'assertions' | 'votes'>

/** How long each round of a bounty is, in blocks. */
export interface Rounds {
  duration: number
  reveal: number
  vote: number
}

/** The contracts on a chain of their own, on which any account can act and one bounty at a time is played. */
export class MarketOnChain {
  readonly owner: PrivateKeyAccount
  readonly addresses: MarketAddresses
  readonly client: PublicClient
  readonly #anvil: TestChain
  #snapshot: Hex | undefined

  private constructor(anvil: TestChain, owner: PrivateKeyAccount, addresses: MarketAddresses) {
    this.#anvil = anvil
    this.owner = owner
    this.addresses = addresses
    this.client = createPublicClient({ transport: http(anvil.rpcUrl), cacheTime: 0 })
  }

  static async start(): Promise<MarketOnChain> {
    const anvil = await startAnvil()
    const owner = privateKeyToAccount(`0x${'01'.repeat(32)}`)
    const deployment = await deployMarket({
      rpcUrl: anvil.rpcUrl,
      account: owner,
      stakeDuration: 100,
      assertionRevealWindow: 20,
      arbiterVoteWindow: 30,
      mint: [{ to: owner.address, amount: 100n * STAKE }],
    })
    await anvil.rpc('anvil_autoImpersonateAccount', [true])
    const market = new MarketOnChain(anvil, owner, {
      nectarToken: deployment.nectar_token_address,
      arbiterStaking: deployment.arbiter_staking_address,
      bountyRegistry: deployment.bounty_registry_address,
    })
    await market.rewind()
    return market
  }

  stop(): Promise<void> {
    return this.#anvil.stop()
  }

  /** Back to the contracts as they were deployed: no bounty, no arbiter. */
  async rewind(): Promise<void> {
    if (this.#snapshot !== undefined) await this.#anvil.rpc('evm_revert', [this.#snapshot])
    this.#snapshot = await this.#anvil.rpc<Hex>('evm_snapshot')
  }

  /** Mines a transaction in a block of its own and returns what the registry said in it. */
  async send(from: Address, { to, data }: MarketCall): Promise<RegistryEvent[]> {
    const transaction = { from, to, data, gas: numberToHex(GAS_LIMIT), gasPrice: '0x0' }
    const receipt = formatTransactionReceipt(await this.#anvil.rpc('eth_sendTransactionSync', [transaction]))
    if (receipt.status !== 'success')
      throw new Error(`${data.slice(0, 10)} of ${from} in block ${receipt.blockNumber} reverted`)
    return receipt.logs
      .filter(({ address }) => isAddressEqual(address, this.addresses.bountyRegistry))
      .map((log) => decodeEventLog({ abi: bountyRegistryAbi, ...log }))
  }

  /** Mines until the head is `block`. */
  async mineTo(block: number): Promise<void> {
    const missing = block - (await this.head())
    if (missing > 0) await this.#anvil.mine(missing)
  }

  async head(): Promise<number> {
    return Number(await this.client.getBlockNumber())
  }

  /** Gives an account NCT, which the registry may take. */
  async fund(account: Address, amount: bigint): Promise<void> {
    await this.send(this.owner.address, transferCall(this.addresses, account, amount))
    await this.send(account, approveCall(this.addresses, this.addresses.bountyRegistry, maxUint256))
  }

  /** Makes an account an arbiter with the stake that it needs. */
  async addArbiter(arbiter: Address): Promise<void> {
    await this.#govern(encodeFunctionData({ abi: bountyRegistryAbi, functionName: 'addArbiter', args: [arbiter, 0n] }))
    const staking = { address: this.addresses.arbiterStaking, abi: arbiterStakingAbi } as const
    const stake = await this.client.readContract({ ...staking, functionName: 'MINIMUM_STAKE' })
    await this.send(this.owner.address, transferCall(this.addresses, arbiter, stake))
    await this.send(arbiter, approveCall(this.addresses, this.addresses.arbiterStaking, stake))
    await this.send(arbiter, depositStakeCall(this.addresses, stake))
  }

  /** Posts a bounty with fees and windows of its own, and right after sets others for later ones. */
  async post(bounty: PostedBounty, { duration, reveal, vote }: Rounds): Promise<BountyWindows> {
    await this.#setTerms(bounty.bountyFee, bounty.assertionFee, reveal, vote)
    await this.fund(bounty.author, bounty.amount + bounty.bountyFee)
    const order = {
      guid: parseGuid(GUID),
      artifactType: 'file',
      uri: ARTIFACT,
      bloom: bloomOf([ARTIFACT]),
      metadata: '',
    } as const
    const { amount, numArtifacts } = bounty
    const events = await this.send(
      bounty.author,
      postBountyCall(this.addresses, { ...order, amount, numArtifacts, duration }),
    )
    const posted = events.find((event) => event.eventName === 'NewBounty')
    await this.#setTerms(1n, 2n, 99, 999)
    return {
      expiration: Number(posted?.args.expirationBlock),
      assertionRevealWindow: reveal,
      arbiterVoteWindow: vote,
    }
  }

  round(): Promise<bigint> {
    return this.client.readContract({ ...this.#registry, functionName: 'getCurrentRound', args: [this.#guid] })
  }

  /** The consensus of the votes cast so far. */
  async consensus(): Promise<bigint> {
    const of = { ...this.#registry, functionName: 'getOutcome', args: [this.#guid] } as const
    const [consensus] = await this.client.readContract(of)
    return consensus
  }

  /** NCT of an account, in base units. */
  balanceOf(account: Address): Promise<bigint> {
    return this.client.readContract({ ...this.#token, functionName: 'balanceOf', args: [account] })
  }

  /** All NCT there are, in base units. */
  supply(): Promise<bigint> {
    return this.client.readContract({ ...this.#token, functionName: 'totalSupply' })
  }

  get #guid(): bigint {
    return guidToUint128(parseGuid(GUID))
  }

  get #registry() {
    return { address: this.addresses.bountyRegistry, abi: bountyRegistryAbi } as const
  }

  get #token() {
    return { address: this.addresses.nectarToken, abi: nectarTokenAbi } as const
  }

  async #setTerms(bountyFee: bigint, assertionFee: bigint, reveal: number, vote: number): Promise<void> {
    const abi = bountyRegistryAbi
    await this.#govern(encodeFunctionData({ abi, functionName: 'setBountyFee', args: [bountyFee] }))
    await this.#govern(encodeFunctionData({ abi, functionName: 'setAssertionFee', args: [assertionFee] }))
    await this.#govern(encodeFunctionData({ abi, functionName: 'setWindows', args: [BigInt(reveal), BigInt(vote)] }))
  }

  async #govern(data: Hex): Promise<void> {
    await this.send(this.owner.address, { to: this.addresses.bountyRegistry, data })
  }
}
