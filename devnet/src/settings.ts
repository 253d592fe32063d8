import { resolve } from 'node:path'
import { InvalidSettingError } from './errors.js'

/** How a market is started. */
export interface MarketSettings {
  /** Directory that holds everything of the market: chain, ledger, artifacts, keys, journals, logs. */
  data: string
  /** Port of polyswarmd; 0 picks a free one. */
  port: number
  /** Port of the chain's JSON-RPC; 0 picks a free one. */
  chainPort: number
  /** Seconds between blocks. */
  blockTime: number
  /** Number of microengines. */
  engines: number
  /** Files to post instead of the samples. */
  artifacts?: string
  /** Stop when all that was posted is settled. */
  once: boolean
  /** Print one JSON document on stdout at the end; the story goes to stderr. */
  json: boolean
}

/** The settings as the command line and the environment give them: texts. */
export interface RawSettings {
  data: string
  port: string
  chainPort: string
  blockTime: string
  engines: string
  artifacts?: string
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
  return {
    data: resolve(raw.data),
    port: integer('--port', raw.port, 0, 65_535),
    chainPort: integer('--chain-port', raw.chainPort, 0, 65_535),
    blockTime: seconds('--block-time', raw.blockTime, 0.05, 60),
    engines: integer('--engines', raw.engines, 1, 50),
    ...(raw.artifacts !== undefined && { artifacts: resolve(raw.artifacts) }),
    once: raw.once ?? false,
    json: raw.json ?? false,
  }
}

function integer(setting: string, value: string, least: number, most: number): number {
  if (/^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value)
  throw new InvalidSettingError({ setting, value, expected: `a whole number from ${least} to ${most}` })
}

function seconds(setting: string, value: string, least: number, most: number): number {
  if (/^\d{1,9}(\.\d{1,9})?$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value)
  throw new InvalidSettingError({ setting, value, expected: `seconds from ${least} to ${most}` })
}
