import { type ArtifactType, parseNct } from '@polyswarm/protocol'

/** A microengine of the market. */
export interface EnginePlan {
  /** Its name in the story. */
  name: string
  /** What it scans with: backends that are shipped, or a file. */
  backends: readonly string[]
  /** Kinds of artifacts it takes; a file says that itself. */
  artifacts?: readonly ArtifactType[]
}

const FILE_AND_URL = ['file', 'url'] as const
const ENGINES = {
  // What people ask about can be a URL in any market.
  file: [
    { name: 'eicar', backends: ['eicar', 'url'], artifacts: FILE_AND_URL },
    { name: 'yara', backends: ['yara'], artifacts: ['file'] },
    { name: 'contrarian', backends: ['contrarian'], artifacts: FILE_AND_URL },
  ],
  url: ['url', 'yara', 'contrarian'].map((name) => ({ name, backends: [name], artifacts: ['url'] })),
} as const satisfies Record<ArtifactType, readonly EnginePlan[]>

/**
 * The microengines of a market: one that knows EICAR, or what bad URLs look like, one with YARA rules, and one that is often
 * wrong on purpose, so that money moves; then the same again with numbers.
 *
 * @param posted what the market's ambassador posts.
 */
export function enginePlans(count: number, posted: ArtifactType): EnginePlan[] {
  const kinds: readonly EnginePlan[] = ENGINES[posted]
  return Array.from({ length: count }, (_, index) => {
    const round = Math.floor(index / kinds.length) + 1
    const kind = kinds[index % kinds.length] as EnginePlan
    return round === 1 ? kind : { ...kind, name: `${kind.name}-${round}` }
  })
}

/** Names that stand for something else in a market: its other programs and accounts. */
const TAKEN = [
  ...['ambassador', 'arbiter', 'chain', 'consumer', 'deployer', 'guest', 'home-chain', 'keeper', 'microengine'],
  ...['polyswarmd', 'verifier-1', 'verifier-2', 'verifier-3'],
]

/** Why an engine cannot go by a name, which is also part of the names of its files; undefined where it can. */
export function engineNameProblem(name: string): string | undefined {
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/.test(name)) return 'small letters, digits, - and _, at most 40'
  return TAKEN.includes(name) ? `${name} is somebody else in the market` : undefined
}

/** The chain's rules in a dev market: short windows, so that a bounty ends in seconds. All in blocks. */
export const DEV_WINDOWS = {
  duration: 15,
  assertionRevealWindow: 10,
  arbiterVoteWindow: 15,
  stakeDuration: 100,
} as const

/** The chain id of the original's side chain. */
export const DEV_CHAIN_ID = 1338

/** That of its home chain, where a market has two. */
export const HOME_CHAIN_ID = 1337

/** Accounts that verify what crosses between two chains. */
export const VERIFIERS = ['verifier-1', 'verifier-2', 'verifier-3'] as const

/** All NCT there ever were, in base units. */
export const TOTAL_SUPPLY = parseNct('1885913075.851542181982426285')

/**
 * Where a market has two chains, so much of it is on the side chain at first, and the rest at home. The relay of each chain
 * holds as much as is out on the other: what is in accounts on both together is all there ever were.
 */
export const SIDE_SUPPLY = TOTAL_SUPPLY / 2n

/** What each account has on the home chain at first, besides. */
export const HOME_BALANCE = parseNct('100000')

/**
 * What each account starts with. `microengine` and `guest` are spare ones, for programs of
 * the reader's own.
 */
export function openingBalances(engines: readonly EnginePlan[]): Record<string, bigint> {
  const balances: Record<string, bigint> = {
    ambassador: parseNct('10000000'),
    arbiter: parseNct('20000000'),
    consumer: parseNct('1000000'),
    microengine: parseNct('100000'),
    guest: parseNct('100000'),
    keeper: 0n,
  }
  for (const { name } of engines) balances[name] = parseNct('100000')
  const given = Object.values(balances).reduce((sum, balance) => sum + balance, 0n)
  return { deployer: TOTAL_SUPPLY - given, ...balances }
}
