import type { ArtifactPlan } from '../artifact-plan.js'
import type { DataDirectory } from '../data-directory.js'
import type { MarketFile } from '../market-file.js'
import type { MarketSettings } from '../settings.js'
import { DEV_WINDOWS, type EnginePlan, VERIFIERS } from '../topology.js'
import { programOf } from './program-of.js'
import type { ProcessPlan } from './supervised-process.js'

/** The programs of a market beside its chain, in the order in which they start. */
export interface ProgramPlans {
  polyswarmd: ProcessPlan
  /** Absent where the market is started without it. */
  arbiter?: ProcessPlan
  engines: ProcessPlan[]
  /** Absent where the market's contracts are of a time without keepers. */
  keeper?: ProcessPlan
  /** Absent where the market is started without it. */
  ambassador?: ProcessPlan
  /** Who watches what crosses between two chains. */
  verifiers: ProcessPlan[]
  /** The service that people ask. */
  consumer: ProcessPlan
}

/** How often polyswarmd looks at the chain, as a part of the time between two blocks. */
const POLLS_PER_BLOCK = 4

/**
 * Where the processors are short, those go first that all others wait for, or that owe the chain something; engines decide
 * how much they take on, and what is posted last finds nobody who has time for it.
 */
export const NICE = { microengine: 5, ambassador: 10 }

/** Blocks that a transfer between the chains waits for: nothing is taken back here, unless a chain is killed. */
const RELAY_CONFIRMATIONS = '2'

/** The command lines of a market's programs: the same that a person would type. */
export function programPlans({
  data,
  file,
  settings,
  engines,
  artifacts,
  port,
  port2018,
  consumerPort,
  deskPort,
}: {
  data: DataDirectory
  file: MarketFile
  settings: MarketSettings
  engines: readonly EnginePlan[]
  artifacts: ArtifactPlan
  port: number
  port2018?: number | undefined
  consumerPort: number
  /** Where the arbiter's manual queue is served; undefined where there is none. */
  deskPort?: number | undefined
}): ProgramPlans {
  const plan = (name: string, program: string, args: readonly string[], ready: ProcessPlan['ready']): ProcessPlan => ({
    name,
    command: process.execPath,
    args: () => [program, ...args],
    log: data.log(name),
    ...(ready && { ready }),
  })
  const participant = (name: string, program: string, args: readonly string[], nice = 0) => {
    const account = file.accounts[name]
    const common = ['--polyswarmd-addr', file.polyswarmd, '--market', data.marketFile, '--journal', data.journal(name)]
    const keys = ['--keyfile', account?.keyfile ?? '', '--password-file', account?.passwordFile ?? '']
    const all = [...args, ...common, ...keys, '--log-format', 'text']
    return { ...plan(name, program, all, (line) => /^INFO +\S+ up to date/.test(line)), nice }
  }
  const pollingInterval = Math.max(Math.round((settings.blockTime * 1000) / POLLS_PER_BLOCK), 10)
  // By the second name tutorials and programs of the original call it; nobody on the internet can register it.
  const names = ['--allowed-hosts', 'polyswarmd']
  const daemon = ['--port', String(port), '--data', data.path('polyswarmd'), '--side', data.deployment, ...names]
  if (file.home) daemon.push('--home', data.homeDeployment)
  if (port2018 !== undefined) daemon.push('--api-2018-port', String(port2018))
  const verifier = (name: string) => {
    const account = file.accounts[name]
    const keys = ['--keyfile', account?.keyfile ?? '', '--password-file', account?.passwordFile ?? '']
    const chains = ['--home', data.homeDeployment, '--side', data.deployment, '--confirmations', RELAY_CONFIRMATIONS]
    const pace = ['--polling-interval', String(pollingInterval), '--data', data.path('relay', name)]
    const program = programOf('@polyswarm/polyswarmd', 'bin/polyswarmd.js')
    return plan(name, program, ['relay', ...keys, ...chains, ...pace], (line) => line.includes('verifying'))
  }
  return {
    verifiers: file.home ? VERIFIERS.map(verifier) : [],
    polyswarmd: plan(
      'polyswarmd',
      programOf('@polyswarm/polyswarmd', 'bin/polyswarmd.js'),
      [...daemon, '--polling-interval', String(pollingInterval)],
      (line) => line.includes('listening'),
    ),
    ...(!settings.without.includes('arbiter') && {
      arbiter: participant('arbiter', programOf('@polyswarm/participants', 'arbiter.js'), [
        ...['--truth-db', data.truth, '--backend'],
        // What a person posts is malicious where EICAR is anywhere in it, or a URL by its text, unless people say what it is.
        ...(deskPort === undefined
          ? ['verbatim,eicar,url']
          : ['verbatim,manual', '--cases', data.cases, '--desk-port', String(deskPort)]),
      ]),
    }),
    engines: engines.map(({ name, backends, artifacts: judged }) =>
      participant(
        name,
        programOf('@polyswarm/participants', 'microengine.js'),
        ['--backend', ...backends, ...(judged ? ['--artifact-type', ...judged] : [])],
        NICE.microengine,
      ),
    ),
    ...(file.contracts.Keeper && {
      keeper: participant('keeper', programOf('@polyswarm/participants', 'keeper.js'), []),
    }),
    consumer: participant('consumer', programOf('@polyswarm/consumer', 'bin/consumer.js'), [
      ...['--port', String(consumerPort), '--data', data.path('consumer'), '--duration', String(DEV_WINDOWS.duration)],
      // A webhook that is tried out is on the same machine.
      ...['--allow-addresses', '127.0.0.0/8', '::1'],
    ]),
    ...(!settings.without.includes('ambassador') && {
      ambassador: participant(
        'ambassador',
        programOf('@polyswarm/participants', 'ambassador.js'),
        [
          ...artifacts.ambassador,
          ...unlessGiven('BOUNTY_DURATION', ['--duration', String(artifacts.pace.duration)]),
          ...unlessGiven('ARTIFACTS_PER_BOUNTY', ['--artifacts-per-bounty', String(artifacts.pace.perBounty)]),
          ...unlessGiven('MAX_BOUNTIES_IN_FLIGHT', ['--in-flight', String(artifacts.pace.inFlight)]),
          // One batch for each start of the market, however often the ambassador itself is started again.
          '--batch',
          String(Date.now()),
          ...(settings.every === undefined ? [] : ['--every', String(settings.every)]),
        ],
        NICE.ambassador,
      ),
    }),
  }
}

/** What the environment says to a program is not overruled. */
function unlessGiven(variable: string, args: readonly string[]): readonly string[] {
  return process.env[variable] === undefined ? args : []
}
