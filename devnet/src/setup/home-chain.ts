import type { DataDirectory } from '../data-directory.js'
import { anvilCommand, isAnvilListening } from '../processes/anvil.js'
import { ChainGate } from '../processes/chain-gate.js'
import { hiddenAddress } from '../processes/hidden-address.js'
import { Miner } from '../processes/miner.js'
import type { ProcessPlan, SupervisedProcess } from '../processes/supervised-process.js'
import { HOME_CHAIN_ID } from '../topology.js'
import { keepNoBlockHashes } from './block-hashes.js'
import { ChainStateKeeper } from './chain-state.js'

/** What a home chain is made with. */
export interface HomeChainOptions {
  data: DataDirectory
  /** Seconds between blocks. */
  blockTime: number
  /** Whether it is there already, and goes on. */
  isNew: boolean
  /** Makes a program of the market of a plan, and starts it. */
  start: (plan: ProcessPlan) => Promise<SupervisedProcess>
}

/** The second chain of a development market, on which NCT is at home: its node, its clock, its state on disk, its door. */
export class HomeChain {
  /** Where the market's own programs find it. */
  readonly nodeRpc: string
  /** Where everybody else does. */
  readonly url: string
  readonly #gate: ChainGate
  readonly #keeper: ChainStateKeeper
  readonly #miner: Miner
  readonly #keeping = new AbortController()
  #program: SupervisedProcess | undefined
  #kept: Promise<void> | undefined

  private constructor(nodeRpc: string, gate: ChainGate, { data, blockTime }: HomeChainOptions) {
    this.nodeRpc = nodeRpc
    this.url = gate.url
    this.#gate = gate
    this.#miner = new Miner(nodeRpc, blockTime)
    this.#keeper = new ChainStateKeeper(data.homeState, nodeRpc, (write) => this.#miner.between(write))
  }

  /** Starts it; while the market is new, each transaction is mined at once. */
  static async start(options: HomeChainOptions): Promise<HomeChain> {
    const { data, start } = options
    const node = await hiddenAddress()
    const nodeRpc = `http://${node.host}:${node.port}`
    const home = new HomeChain(nodeRpc, await ChainGate.open(0, new URL(nodeRpc)), options)
    let noMining = !options.isNew
    const command = () => anvilCommand({ ...node, chainId: HOME_CHAIN_ID, state: data.homeState, noMining })
    try {
      home.#program = await start({
        name: 'home-chain',
        command: command().command,
        args: () => {
          const { args } = command()
          // Started again, it has a clock.
          noMining = true
          return args
        },
        log: data.log('home-chain'),
        ready: isAnvilListening,
      })
      await keepNoBlockHashes(nodeRpc)
    } catch (error) {
      await home.#gate.close()
      throw error
    }
    return home
  }

  /** When the market is set up: the chain stands still from here on, and its state is kept. */
  async keep(): Promise<void> {
    await this.#miner.takeOver()
    await this.#keeper.save()
    this.#kept = this.#keeper.run(this.#keeping.signal)
  }

  /** From here on there are blocks. */
  open(): void {
    this.#miner.start()
  }

  /** No more blocks, before the programs end. */
  hold(): Promise<void> {
    return this.#miner.hold()
  }

  /** Keeps the chain and ends it, after the programs. */
  async stop(): Promise<void> {
    this.#keeping.abort()
    await this.#kept
    if (this.#kept) await this.#keeper.save().catch(() => undefined)
    await this.#gate.close()
    await this.#program?.stop()
  }
}
