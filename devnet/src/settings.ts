import { statSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { InvalidSettingError } from './errors.js'
import { engineNameProblem, enginePlans } from './topology.js'

/** Where a market lives, seen from where it is started, unless it is told otherwise. */
export const USUAL_DATA = '.polyswarm'

/** How a market is started. */
export interface MarketSettings {
  /** Directory that holds everything of the market: chain, ledger, artifacts, keys, journals, logs. */
  data: string
  /** Port of polyswarmd; 0 picks a free one. */
  port: number
  /** Port of the chain's JSON-RPC; 0 picks a free one. */
  chainPort: number
  /** Port of the consumer API; 0 picks a free one. Without it the usual one, where that is free. */
  consumerPort?: number
  /** Port of the page; 0 picks a free one. Without it the usual one, where that is free. */
  pagePort?: number
  /** Port for programs of 2018; 0 picks a free one. */
  api2018Port?: number
  /** Seconds between blocks. */
  blockTime: number
  /** Number of the market's own microengines. */
  engines: number
  /** Engines of the reader's, which take part besides. */
  guests: GuestEngine[]
  /** Programs of the market that are not started: one of the reader's own takes the place, with the same account. */
  without: Replaceable[]
  /** Whether a guest engine is started anew when its files change. */
  watch: boolean
  /** Command line that must succeed before a changed engine is started; `microengine check` by default. */
  check?: string
  /** Whether what the arbiter does not know waits for a person, and is not taken for benign. */
  manual: boolean
  /** Whether NCT is at home on a chain of its own, with a relay between the two. */
  twoChains: boolean
  /** Seconds after which everything is posted again. */
  every?: number
  /** Files to post instead of the samples. */
  artifacts?: string
  /** List of URLs to post instead of files. */
  urls?: string
  /** Stop when all that was posted is settled. */
  once: boolean
  /** Print one JSON document on stdout at the end; the story goes to stderr. */
  json: boolean
}

/** Programs that a market can be started without. */
const REPLACEABLE = ['arbiter', 'ambassador'] as const

/** One of them. */
type Replaceable = (typeof REPLACEABLE)[number]

/** An engine of the reader's: a file that `microengine --backend` takes. */
export interface GuestEngine {
  name: string
  file: string
}

/** The settings as the command line and the environment give them: texts. */
export interface RawSettings {
  data: string
  port: string
  chainPort: string
  blockTime: string
  engines: string
  /** `FILE` or `NAME=FILE`. */
  engine?: readonly string[]
  without?: readonly string[]
  api2018Port?: string
  consumerPort?: string
  pagePort?: string
  watch?: boolean
  check?: string
  manual?: boolean
  twoChains?: boolean
  every?: string
  artifacts?: string
  urls?: string
  once?: boolean
  json?: boolean
}

/**
 * Reads the settings.
 *
 * @throws InvalidSettingError naming the first that cannot be.
 */
export function parseSettings(raw: RawSettings): MarketSettings {
  if (raw.json && !raw.once) {
    throw new InvalidSettingError({ setting: '--json', value: 'true', expected: 'it together with --once' })
  }
  const guests = guestEngines(raw.engine ?? [])
  const engines = integer('--engines', raw.engines, guests.length > 0 ? 0 : 1, 50)
  const names = [
    ...enginePlans(engines, raw.urls === undefined ? 'file' : 'url').map(({ name }) => name),
    ...guests.map(({ name }) => name),
  ]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new InvalidSettingError({ setting: '--engine', value: twice, expected: 'each engine a name of its own' })
  }
  for (const [setting, value] of Object.entries({ '--watch': raw.watch, '--check': raw.check })) {
    if (!value || guests.length > 0) continue
    throw new InvalidSettingError({ setting, value: String(value), expected: 'it together with --engine FILE' })
  }
  if (raw.check !== undefined && !raw.watch) {
    throw new InvalidSettingError({ setting: '--check', value: raw.check, expected: 'it together with --watch' })
  }
  if (raw.manual && raw.without?.includes('arbiter')) {
    throw new InvalidSettingError({ setting: '--manual', value: 'true', expected: 'it together with the arbiter' })
  }
  if (raw.every !== undefined && raw.once) {
    throw new InvalidSettingError({ setting: '--every', value: raw.every, expected: 'it without --once' })
  }
  if (raw.once && raw.without?.includes('ambassador')) {
    throw new InvalidSettingError({ setting: '--without', value: 'ambassador', expected: 'it without --once' })
  }
  if (raw.urls !== undefined && raw.artifacts !== undefined) {
    throw new InvalidSettingError({ setting: '--urls', value: raw.urls, expected: 'it without --artifacts' })
  }
  return {
    data: resolve(raw.data),
    port: integer('--port', raw.port, 0, 65_535),
    chainPort: integer('--chain-port', raw.chainPort, 0, 65_535),
    blockTime: seconds('--block-time', raw.blockTime, 0.05, 60),
    engines,
    guests,
    without: (raw.without ?? []).map(replaceable),
    ...(raw.api2018Port !== undefined && { api2018Port: integer('--api-2018-port', raw.api2018Port, 0, 65_535) }),
    ...(raw.consumerPort !== undefined && { consumerPort: integer('--consumer-port', raw.consumerPort, 0, 65_535) }),
    ...(raw.pagePort !== undefined && { pagePort: integer('--page-port', raw.pagePort, 0, 65_535) }),
    watch: raw.watch ?? false,
    manual: raw.manual ?? false,
    twoChains: raw.twoChains ?? false,
    ...(raw.check !== undefined && { check: raw.check }),
    ...(raw.every !== undefined && { every: integer('--every', raw.every, 1, 86_400) }),
    ...(raw.artifacts !== undefined && { artifacts: resolve(raw.artifacts) }),
    ...(raw.urls !== undefined && { urls: resolve(raw.urls) }),
    once: raw.once ?? false,
    json: raw.json ?? false,
  }
}

function replaceable(value: string): Replaceable {
  const program = REPLACEABLE.find((each) => each === value)
  if (program) return program
  throw new InvalidSettingError({ setting: '--without', value, expected: `one of ${REPLACEABLE.join(', ')}` })
}

/** The name of an engine is that of its file, unless another is given in front of it. */
function guestEngines(texts: readonly string[]): GuestEngine[] {
  return texts.map((value) => {
    const [, given, path = ''] = /^(?:([^=/\\]*)=)?(.*)$/s.exec(value) ?? []
    const file = resolve(path)
    const name = given ?? basename(file, extname(file))
    const refuse = (expected: string) => new InvalidSettingError({ setting: '--engine', value, expected })
    const problem = engineNameProblem(name)
    if (problem) throw refuse(`an engine's name in front, as in my-engine=FILE: ${problem}`)
    if (path === '' || !statSync(file, { throwIfNoEntry: false })?.isFile()) throw refuse('a file that is there')
    return { name, file }
  })
}

function integer(setting: string, value: string, least: number, most: number): number {
  if (/^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value)
  throw new InvalidSettingError({ setting, value, expected: `a whole number from ${least} to ${most}` })
}

function seconds(setting: string, value: string, least: number, most: number): number {
  if (/^\d{1,9}(\.\d{1,9})?$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value)
  throw new InvalidSettingError({ setting, value, expected: `seconds from ${least} to ${most}` })
}
