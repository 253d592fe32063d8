import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { arbiterStakingAbi, nectarTokenAbi, parseJson, parseNct, stringifyJson } from '@polyswarm/protocol'
import { createPublicClient, encodeFunctionData, type Hex, http, type PrivateKeyAccount, type PublicClient } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { startAnvil, type TestChain } from '../../test/support/anvil.ts'
import { type Deployment, deployMarket, type MarketPlan } from '../src/deploy.ts'
import { type Polyswarmd, type PolyswarmdOptions, startPolyswarmd } from '../src/index.ts'
import type { GethChain } from './geth.ts'

/** An answer of the daemon: its status, and its body with exact integers. */
export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: its shape is what the tests assert, so it is not claimed here
  body: any
}

/** Windows of the test market, in blocks. */
export const WINDOWS = { reveal: 5, vote: 5 }

/** What an unsigned transaction looks like in an answer. */
export interface Unsigned {
  chainId: number
  data: Hex
  gas: number
  gasPrice: number
  nonce: number
  to: Hex
  value: number
  /** With the two below, of a transaction of EIP-1559. */
  type?: number
  maxFeePerGas?: number
  maxPriorityFeePerGas?: number
}

/** A market on a chain of its own: contracts, funded accounts, no daemon yet. */
export class TestMarket {
  readonly anvil: TestChain
  readonly deployment: Deployment
  readonly client: PublicClient
  readonly owner: PrivateKeyAccount
  readonly ambassador: PrivateKeyAccount
  readonly engines: PrivateKeyAccount[]
  readonly arbiters: PrivateKeyAccount[]
  readonly directory: string

  private constructor(anvil: TestChain, deployment: Deployment, accounts: PrivateKeyAccount[], directory: string) {
    this.anvil = anvil
    this.deployment = deployment
    this.client = createPublicClient({ transport: http(anvil.rpcUrl), pollingInterval: 20 })
    const [owner, ambassador, ...others] = accounts as [PrivateKeyAccount, PrivateKeyAccount, ...PrivateKeyAccount[]]
    this.owner = owner
    this.ambassador = ambassador
    this.engines = others.slice(0, 2)
    this.arbiters = others.slice(2)
    this.directory = directory
  }

  /**
   * @param plan what is deployed besides, or otherwise.
   * @param chain where; on a chain of anvil's own by default. It is stopped with the market.
   */
  static async start(plan: Partial<MarketPlan> = {}, chain?: GethChain): Promise<TestMarket> {
    const anvil = chain ?? (await startAnvil())
    const accounts = Array.from({ length: 6 }, () => privateKeyToAccount(generatePrivateKey()))
    const [owner, ...parties] = accounts as [PrivateKeyAccount, ...PrivateKeyAccount[]]
    await chain?.fund(accounts.map(({ address }) => address))
    const deployment = await deployMarket({
      rpcUrl: anvil.rpcUrl,
      account: owner,
      stakeDuration: 50,
      assertionRevealWindow: WINDOWS.reveal,
      arbiterVoteWindow: WINDOWS.vote,
      arbiters: parties.slice(3).map(({ address }) => address),
      mint: parties.map(({ address }) => ({ to: address, amount: parseNct('50000000') })),
      ...plan,
    })
    return new TestMarket(anvil, deployment, accounts, mkdtempSync(join(tmpdir(), 'polyswarmd-test-')))
  }

  /** Starts a daemon on this market, in a directory of the market's own. */
  daemon(options: Partial<PolyswarmdOptions> = {}): Promise<Polyswarmd> {
    return startPolyswarmd({
      data: join(this.directory, 'data'),
      chains: { side: this.deployment },
      port: 0,
      pollingInterval: 20,
      ...options,
    })
  }

  /** Sends a transaction past the daemon, and waits until it is mined. */
  async send(account: PrivateKeyAccount, to: Hex, data: Hex): Promise<Hex> {
    const [nonce, gasPrice] = await Promise.all([
      this.client.getTransactionCount({ address: account.address }),
      this.deployment.free ? 0n : this.client.getGasPrice(),
    ])
    const raw = await account.signTransaction({
      type: 'legacy',
      chainId: this.anvil.chainId,
      nonce,
      gas: 5_000_000n,
      gasPrice,
      to,
      data,
    })
    const hash = await this.client.sendRawTransaction({ serializedTransaction: raw })
    const { status } = await this.client.waitForTransactionReceipt({ hash })
    if (status !== 'success') throw new Error(`transaction ${hash} failed`)
    return hash
  }

  /** Locks the minimum stake of every arbiter. */
  async stakeArbiters(): Promise<void> {
    const { nectar_token_address: token, arbiter_staking_address: staking } = this.deployment
    const amount = parseNct('10000000')
    for (const arbiter of this.arbiters) {
      const approve = { abi: nectarTokenAbi, functionName: 'approve', args: [staking, amount] } as const
      await this.send(arbiter, token, encodeFunctionData(approve))
      const deposit = { abi: arbiterStakingAbi, functionName: 'deposit', args: [amount] } as const
      await this.send(arbiter, staking, encodeFunctionData(deposit))
    }
  }

  async stop(): Promise<void> {
    await this.anvil.stop()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** Asks a daemon over HTTP. */
export class TestClient {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  async get(path: string): Promise<Answer> {
    return answerOf(await fetch(`${this.url}${path}`))
  }

  async post(path: string, body?: unknown): Promise<Answer> {
    return this.send('POST', path, body === undefined ? undefined : stringifyJson(body))
  }

  /** Any method with a JSON text as its body, which fetch would not send with GET. */
  send(method: string, path: string, text?: string, type = 'application/json'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }
      const sent = request(`${this.url}${path}`, { method, headers, agent: false }, async (response) => {
        const parts: Buffer[] = []
        for await (const part of response) parts.push(part as Buffer)
        const body = Buffer.concat(parts).toString()
        resolve({ status: response.statusCode ?? 0, body: bodyOf(body) })
      })
      sent.once('error', reject)
      sent.end(text)
    })
  }

  async upload(files: readonly (string | Uint8Array<ArrayBuffer>)[], field = 'file'): Promise<Answer> {
    const form = new FormData()
    for (const [index, file] of files.entries()) form.append(field, new Blob([file]), `../../name-${index}`)
    return answerOf(await fetch(`${this.url}/artifacts`, { method: 'POST', body: form }))
  }

  /** Signs what the daemon built, sends it through the daemon and returns what became of it. */
  async signAndSend(account: PrivateKeyAccount, built: Answer, chain?: 'home' | 'side'): Promise<Answer> {
    if (built.status !== 200) return built
    const raw = await Promise.all(
      (built.body.result.transactions as Unsigned[]).map(
        ({ gas, gasPrice, value, maxFeePerGas, maxPriorityFeePerGas = 0, type: _type, ...rest }) => {
          const common = { ...rest, gas: BigInt(gas), value: BigInt(value) }
          if (maxFeePerGas === undefined) {
            return account.signTransaction({ ...common, type: 'legacy', gasPrice: BigInt(gasPrice) })
          }
          const fees = { maxFeePerGas: BigInt(maxFeePerGas), maxPriorityFeePerGas: BigInt(maxPriorityFeePerGas) }
          return account.signTransaction({ ...common, type: 'eip1559', ...fees })
        },
      ),
    )
    const path = `/transactions?account=${account.address}${chain ? `&chain=${chain}` : ''}`
    const sent = await this.post(path, { transactions: raw.map((hex) => hex.slice(2)) })
    if (sent.status !== 200) return sent
    const hashes = sent.body.result.map(({ message }: { message: string }) => message)
    return this.send('GET', path, JSON.stringify({ transactions: hashes }))
  }
}

function bodyOf(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return text
  }
}

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, body: bodyOf(await response.text()) }
}
