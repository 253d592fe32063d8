import type { BountyGas } from './gas-table.ts'

/** What a market is to do. */
export interface Market {
  /** Engines that listen. */
  engines: number
  /** Of these, the engines that assert on a bounty. */
  answering: number
  arbiters: number
  filesPerDay: number
  artifactsPerBounty: number
}

/** What it is to do it on. */
export interface Resources {
  /** Seconds between blocks, and gas in each. */
  blockTime: number
  blockGas: number
  /** Of a unit of gas, in units of a thousand-millionth of the chain's coin; and what the coin costs, in US dollars. */
  gasPriceGwei: number
  coinPrice: number
  /** Mean size of a file, in bytes. */
  fileBytes: number
  /** Bits a second of an engine's own connection, and of the daemon's. */
  engineLink: number
  daemonLink: number
  /** Cores of an engine, and of the daemon that serves all of them. */
  engineCores: number
  daemonCores: number
}

/** What was measured; see `measured.ts` for where. */
export interface Measured {
  /** Requests to the daemon for a bounty: of its ambassador, and of each engine and arbiter on it. */
  requestsOfAmbassador: number
  requestsOfParty: number
  /** Requests of each participant for each block, however many bounties there are. */
  requestsPerBlock: number
  /** Seconds of a core for a request to the daemon, and for an engine to judge a small artifact, asserting and all. */
  daemonSecondsPerRequest: number
  engineSecondsPerArtifact: number
  /** Messages a second that one daemon brings to a thousand subscribers, all together. */
  messagesPerSecond: number
  /** Bytes of the messages of a bounty: of its announcement, of an assertion with its reveal, and what else there is. */
  announcementBytes: { once: number; perArtifact: number }
  assertionBytes: { once: number; perArtifact: number }
  otherBytes: number
}

/** Of something that a market needs: how much, how much there is, and in what. */
interface Demand {
  what: string
  unit: string
  needed: number
  available: number
  /** How much of it is needed where nothing is posted. */
  standing: number
}

/** What a market comes to. */
export interface Scale {
  bountiesPerSecond: number
  gasPerBounty: number
  gasPerFile: number
  transactionsPerSecond: number
  /** US dollars for a file, of all parties together. */
  costPerFile: number
  /** What is needed of each resource; the one of which the largest part is needed first. */
  demands: Demand[]
}

const DAY = 86_400

/** What a market needs in gas, requests, bandwidth and money, and which of that it has too little of first. */
export function scaleOf(market: Market, resources: Resources, measured: Measured, gas: BountyGas): Scale {
  const { engines, answering, arbiters, filesPerDay, artifactsPerBounty: artifacts } = market
  const { blockTime, blockGas, fileBytes } = resources
  const bountiesPerSecond = filesPerDay / artifacts / DAY
  const gasPerBounty = gasOf(gas, answering, arbiters)
  const parties = answering + arbiters
  const requestsPerBounty = measured.requestsOfAmbassador + parties * measured.requestsOfParty
  const standingRequests = ((engines + arbiters + 1) * measured.requestsPerBlock) / blockTime
  const requests = bountiesPerSecond * requestsPerBounty + standingRequests
  // Announcement, assertions, reveals, votes, quorum and settlements, and the block itself.
  const messages = bountiesPerSecond * (3 + 3 * answering + 2 * arbiters) * engines
  const filesPerSecond = filesPerDay / DAY
  const share = answering / engines
  const demands: Demand[] = [
    {
      what: 'gas of the chain',
      unit: 'million gas/s',
      needed: (bountiesPerSecond * gasPerBounty) / 1e6,
      available: blockGas / blockTime / 1e6,
      standing: 0,
    },
    {
      what: 'cores of the daemon',
      unit: 'cores',
      needed: requests * measured.daemonSecondsPerRequest,
      available: resources.daemonCores,
      standing: standingRequests * measured.daemonSecondsPerRequest,
    },
    {
      what: 'event messages of the daemon',
      unit: 'messages/s',
      needed: messages + engines / blockTime,
      available: measured.messagesPerSecond,
      standing: engines / blockTime,
    },
    {
      what: 'cores of an engine',
      unit: 'cores',
      needed: filesPerSecond * share * measured.engineSecondsPerArtifact,
      available: resources.engineCores,
      standing: 0,
    },
    {
      what: 'connection of an engine',
      unit: 'Mbit/s',
      needed: (8 * (filesPerSecond * share * fileBytes + bountiesPerSecond * eventBytes(market, measured))) / 1e6,
      available: resources.engineLink / 1e6,
      standing: 0,
    },
    {
      what: 'connection of the daemon',
      unit: 'Mbit/s',
      needed:
        (8 *
          (filesPerSecond * (1 + parties) * fileBytes + bountiesPerSecond * engines * eventBytes(market, measured))) /
        1e6,
      available: resources.daemonLink / 1e6,
      standing: 0,
    },
  ]
  return {
    bountiesPerSecond,
    gasPerBounty,
    gasPerFile: gasPerBounty / artifacts,
    transactionsPerSecond: bountiesPerSecond * (2 + 3 * answering + 2 * arbiters),
    costPerFile: (gasPerBounty / artifacts) * resources.gasPriceGwei * 1e-9 * resources.coinPrice,
    demands: demands.sort((a, b) => b.needed / b.available - a.needed / a.available),
  }
}

/** Gas of a bounty that everybody sees through, approvals not counted. */
export function gasOf(gas: BountyGas, engines: number, arbiters: number): number {
  const ofEngine = gas.assert + gas.reveal + gas.settleEngine
  return gas.post + gas.settleAmbassador + engines * ofEngine + arbiters * (gas.vote + gas.settleArbiter)
}

function eventBytes({ answering, artifactsPerBounty: artifacts }: Market, measured: Measured): number {
  const { announcementBytes, assertionBytes, otherBytes } = measured
  return (
    announcementBytes.once +
    artifacts * announcementBytes.perArtifact +
    answering * (assertionBytes.once + artifacts * assertionBytes.perArtifact) +
    otherBytes
  )
}
