import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, request as startRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Polyswarmd, startPolyswarmd } from '@polyswarm/polyswarmd'
import { type Deployment, deployMarket } from '@polyswarm/polyswarmd/deploy'
import { bountyRegistryAbi, nectarTokenAbi } from '@polyswarm/protocol'
import { type Address, createPublicClient, createWalletClient, type Hash, http, type PublicClient } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import WebSocket, { WebSocketServer } from 'ws'
import { startAnvil, type TestChain } from '../../test/support/anvil.ts'
import { sampleBounties } from './ambassador/sample-artifacts.ts'
import { TruthDatabase } from './arbiter/truth-database.ts'
import { HeldChain } from './held-chain.fixture.ts'
import { createKeystoreFile, openKeystore } from './runtime/keys/keystore.ts'

const PASSWORD = 'correct horse'
const NCT = 10n ** 18n

/** A participant's account in a test market. */
export interface TestAccount {
  account: PrivateKeyAccount
  keyfile: string
}

/** A market of a test's own: chain, contracts, daemon, funded accounts. */
export class TestMarket {
  readonly directory: string
  readonly chain: TestChain
  readonly deployment: Deployment
  readonly accounts: Record<'engine' | 'rival' | 'arbiter' | 'ambassador', TestAccount>
  readonly truthDb: string
  readonly node: PublicClient
  readonly #owner: PrivateKeyAccount
  /** Absent where a block comes with each transaction. */
  readonly #clock: HeldChain | undefined
  readonly #children: ChildProcess[] = []
  #daemon: Polyswarmd
  #port: number

  private constructor(parts: {
    directory: string
    chain: TestChain
    deployment: Deployment
    accounts: TestMarket['accounts']
    truthDb: string
    daemon: Polyswarmd
    owner: PrivateKeyAccount
    clock: HeldChain | undefined
  }) {
    this.#clock = parts.clock
    this.#owner = parts.owner
    this.directory = parts.directory
    this.chain = parts.chain
    this.deployment = parts.deployment
    this.accounts = parts.accounts
    this.truthDb = parts.truthDb
    this.#daemon = parts.daemon
    this.#port = Number(new URL(parts.daemon.url).port)
    this.node = createPublicClient({ transport: http(parts.chain.rpcUrl) })
  }

  /** @param blockTime seconds between two blocks at least, see {@link HeldChain}; without it a block comes with each transaction. */
  static async start(options: { blockTime?: number; revealWindow?: number; voteWindow?: number } = {}) {
    const { blockTime, revealWindow = 10, voteWindow = 20 } = options
    const directory = await mkdtemp(join(tmpdir(), 'participants-'))
    const account = async (name: string): Promise<TestAccount> => {
      const keyfile = join(directory, `${name}.json`)
      await createKeystoreFile({ path: keyfile, password: PASSWORD, cost: 1024 })
      return { keyfile, account: await openKeystore(keyfile, PASSWORD) }
    }
    const accounts = {
      engine: await account('engine'),
      rival: await account('rival'),
      arbiter: await account('arbiter'),
      ambassador: await account('ambassador'),
    }
    const truthDb = join(directory, 'truth.db')
    writeTruth(truthDb)
    const chain = await startAnvil()
    const owner = privateKeyToAccount(generatePrivateKey())
    try {
      const deployment = await deployMarket({
        rpcUrl: chain.rpcUrl,
        account: owner,
        stakeDuration: 100,
        assertionRevealWindow: revealWindow,
        arbiterVoteWindow: voteWindow,
        arbiters: [accounts.arbiter.account.address],
        mint: Object.entries(accounts).map(
          ([
            name,
            {
              account: { address: to },
            },
          ]) => ({
            to,
            amount: (name === 'arbiter' ? 10_000_001n : 1_000n) * NCT,
          }),
        ),
      })
      const daemon = await startPolyswarmd(daemonOptions(directory, chain, deployment, 0))
      const clock = blockTime === undefined ? undefined : await HeldChain.start(chain, blockTime)
      return new TestMarket({ directory, chain, deployment, accounts, truthDb, daemon, owner, clock })
    } catch (error) {
      await chain.stop()
      throw error
    }
  }

  /** An account besides those that every market has, with 1,000 NCT. */
  async newAccount(name: string): Promise<TestAccount> {
    const [made] = await this.newAccounts([name])
    if (!made) throw new Error('There is no account.')
    return made
  }

  /** Several of them. */
  async newAccounts(names: readonly string[]): Promise<TestAccount[]> {
    const wallet = createWalletClient({ account: this.#owner, transport: http(this.chain.rpcUrl) })
    let nonce = await this.node.getTransactionCount({ address: this.#owner.address, blockTag: 'pending' })
    const made: TestAccount[] = []
    const hashes: Hash[] = []
    for (const name of names) {
      const keyfile = join(this.directory, `${name}.json`)
      await createKeystoreFile({ path: keyfile, password: PASSWORD, cost: 1024 })
      const account = await openKeystore(keyfile, PASSWORD)
      made.push({ keyfile, account })
      hashes.push(
        await wallet.writeContract({
          chain: null,
          address: this.deployment.nectar_token_address,
          abi: nectarTokenAbi,
          functionName: 'mint',
          args: [account.address, 1_000n * NCT],
          gas: 200_000n,
          gasPrice: 0n,
          nonce: nonce++,
        }),
      )
    }
    for (const hash of hashes) await this.node.waitForTransactionReceipt({ hash, pollingInterval: 50 })
    return made
  }

  /** An arbiter besides the one that every market has, with all that it needs for its stake. */
  async newArbiter(name: string): Promise<TestAccount> {
    const made = await this.newAccount(name)
    const wallet = createWalletClient({ account: this.#owner, transport: http(this.chain.rpcUrl) })
    const common = { chain: null, gasPrice: 0n } as const
    const minted = await wallet.writeContract({
      ...{ ...common, address: this.deployment.nectar_token_address, abi: nectarTokenAbi },
      ...{ functionName: 'mint', args: [made.account.address, 10_000_000n * NCT] },
    })
    await this.node.waitForTransactionReceipt({ hash: minted, pollingInterval: 50 })
    const added = await wallet.writeContract({
      ...{ ...common, address: this.deployment.bounty_registry_address, abi: bountyRegistryAbi },
      ...{ functionName: 'addArbiter', args: [made.account.address, 0n] },
    })
    await this.node.waitForTransactionReceipt({ hash: added, pollingInterval: 50 })
    return made
  }

  /** Ends the market for new bounties, for good unless it rolls over to another registry. */
  async deprecate(rollover: boolean): Promise<void> {
    const wallet = createWalletClient({ account: this.#owner, transport: http(this.chain.rpcUrl) })
    const hash = await wallet.writeContract({
      chain: null,
      address: this.deployment.bounty_registry_address,
      abi: bountyRegistryAbi,
      functionName: 'deprecate',
      args: [rollover],
      gasPrice: 0n,
    })
    await this.node.waitForTransactionReceipt({ hash, pollingInterval: 50 })
  }

  /** Starts one of the programs without an account of the market. */
  start(program: string, args: string[], env: NodeJS.ProcessEnv = {}): RunningProgram {
    const script = fileURLToPath(new URL(`../dist/bin/${program}.js`, import.meta.url))
    const child = spawn(process.execPath, [script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    this.#children.push(child)
    return new RunningProgram(child)
  }

  /** Runs one of the programs to its end, without an account of the market. */
  async runOnce(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<RunningProgram> {
    const running = this.start(program, args, env)
    await once(running.child, 'close')
    return running
  }

  /** Where the daemon listens; the same after a restart. */
  get url(): string {
    return this.#daemon.url
  }

  async stopDaemon(): Promise<void> {
    await this.#daemon.stop()
  }

  /**
   * @param names what the chain is to be called; it can be both.
   * @param keepHistory blocks for which the daemon remembers a bounty that is over.
   */
  async startDaemon(names: readonly ('home' | 'side')[] = ['side'], keepHistory?: number): Promise<void> {
    const { chains, ...options } = daemonOptions(this.directory, this.chain, this.deployment, this.#port)
    const named = Object.fromEntries(names.map((name) => [name, chains.side]))
    this.#daemon = await startPolyswarmd({ ...options, chains: named, keepHistory })
  }

  /** Starts one of the programs as a process of its own. */
  run(program: string, account: TestAccount, args: string[], url = this.url): RunningProgram {
    const workspace = program === 'consumer' ? '../../consumer' : '..'
    const script = fileURLToPath(new URL(`${workspace}/dist/bin/${program}.js`, import.meta.url))
    const name = account.keyfile.replace(/\.json$/, '')
    // Without a scheme, as the tutorial gives it.
    const common = ['--polyswarmd-addr', new URL(url).host, '--keyfile', account.keyfile, '--journal', `${name}.sqlite`]
    const child = spawn(process.execPath, [script, ...common, '--log', 'debug', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PASSWORD },
    })
    this.#children.push(child)
    const running = new RunningProgram(child)
    this.#clock?.holdFor(running)
    return running
  }

  /** Lets no block come but those that a test mines, until {@link releaseChain}. */
  async holdChain(): Promise<void> {
    await this.#clock?.hold()
  }

  releaseChain(): void {
    this.#clock?.release()
  }

  async balanceOf(address: Address): Promise<bigint> {
    const token = this.deployment.nectar_token_address
    return this.node.readContract({ address: token, abi: nectarTokenAbi, functionName: 'balanceOf', args: [address] })
  }

  /** The registry's events of one kind, oldest first. */
  async events<N extends 'NewBounty' | 'NewAssertion' | 'RevealedAssertion' | 'NewVote' | 'SettledBounty'>(name: N) {
    return this.node.getContractEvents({
      address: this.deployment.bounty_registry_address,
      abi: bountyRegistryAbi,
      eventName: name,
      fromBlock: 0n,
    })
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await this.#daemon.stop()
    await this.#clock?.stop()
    await this.chain.stop()
    await rm(this.directory, { recursive: true, force: true })
  }
}

/** A program under test and all that it said. */
export class RunningProgram {
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
  output = ''
  readonly #watchers = new Set<() => void>()

  constructor(child: ChildProcess) {
    this.child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
        for (const watcher of this.#watchers) watcher()
      })
    }
    this.exited = once(child, 'exit').then(([code]) => code as number | null)
  }

  /** Waits until the program has said something, or said it several times. */
  async said(pattern: RegExp, times = 1): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = (): void => {
      if (this.count(pattern) >= times) resolve()
    }
    this.#watchers.add(look)
    look()
    void this.exited.then((code) => reject(new Error(`ended with ${code} before ${pattern}:\n${this.output}`)))
    await promise.finally(() => this.#watchers.delete(look))
  }

  /** How often the program has said something. */
  count(pattern: RegExp): number {
    return [...this.output.matchAll(new RegExp(pattern, 'g'))].length
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal)
    return this.exited
  }
}

function writeTruth(path: string): void {
  const database = TruthDatabase.create(path)
  const artifacts = sampleBounties().flatMap((bounty) => bounty.artifacts)
  database.add(
    artifacts.map(({ content, truth }) => ({ sha256: createHash('sha256').update(content).digest('hex'), truth })),
  )
  database.close()
}

/** The node tells the daemon of its blocks: most of what a test pays for is waiting, and looking each time costs most of that. */
function daemonOptions(directory: string, { wsUrl }: TestChain, deployment: Deployment, port: number) {
  const chains = { side: { ...deployment, eth_uri: wsUrl } }
  return { data: join(directory, 'polyswarmd'), chains, port, pollingInterval: 500 }
}

/** A polyswarmd that lies: it passes everything on, and falsifies what `lie` makes something else of. */
export class LyingGateway {
  /** Requests that came, as `METHOD /path`. */
  readonly requests: string[] = []
  readonly url: string
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /**
   * @param lie gets path and honest body of an answer; what it returns is sent instead, undefined leaves it alone.
   * @param archives whether it serves archives of artifacts at all; older daemons do not.
   * @param tell gets each message of the event stream; what it returns is sent instead.
   */
  static async start(
    truth: string,
    lie: (path: string, body: Buffer) => string | Buffer | undefined,
    { archives = false, tell }: { archives?: boolean; tell?: (message: string) => string } = {},
  ) {
    const told = new WebSocketServer({ noServer: true })
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const gateway = new LyingGateway(server)
    server.on('request', (request, response) => {
      const { method = '', url = '' } = request
      const headers = archives ? request.headers : { ...request.headers, accept: 'application/json' }
      gateway.requests.push(`${method} ${url.replace(/\?.*/, '')}`)
      const forward = startRequest(`${truth}${url}`, { method, headers }, async (honest) => {
        const body = Buffer.concat(await honest.toArray())
        const said = lie(url, body) ?? body
        response.writeHead(honest.statusCode ?? 500, { 'content-type': honest.headers['content-type'] ?? '' }).end(said)
      })
      forward.on('error', () => response.destroy())
      request.pipe(forward)
    })
    server.on('upgrade', (request, socket, head) => {
      if (tell) {
        told.handleUpgrade(request, socket, head, (listener) => {
          const source = new WebSocket(`${truth.replace('http', 'ws')}${request.url}`)
          source.on('message', (message) => listener.send(tell(String(message))))
          for (const [end, other] of [[source, listener] as const, [listener, source] as const]) {
            end.on('error', () => other.terminate()).on('close', () => other.terminate())
          }
        })
        return
      }
      const { hostname, port } = new URL(truth)
      const onward = connect(Number(port), hostname, () => {
        const lines = [`GET ${request.url} HTTP/1.1`]
        for (let i = 0; i < request.rawHeaders.length; i += 2) {
          lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`)
        }
        onward.write(`${lines.join('\r\n')}\r\n\r\n`)
        onward.write(head)
        socket.pipe(onward).pipe(socket)
      })
      for (const end of [socket, onward]) end.on('error', () => [socket, onward].map((each) => each.destroy()))
    })
    return gateway
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/** Writes the market file that the programs take with --market. */
export async function writeMarketFile(path: string, deployment: Deployment): Promise<void> {
  const contracts = {
    NectarToken: deployment.nectar_token_address,
    ArbiterStaking: deployment.arbiter_staking_address,
    BountyRegistry: deployment.bounty_registry_address,
  }
  await writeFile(path, JSON.stringify({ chainId: deployment.chain_id, contracts }))
}
