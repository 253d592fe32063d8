import {
  approveCall,
  bloomOf,
  bountyRegistryAbi,
  commitmentOf,
  type Guid,
  type MarketCall,
  newGuid,
  parseNct,
  postAssertionCall,
  postBountyCall,
  revealAssertionCall,
  settleBountyCall,
  voteOnBountyCall,
} from '@polyswarm/protocol'
import { encodeFunctionData, type PrivateKeyAccount } from 'viem'
import { type TestMarket, WINDOWS } from './test-market.ts'

const URI = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'
const NONCE = 42n

/** What parties do on the chain itself, past any daemon. */
export class MarketMoves {
  readonly market: TestMarket
  readonly addresses

  constructor(market: TestMarket) {
    this.market = market
    this.addresses = {
      nectarToken: market.deployment.nectar_token_address,
      arbiterStaking: market.deployment.arbiter_staking_address,
      bountyRegistry: market.deployment.bounty_registry_address,
    }
  }

  /** Posts a bounty on one artifact. */
  async post(
    options: { duration?: number; metadata?: string; uri?: string; numArtifacts?: number } = {},
  ): Promise<Guid> {
    const { duration = 10, metadata = '', uri = URI, numArtifacts = 1 } = options
    const guid = newGuid()
    const amount = parseNct('2') * BigInt(numArtifacts)
    const order = {
      guid,
      artifactType: 'file',
      amount,
      uri,
      numArtifacts,
      duration,
      bloom: bloomOf([uri]),
      metadata,
    } as const
    await this.#approve(this.market.ambassador, amount + parseNct('1'))
    await this.#send(this.market.ambassador, postBountyCall(this.addresses, order))
    return guid
  }

  async assert(guid: Guid, engine: PrivateKeyAccount, malicious = true): Promise<void> {
    const commitment = commitmentOf({ verdicts: malicious ? 1n : 0n, nonce: NONCE, author: engine.address })
    await this.#approve(engine, parseNct('2'))
    await this.#send(engine, postAssertionCall(this.addresses, { guid, bids: [parseNct('1')], mask: 1n, commitment }))
  }

  async reveal(
    guid: Guid,
    engine: PrivateKeyAccount,
    index: number,
    options: { malicious?: boolean; metadata?: string } = {},
  ) {
    const { malicious = true, metadata = '' } = options
    const order = { guid, index, nonce: NONCE, verdicts: malicious ? 1n : 0n, metadata }
    await this.#send(engine, revealAssertionCall(this.addresses, order))
  }

  async vote(guid: Guid, arbiter: PrivateKeyAccount, malicious = true): Promise<void> {
    await this.#send(arbiter, voteOnBountyCall(this.addresses, { guid, votes: malicious ? 1n : 0n, validBloom: true }))
  }

  async settle(guid: Guid, party: PrivateKeyAccount): Promise<void> {
    await this.#send(party, settleBountyCall(this.addresses, guid))
  }

  /** A whole bounty of one artifact with two engines, one of them wrong, from post to the last payout. */
  async wholeBounty(metadata = '', revealMetadata = ''): Promise<Guid> {
    const { engines, arbiters, ambassador } = this.market
    const guid = await this.post({ duration: 6, metadata })
    const expiration = (await this.head()) + 6
    for (const [index, engine] of engines.entries()) await this.assert(guid, engine, index === 0)
    await this.mineTo(expiration - 1)
    for (const [index, engine] of engines.entries()) {
      await this.reveal(guid, engine, index, { malicious: index === 0, metadata: revealMetadata })
    }
    await this.mineTo(expiration + WINDOWS.reveal - 1)
    for (const arbiter of arbiters) await this.vote(guid, arbiter)
    await this.mineTo(expiration + WINDOWS.reveal + WINDOWS.vote - 1)
    for (const party of [ambassador, ...engines, ...arbiters]) await this.settle(guid, party)
    return guid
  }

  /** Mines empty blocks until the head is at a number. */
  async mineTo(number: number): Promise<void> {
    const missing = number - (await this.head())
    if (missing > 0) await this.market.anvil.mine(missing)
  }

  /** What the owner of the registry does. */
  async govern(functionName: 'setBountyFee' | 'setWindows' | 'deprecate' | 'undeprecate', args: readonly unknown[]) {
    const call = { abi: bountyRegistryAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0]
    await this.#send(this.market.owner, { to: this.addresses.bountyRegistry, data: encodeFunctionData(call) })
  }

  async head(): Promise<number> {
    return Number(await this.market.client.getBlockNumber({ cacheTime: 0 }))
  }

  #approve(account: PrivateKeyAccount, amount: bigint): Promise<unknown> {
    return this.#send(account, approveCall(this.addresses, this.addresses.bountyRegistry, amount))
  }

  #send(account: PrivateKeyAccount, { to, data }: MarketCall): Promise<unknown> {
    return this.market.send(account, to, data)
  }
}
