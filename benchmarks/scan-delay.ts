import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createKeystoreFile } from '@polyswarm/participants/runtime'
import { startPolyswarmd } from '@polyswarm/polyswarmd'
import { type Deployment, deployMarket } from '@polyswarm/polyswarmd/deploy'
import { approveCall, bloomOf, type MarketAddresses, newGuid, parseNct, postBountyCall } from '@polyswarm/protocol'
import { createPublicClient, createWalletClient, http, maxUint256 } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { startAnvil } from '../test/support/anvil.ts'

/** Milliseconds from the event of a bounty to its assertion being sent, without the scan. */
interface Delay {
  p50: number
  p99: number
  count: number
}

/** Delays by how many bounties are open. */
export interface AssertionDelays {
  /** One bounty at a time. */
  open1: Delay
  /** One more, while a hundred are open. */
  open100: Delay
  /** A hundred that are posted at once. */
  burst100: Delay
}

const PROGRAM = fileURLToPath(new URL('../participants/dist/bin/microengine.js', import.meta.url))
const SINGLES = 40
/** Bounties before the first that counts: an engine runs for months, not for its first ten seconds. */
const WARMING_UP = 20
const MANY = 100
const DURATION = 100
const PASSWORD = 'bench'

/** Runs a whole market with one engine, posts bounties, and reads the engine's log. */
export async function assertionDelays(): Promise<AssertionDelays> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-delay-'))
  const chain = await startAnvil({ blockTime: 0.5 })
  try {
    const keyfile = join(directory, 'engine.json')
    const engine = await createKeystoreFile({ path: keyfile, password: PASSWORD, cost: 1_024 })
    const ambassador = privateKeyToAccount(generatePrivateKey())
    const deployment = await deployMarket({
      rpcUrl: chain.rpcUrl,
      account: privateKeyToAccount(generatePrivateKey()),
      stakeDuration: 100,
      assertionRevealWindow: 100,
      arbiterVoteWindow: 100,
      // Without an arbiter nobody may post; this one never votes.
      arbiters: [privateKeyToAccount(generatePrivateKey()).address],
      mint: [engine, ambassador.address].map((to) => ({ to, amount: parseNct('100000') })),
    })
    const daemon = await startPolyswarmd({
      data: join(directory, 'polyswarmd'),
      chains: { side: deployment },
      port: 0,
      pollingInterval: 20,
    })
    const poster = new Poster(chain.rpcUrl, deployment, ambassador, daemon.url)
    const watch = new EngineWatch(spawnEngine(daemon.url, keyfile, directory))
    try {
      await watch.ready()
      await poster.prepare()
      await singles(poster, watch, WARMING_UP)
      const open1 = await singles(poster, watch)
      const burst = await poster.post(MANY)
      const burst100 = delayOf(await Promise.all(burst.map((guid) => watch.delay(guid))))
      const open100 = await singles(poster, watch)
      return { open1, open100, burst100 }
    } finally {
      await watch.stop()
      await daemon.stop()
    }
  } finally {
    await chain.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

async function singles(poster: Poster, watch: EngineWatch, count = SINGLES): Promise<Delay> {
  const delays: number[] = []
  for (let i = 0; i < count; i++) {
    const [guid = ''] = await poster.post(1)
    delays.push(await watch.delay(guid))
  }
  return delayOf(delays)
}

function delayOf(delays: number[]): Delay {
  const sorted = [...delays].sort((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0)
  return { p50: at(0.5), p99: at(0.99), count: sorted.length }
}

/** An ambassador that approves once and posts as many bounties as it is told, all on one artifact. */
class Poster {
  readonly #market: MarketAddresses
  readonly #account: ReturnType<typeof privateKeyToAccount>
  readonly #url: string
  readonly #rpcUrl: string
  #uri = ''
  #address = ''
  #nonce = 0

  constructor(rpcUrl: string, deployment: Deployment, account: ReturnType<typeof privateKeyToAccount>, url: string) {
    this.#market = {
      nectarToken: deployment.nectar_token_address,
      arbiterStaking: deployment.arbiter_staking_address,
      bountyRegistry: deployment.bounty_registry_address,
    }
    this.#account = account
    this.#url = url
    this.#rpcUrl = rpcUrl
  }

  async prepare(): Promise<void> {
    const form = new FormData()
    form.append('file', new Blob(['not a malicious file\n']), 'a.txt')
    const query = `account=${this.#account.address}&chain=side`
    const uploaded = await fetch(`${this.#url}/artifacts/?${query}`, { method: 'POST', body: form })
    this.#uri = ((await uploaded.json()) as { result: string }).result
    const listed = await fetch(`${this.#url}/artifacts/${this.#uri}/?${query}`)
    this.#address = ((await listed.json()) as { result: { hash: string }[] }).result[0]?.hash ?? ''
    await this.#send([approveCall(this.#market, this.#market.bountyRegistry, maxUint256)])
  }

  /** @returns the guids of the bounties. */
  async post(count: number): Promise<string[]> {
    const guids = Array.from({ length: count }, () => newGuid())
    const calls = guids.map((guid) =>
      postBountyCall(this.#market, {
        guid,
        artifactType: 'file',
        amount: parseNct('2'),
        uri: this.#uri,
        numArtifacts: 1,
        duration: DURATION,
        bloom: bloomOf([this.#address]),
        metadata: '',
      }),
    )
    await this.#send(calls)
    return guids
  }

  async #send(calls: readonly ReturnType<typeof approveCall>[]): Promise<void> {
    const transport = http(this.#rpcUrl)
    const wallet = createWalletClient({ account: this.#account, transport })
    const node = createPublicClient({ transport })
    const hashes = await Promise.all(
      calls.map((call) =>
        wallet.sendTransaction({ ...call, chain: null, nonce: this.#nonce++, gas: 1_000_000n, gasPrice: 0n }),
      ),
    )
    for (const hash of hashes) {
      const { status } = await node.waitForTransactionReceipt({ hash, pollingInterval: 50 })
      if (status === 'success') continue
      // Says why, where it still holds.
      for (const call of calls) await node.call({ ...call, account: this.#account })
      throw new Error('a bounty was not taken')
    }
  }
}

function spawnEngine(url: string, keyfile: string, directory: string): ChildProcess {
  const args = ['--polyswarmd-addr', url, '--keyfile', keyfile, '--journal', join(directory, 'engine.sqlite')]
  const flags = [
    '--backend',
    'eicar',
    '--log',
    'debug',
    '--log-format',
    'json',
    '--allowance',
    parseNct('10000').toString(),
  ]
  return spawn(process.execPath, [PROGRAM, ...args, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PASSWORD },
  })
}

interface Line {
  time: string
  msg: string
  guid?: string
  duty?: string
  ms?: number
}

/** Reads an engine's log: when it heard of a bounty, how long it scanned, and when it sent its assertion. */
class EngineWatch {
  readonly #child: ChildProcess
  readonly #heard = new Map<string, number>()
  readonly #scans = new Map<string, number>()
  readonly #delays = new Map<string, PromiseWithResolvers<number>>()
  readonly #ready = Promise.withResolvers<void>()

  constructor(child: ChildProcess) {
    this.#child = child
    child.once('exit', (code) => this.#ready.reject(new Error(`the engine ended with ${code}`)))
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => this.#read(JSON.parse(line) as Line))
  }

  ready(): Promise<void> {
    return this.#ready.promise
  }

  delay(guid: string): Promise<number> {
    return this.#waiting(guid).promise
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.kill('SIGTERM')
    await once(this.#child, 'exit')
  }

  #waiting(guid: string): PromiseWithResolvers<number> {
    const waiting = this.#delays.get(guid) ?? Promise.withResolvers<number>()
    this.#delays.set(guid, waiting)
    return waiting
  }

  #read({ time, msg, guid = '', duty, ms = 0 }: Line): void {
    const at = Date.parse(time)
    if (msg === 'ready') this.#ready.resolve()
    else if (msg === 'bounty') this.#heard.set(guid, at)
    else if (msg === 'scanned') this.#scans.set(guid, ms)
    else if (msg === 'sending' && duty === 'assert') {
      this.#waiting(guid).resolve(at - (this.#heard.get(guid) ?? at) - (this.#scans.get(guid) ?? 0))
    }
  }
}
