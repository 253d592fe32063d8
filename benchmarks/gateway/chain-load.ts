import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deployMarket, writeDeployment } from '@polyswarm/polyswarmd/deploy'
import { approveCall, bloomOf, type MarketAddresses, newGuid, parseNct, postBountyCall } from '@polyswarm/protocol'
import { type Hex, maxUint256, numberToHex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { startAnvil, type TestChain } from '../../test/support/anvil.ts'

const ARTIFACT = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'
const GAS = 200_000n
const WINDOW = 50

/** How many transactions travel in one request. */
const BATCH = 250

/**
 * A market on a chain that mines when it is told to, and whose one ambassador posts as many bounties as are asked for.
 */
export class ChainLoad {
  readonly chain: TestChain
  /** Everything of this run, removed at the end. */
  readonly directory: string
  /** Deployment file with the node's WebSocket. */
  readonly deployment: string
  readonly #market: MarketAddresses
  readonly #ambassador: Hex
  readonly #heads: WebSocket
  readonly #headTimes = new Map<number, bigint>()
  #nonce = 0

  private constructor(chain: TestChain, directory: string, market: MarketAddresses, ambassador: Hex, heads: WebSocket) {
    this.chain = chain
    this.directory = directory
    this.deployment = join(directory, 'sidechain.json')
    this.#market = market
    this.#ambassador = ambassador
    this.#heads = heads
    heads.addEventListener('message', ({ data }) => {
      const now = process.hrtime.bigint()
      const number = /"number":"(0x[0-9a-f]+)"/.exec(String(data))?.[1]
      if (number) this.#headTimes.set(Number(number), now)
    })
  }

  static async start(): Promise<ChainLoad> {
    const chain = await startAnvil()
    const [owner, ambassador] = [generatePrivateKey(), generatePrivateKey()].map((key) => privateKeyToAccount(key)) as [
      ReturnType<typeof privateKeyToAccount>,
      ReturnType<typeof privateKeyToAccount>,
    ]
    const deployment = await deployMarket({
      rpcUrl: chain.rpcUrl,
      account: owner,
      stakeDuration: WINDOW,
      assertionRevealWindow: WINDOW,
      arbiterVoteWindow: WINDOW,
      arbiters: [owner.address],
      mint: [{ to: ambassador.address, amount: parseNct('100000000') }],
    })
    const market = {
      nectarToken: deployment.nectar_token_address,
      arbiterStaking: deployment.arbiter_staking_address,
      bountyRegistry: deployment.bounty_registry_address,
    }
    const heads = new WebSocket(chain.wsUrl)
    const load = new ChainLoad(
      chain,
      mkdtempSync(join(tmpdir(), 'gateway-')),
      market,
      ambassador.address.toLowerCase() as Hex,
      heads,
    )
    await once(heads, 'open')
    heads.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }))
    await once(heads, 'message')
    await chain.rpc('anvil_autoImpersonateAccount', [true])
    await load.#send([approveCall(market, market.bountyRegistry, maxUint256)])
    await chain.rpc('evm_setAutomine', [false])
    writeDeployment(load.deployment, { ...deployment, eth_uri: chain.wsUrl })
    return load
  }

  get registry(): Hex {
    return this.#market.bountyRegistry
  }

  /** Puts posts into the pool, which name a metadata document if there is one; none is mined yet. */
  async post(count: number, metadata = ''): Promise<void> {
    const order = {
      artifactType: 'file',
      amount: parseNct('2'),
      uri: ARTIFACT,
      numArtifacts: 1,
      duration: 100,
    } as const
    const rest = { bloom: bloomOf([ARTIFACT]), metadata }
    for (let sent = 0; sent < count; sent += BATCH) {
      const size = Math.min(BATCH, count - sent)
      await this.#send(
        Array.from({ length: size }, () => postBountyCall(this.#market, { guid: newGuid(), ...order, ...rest })),
      )
    }
  }

  /** Mines a block of what is in the pool. Returns when the node told of it first, by the monotonic clock in ns. */
  async mine(): Promise<{ number: number; at: bigint }> {
    await this.chain.rpc('evm_mine')
    const answered = process.hrtime.bigint()
    const number = Number(await this.chain.rpc<Hex>('eth_blockNumber'))
    const told = this.#headTimes.get(number)
    return { number, at: told !== undefined && told < answered ? told : answered }
  }

  async stop(): Promise<void> {
    this.#heads.close()
    await this.chain.stop()
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #send(calls: readonly { to: Hex; data: Hex }[]): Promise<void> {
    const requests = calls.map(({ to, data }, id) => {
      const nonce = numberToHex(this.#nonce++)
      const transaction = { from: this.#ambassador, to, data, nonce, gas: numberToHex(GAS), gasPrice: '0x0' }
      return { jsonrpc: '2.0', id, method: 'eth_sendTransaction', params: [transaction] }
    })
    const response = await fetch(this.chain.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requests),
    })
    const answers = (await response.json()) as { error?: { message: string } }[]
    const failed = answers.find(({ error }) => error)
    if (failed) throw new Error(`a transaction was refused: ${failed.error?.message}`)
  }
}
