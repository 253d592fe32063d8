import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { erc20RelayAbi, nectarTokenAbi, parseNct } from '@polyswarm/protocol'
import { pino } from 'pino'
import { type Address, createWalletClient, http, type PublicClient } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { type Deployment, deployMarket } from '../../polyswarmd/src/deploy.ts'
import { type Polyswarmd, startPolyswarmd } from '../../polyswarmd/src/index.ts'
import { type RelayEnd, relayEnd } from '../../polyswarmd/src/relay/relay-end.ts'
import { RelayJournal } from '../../polyswarmd/src/relay/relay-journal.ts'
import { RelayVerifier } from '../../polyswarmd/src/relay/relay-verifier.ts'
import { startAnvil, type TestChain } from './anvil.ts'

/** Blocks that verifiers wait for. */
const CONFIRMATIONS = 2

/** What the side relay can pay deposits from. */
const RESERVE = parseNct('1000000')

/** A chain with its contracts. */
export interface BridgeChain {
  chain: TestChain
  deployment: Deployment
  end: RelayEnd
  client: PublicClient
}

/** A market on two chains, with relays, verifiers and one daemon; a block comes with each transaction. */
export class Bridge {
  readonly directory = mkdtempSync(join(tmpdir(), 'bridge-'))
  readonly home: BridgeChain
  readonly side: BridgeChain
  readonly owner: PrivateKeyAccount
  readonly daemon: Polyswarmd
  readonly #verifiers: readonly PrivateKeyAccount[]
  readonly #running = new Map<number, { stop: AbortController; ended: Promise<void> }>()

  private constructor(parts: {
    home: BridgeChain
    side: BridgeChain
    owner: PrivateKeyAccount
    verifiers: readonly PrivateKeyAccount[]
    daemon: Polyswarmd
  }) {
    this.home = parts.home
    this.side = parts.side
    this.owner = parts.owner
    this.daemon = parts.daemon
    this.#verifiers = parts.verifiers
  }

  /** @param exchangeRate of the home relay, from which its fee follows. */
  static async start(exchangeRate = 0n): Promise<Bridge> {
    const owner = privateKeyToAccount(generatePrivateKey())
    const verifiers = Array.from({ length: 3 }, () => privateKeyToAccount(generatePrivateKey()))
    const deployed = async (name: 'home' | 'side', chainId: number): Promise<BridgeChain> => {
      const chain = await startAnvil({ chainId })
      const relay = {
        verifiers: verifiers.map(({ address }) => address),
        ...(name === 'home' && exchangeRate > 0n && { exchangeRate, feeWallet: owner.address }),
      }
      const windows = { stakeDuration: 5, assertionRevealWindow: 5, arbiterVoteWindow: 5 }
      const deployment = await deployMarket({ rpcUrl: chain.rpcUrl, account: owner, ...windows, relay })
      const end = relayEnd(name, deployment)
      return { chain, deployment, end, client: end.client }
    }
    const [home, side] = await Promise.all([deployed('home', 1337), deployed('side', 1338)])
    const daemon = await startPolyswarmd({
      data: mkdtempSync(join(tmpdir(), 'bridge-daemon-')),
      chains: { home: home.deployment, side: side.deployment },
      port: 0,
      pollingInterval: 20,
    })
    const bridge = new Bridge({ home, side, owner, verifiers, daemon })
    await bridge.mint(side, side.end.relay, RESERVE)
    return bridge
  }

  /** Starts a verifier; with `forgetful`, one that has lost what it knew. */
  startVerifier(index: number, forgetful = false): void {
    const account = this.#verifiers[index]
    if (!account) throw new TypeError(`there is no verifier ${index}`)
    const file = join(this.directory, `verifier-${index}${forgetful ? `-${Math.random()}` : ''}.sqlite`)
    const journal = RelayJournal.open(file, { home: this.home.end.relay, side: this.side.end.relay })
    const stop = new AbortController()
    const ends = { home: this.home.end, side: this.side.end }
    const log = pino({ level: process.env.BRIDGE_LOG ?? 'silent' })
    const verifier = new RelayVerifier({ ...ends, account, journal, confirmations: CONFIRMATIONS, log, interval: 20 })
    this.#running.set(index, { stop, ended: verifier.run(stop.signal).finally(() => journal.close()) })
  }

  /** Ends a verifier. */
  async stopVerifier(index: number): Promise<void> {
    const running = this.#running.get(index)
    this.#running.delete(index)
    running?.stop.abort()
    await running?.ended
  }

  /** Makes NCT on a chain. */
  async mint({ chain, deployment, client }: BridgeChain, to: Address, amount: bigint): Promise<void> {
    await this.#write(chain, client, deployment.nectar_token_address, 'mint', [to, amount], this.owner)
  }

  /** Sends NCT on a chain, past the daemon. */
  async send({ chain, deployment, client }: BridgeChain, from: PrivateKeyAccount, to: Address, amount: bigint) {
    return this.#write(chain, client, deployment.nectar_token_address, 'transfer', [to, amount], from)
  }

  balanceOf({ client, deployment }: BridgeChain, account: Address): Promise<bigint> {
    const token = { address: deployment.nectar_token_address, abi: nectarTokenAbi } as const
    return client.readContract({ ...token, functionName: 'balanceOf', args: [account] })
  }

  fees({ client, end }: BridgeChain): Promise<bigint> {
    return client.readContract({ address: end.relay, abi: erc20RelayAbi, functionName: 'fees' })
  }

  /** Mines on both chains until something holds. */
  async minedUntil(holds: () => Promise<boolean> | boolean): Promise<void> {
    while (!(await holds())) await this.mine()
  }

  /** Mines a block on both chains. */
  async mine(blocks = 1): Promise<void> {
    await Promise.all([this.home.chain.mine(blocks), this.side.chain.mine(blocks)])
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((index) => this.stopVerifier(index)))
    await this.daemon.stop()
    await Promise.all([this.home.chain.stop(), this.side.chain.stop()])
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #write(
    chain: TestChain,
    client: PublicClient,
    address: Address,
    functionName: 'mint' | 'transfer',
    args: readonly [Address, bigint],
    account: PrivateKeyAccount,
  ) {
    const wallet = createWalletClient({ account, transport: http(chain.rpcUrl) })
    const call = { address, abi: nectarTokenAbi, functionName, args, chain: null, gasPrice: 0n } as const
    const hash = await wallet.writeContract(call)
    await client.waitForTransactionReceipt({ hash })
    return hash
  }
}
