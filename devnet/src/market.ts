import type { PageServer } from '@polyswarm/dashboard'
import type { Hex } from 'viem'
import { type ArtifactPlan, planArtifacts } from './artifact-plan.js'
import { DataDirectory } from './data-directory.js'
import { InvalidSettingError, ProcessFailedError } from './errors.js'
import { Faucet } from './faucet/faucet.js'
import type { MarketFile } from './market-file.js'
import { openArbiterDesk } from './page/arbiter-desk.js'
import { BlockControl } from './page/block-control.js'
import { openMarketPage } from './page/market-page.js'
import { anvilCommand, isAnvilListening } from './processes/anvil.js'
import { ChainGate } from './processes/chain-gate.js'
import { freePort } from './processes/free-port.js'
import { hiddenAddress } from './processes/hidden-address.js'
import { Miner } from './processes/miner.js'
import { ProcessRegister } from './processes/process-register.js'
import { programPlans } from './processes/program-plans.js'
import { type ProcessEvents, type ProcessPlan, SupervisedProcess } from './processes/supervised-process.js'
import { EngineReloader, type ReloadEvents } from './reload/engine-reloader.js'
import { leftOutLines } from './report/left-out.js'
import type { MarketSettings } from './settings.js'
import { unlockAccount } from './setup/accounts.js'
import { keepNoBlockHashes } from './setup/block-hashes.js'
import { ChainStateKeeper } from './setup/chain-state.js'
import { HomeChain } from './setup/home-chain.js'
import { accountOf, setUpMarket } from './setup/set-up-market.js'
import { DEV_CHAIN_ID, enginePlans } from './topology.js'

/** What a market tells while it starts and runs. */
export interface MarketEvents extends Pick<ProcessEvents, 'restarted' | 'failed'>, ReloadEvents {
  /** The next step of the start. */
  step: (text: string) => void
  /** An engine of the reader's has written a line, which is in the log as well. */
  guestWrote?: (name: string, line: string, log: string) => void
  /** The market is being stopped, and these programs have not ended yet. */
  ending?: (names: readonly string[]) => void
}

/** A market whose programs run. */
export interface RunningMarket {
  file: MarketFile
  /** Whether the market was there before, and goes on. */
  continued: boolean
  artifacts: ArtifactPlan
  /** Its engines, and where they write down what they decide. */
  engines: readonly { name: string; journal: string }[]
  /** Starts the blocks. */
  open(): void
  /** Does something while the chain stands still: no block is mined before it is over. */
  between<T>(work: () => Promise<T>): Promise<T>
  /** The chain was followed to a block: without that, the next one is slow to come. To be called for each block, or never. */
  followed(number: number): void
  /**
   * Ends every program, in the order that loses nothing, and keeps the chain.
   *
   * @param force ends them without waiting for what they are doing.
   */
  stop(force?: AbortSignal): Promise<void>
}

/**
 * Starts a whole market: chain, contracts, polyswarmd, arbiter, microengines, ambassador. The chain stands still until all
 * of them are ready and it is opened, and from when they are told to end: nobody misses a block of what an earlier start
 * has left open, and what the ambassador sends meanwhile is in the first one. If something fails on the way, everything
 * that was started is ended again.
 *
 * @param signals `stopping` gives the start up; `force` lets nothing that is to end take its time.
 * @throws DataDirectoryError, PortTakenError, ArtifactDirectoryError before anything is started.
 * @throws ProcessFailedError naming the program that does not come up.
 */
export async function startMarket(
  settings: MarketSettings,
  events: MarketEvents,
  signals: { stopping?: AbortSignal; force?: AbortSignal } = {},
): Promise<RunningMarket> {
  const guests = settings.guests.map(({ name, file }) => ({ name, backends: [file] }))
  const engines = [...enginePlans(settings.engines, settings.urls === undefined ? 'file' : 'url'), ...guests]
  const artifacts = await planArtifacts(settings, engines.length)
  const data = DataDirectory.open(settings.data)
  for (const line of leftOutLines(artifacts.leftOut)) events.step(line)
  const [first, ...others] = artifacts.unseen
  if (first !== undefined) {
    const more = others.length > 0 ? ` and ${others.length} more` : ''
    events.step(
      `${first}${more} cannot be looked into: benign in this market, unless moved into a folder named malicious`,
    )
  }
  if (data.mended.length > 0) {
    events.step(`others could read ${data.mended[0]} and what is in it until now: it is private from here on`)
  }
  const before = data.readMarket()
  if (settings.twoChains && before && !before.home) {
    const expected = 'a market that was begun with two: choose another directory with --data'
    throw new InvalidSettingError({ setting: '--two-chains', value: 'a market of one chain', expected })
  }
  const register = await ProcessRegister.claim(data, async (rpcUrl) => {
    events.step('an earlier start was cut short: keeping its chain')
    // Where it does not answer, there is what was written down a moment before.
    await new ChainStateKeeper(data.chainState, rpcUrl).save().catch(() => undefined)
  })
  const ports = async () => ({
    port: await freePort(settings.port, '--port'),
    chainPort: await freePort(settings.chainPort, '--chain-port'),
    port2018: settings.api2018Port === undefined ? undefined : await freePort(settings.api2018Port, '--api-2018-port'),
    consumerPort: await usualPort(settings, settings.consumerPort, CONSUMER_PORT, '--consumer-port'),
    deskPort: settings.manual ? await freePort(0, '--manual') : undefined,
    pagePort: await usualPort(settings, settings.pagePort, PAGE_PORT, '--page-port'),
    node: await hiddenAddress(),
  })
  const {
    port,
    chainPort,
    port2018,
    consumerPort: consumer,
    deskPort,
    pagePort,
    node,
  } = await ports().catch((error: unknown) => {
    register.release()
    throw error
  })
  const nodeRpc = `http://${node.host}:${node.port}`

  const chainId = before?.chainId ?? DEV_CHAIN_ID
  const miner = new Miner(nodeRpc, settings.blockTime)
  const keeper = new ChainStateKeeper(data.chainState, nodeRpc, (write) => miner.between(write))
  const blocks = new BlockControl(miner)
  /** While a new market is set up, each transaction is mined at once. */
  let isNew = before === undefined
  const keeping = new AbortController()
  const running: SupervisedProcess[] = []
  let chain: SupervisedProcess | undefined
  let gate: ChainGate | undefined
  let home: HomeChain | undefined
  let faucet: Faucet | undefined
  let page: PageServer | undefined
  let kept: Promise<void> | undefined
  const watching = new AbortController()
  const reloading: Promise<void>[] = []
  const start = async (plan: ProcessPlan) => {
    const started = (name: string, pid: number) => register.add(name, pid)
    const isGuest = settings.guests.some(({ name }) => name === plan.name)
    const guest = settings.watch ? settings.guests.find(({ name }) => name === plan.name) : undefined
    // An engine that is being worked on may be broken; the market waits for its next change.
    const refused = (error: ProcessFailedError) => events.refused(plan.name, false, [error.message])
    const program = new SupervisedProcess(plan, {
      started,
      restarted: (name, ...what) => {
        miner.away(name)
        events.restarted(name, ...what)
      },
      back: (name) => miner.back(name),
      failed: guest ? refused : events.failed,
      ...(isGuest && { wrote: (name: string, line: string) => events.guestWrote?.(name, line, plan.log) }),
    })
    if (plan.name === 'chain') chain = program
    else if (plan.name !== 'home-chain') running.push(program)
    if (!guest) {
      await program.start()
      return program
    }
    reloading.push(new EngineReloader(guest, { check: settings.check, process: program, events }).run(watching.signal))
    await program.start().catch((error: unknown) => {
      if (watching.signal.aborted || !(error instanceof ProcessFailedError)) throw error
      refused(error)
    })
    return program
  }
  const startChain = () => {
    const command = () => anvilCommand({ ...node, chainId, state: data.chainState, noMining: !isNew })
    return start({
      name: 'chain',
      command: command().command,
      args: () => command().args,
      log: data.log('chain'),
      ready: isAnvilListening,
    })
  }
  const stop = async (force?: AbortSignal) => {
    watching.abort()
    await page?.close()
    await faucet?.close()
    await Promise.all([blocks.close(), home?.hold()])
    const left = new Set(running.map(({ name }) => name))
    const end = async (program: SupervisedProcess) => {
      await program.stop(force)
      left.delete(program.name)
      events.ending?.([...left])
    }
    events.ending?.([...left])
    await Promise.all([...running.map(end), ...reloading])
    keeping.abort()
    await kept
    if (kept) await keeper.save().catch(() => undefined)
    await gate?.close()
    await Promise.all([chain?.stop(), home?.stop()])
    register.release()
  }

  try {
    gate = await ChainGate.open(chainPort, new URL(nodeRpc))
    const urls = {
      polyswarmd: `http://127.0.0.1:${port}`,
      polyswarmd2018: port2018 === undefined ? undefined : `http://127.0.0.1:${port2018}`,
      consumerApi: `http://127.0.0.1:${consumer}/v3`,
      nodeRpc,
      chainRpc: gate.url,
    }
    const isDouble = settings.twoChains || before?.home !== undefined
    const what = isDouble ? ['the chains go on', 'two new chains'] : ['the chain goes on', 'a new chain']
    events.step(before ? `${what[0]}` : `${what[1]}: deploying the contracts, funding the accounts`)
    await startChain()
    await keepNoBlockHashes(nodeRpc)
    if (isDouble) home = await HomeChain.start({ data, blockTime: settings.blockTime, isNew, start })
    const atHome = home && { nodeRpc: home.nodeRpc, chainRpc: home.url }
    const file = await setUpMarket({ data, before, engines, ...urls, chainId, home: atHome })
    if (!before) {
      await miner.takeOver()
      isNew = false
      await keeper.save()
    }
    await home?.keep()
    kept = keeper.run(keeping.signal)
    artifacts.writeTruth(data.truth)
    faucet = await Faucet.open({
      nodeRpc,
      token: file.contracts.NectarToken as Hex,
      deployer: await unlockAccount(accountOf(file.accounts, 'deployer')),
    })
    file.faucet = faucet.url
    const desk = deskPort === undefined ? undefined : openArbiterDesk(data.cases, deskPort)
    page = await openMarketPage({ port: pagePort, file, blocks, faucet, desk })
    file.dashboard = page.url
    data.writeJson(data.marketFile, file)
    register.noteChain(nodeRpc)
    const plans = programPlans({
      data,
      file,
      settings,
      engines,
      artifacts,
      port,
      port2018,
      consumerPort: consumer,
      deskPort,
    })
    const others = [
      plans.polyswarmd,
      ...plans.verifiers,
      plans.arbiter,
      plans.keeper,
      ...plans.engines,
      plans.consumer,
      plans.ambassador,
    ].filter((plan) => plan !== undefined)
    const arbiter = plans.arbiter ? 'the arbiter' : 'no arbiter'
    const ambassador = plans.ambassador ? 'the ambassador' : 'no ambassador'
    const services = `polyswarmd, ${ambassador}, ${arbiter}, the keeper, the consumer service`
    events.step(`${services} and ${engines.length} microengines start`)
    await unless(signals.stopping, Promise.all(others.map(start)))
    return {
      ...{ file, continued: before !== undefined, artifacts, stop },
      between: (work) => miner.between(work),
      followed: (number) => miner.followed(number),
      engines: engines.map(({ name }) => ({ name, journal: data.journal(name) })),
      open: () => {
        blocks.open()
        home?.open()
      },
    }
  } catch (error) {
    await stop(signals.force)
    throw error
  }
}

/** Where the public command line looks for a service on this machine, and where the page is beside it. */
const CONSUMER_PORT = 9_696
const PAGE_PORT = 9_697

/** The port that was asked for, else the usual one where nobody has it. */
async function usualPort(
  { port }: MarketSettings,
  wanted: number | undefined,
  usual: number,
  setting: string,
): Promise<number> {
  if (wanted !== undefined) return freePort(wanted, setting)
  // Whoever takes free ports means to have several markets.
  return freePort(port === 0 ? 0 : usual, setting).catch(() => freePort(0, setting))
}

/** Waits for something, and no longer than until the signal fires, whose reason is thrown then. */
async function unless<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work
  const { promise: given, reject } = Promise.withResolvers<never>()
  const giveUp = () => reject(signal.reason)
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  try {
    return await Promise.race([work, given])
  } finally {
    signal.removeEventListener('abort', giveUp)
    // What is ended on the way has no more to say.
    work.catch(() => undefined)
  }
}
