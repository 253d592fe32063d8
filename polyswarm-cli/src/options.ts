import { type Command, InvalidArgumentError, Option } from 'commander'
import { FORMATS, type Format } from './report/report.js'

/** What every command can be told, before or after its name. */
export interface GlobalFlags {
  apiKey?: string
  apiKeyFile?: string
  allowKeyOverHttp: boolean
  apiUri?: string
  market: string
  community: string
  fmt: Format
  output?: string
  parallel: number
  requestTimeout: number
}

/** Flags of commands that ask the market. */
export interface AskFlags {
  nowait: boolean
  timeout: number
  pollInterval: number
  settled: boolean
  exitStatus: boolean
}

/** Adds the flags of {@link GlobalFlags}. */
export function addGlobalOptions(command: Command): Command {
  return command
    .addOption(
      option('-a, --api-key <key>', 'key of your account; visible to others on this machine', 'POLYSWARM_API_KEY'),
    )
    .addOption(option('--api-key-file <file>', 'file that holds it', 'POLYSWARM_API_KEY_FILE'))
    .addOption(
      option('--allow-key-over-http', 'send the key to another machine unencrypted', 'ALLOW_KEY_OVER_HTTP').default(
        false,
      ),
    )
    .addOption(option('-u, --api-uri <url>', 'the service to ask, such as https://api.example/v3', 'POLYSWARM_API_URI'))
    .addOption(
      option('--market <directory>', 'without --api-uri: the market on this machine to ask', 'MARKET_DATA').default(
        '.polyswarm',
      ),
    )
    .addOption(option('-c, --community <name>', 'community to ask in', 'POLYSWARM_COMMUNITY').default('default'))
    .addOption(option('--fmt <format>', 'how results are written', 'POLYSWARM_FMT').choices(FORMATS).default('text'))
    .addOption(new Option('-o, --output <file>', 'where to write them instead of standard output'))
    .addOption(
      new Option('--parallel <count>', 'artifacts that are read and uploaded at a time')
        .argParser(wholeFrom(1, 64))
        .default(8),
    )
    .addOption(
      new Option('--request-timeout <seconds>', 'silence after which a request is given up')
        .argParser(secondsFrom(0.1, 3_600))
        .default(30),
    )
}

/** Adds the flags of {@link AskFlags}. */
export function addAskOptions(command: Command): Command {
  return command
    .option('-n, --nowait', 'submit, print the ids and end', false)
    .addOption(
      new Option('-t, --timeout <seconds>', 'how long to wait for an answer')
        .argParser(secondsFrom(0.1, 2_000_000))
        .default(900),
    )
    .addOption(
      new Option('--poll-interval <seconds>', 'pause between two looks at a submission')
        .argParser(secondsFrom(0.02, 600))
        .default(1),
    )
    .option('--settled', "wait for the arbiters' votes and the payouts, too", false)
    .addOption(exitStatusOption())
}

/** `--exit-status`. */
export function exitStatusOption(): Option {
  return new Option('--exit-status', 'end with status 4 where something is malicious').default(false)
}

/** `--limit`. */
export function limitOption(): Option {
  return new Option('--limit <count>', 'how many to show at most').argParser(wholeFrom(1, 1_000_000)).default(50)
}

/** A flag with its environment variable. */
function option(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(variable)
}

/** Reads a whole number within limits. */
export function wholeFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`)
    return value
  }
}

/** Reads seconds, with decimals. */
function secondsFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Give seconds from ${least} to ${most}.`)
    return value
  }
}

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads a span of time such as `90s`, `30m`, `24h` or `7d`. @returns milliseconds. */
export function duration(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (digits === '') throw new InvalidArgumentError('Give a span of time such as 90s, 30m, 24h or 7d.')
  return Number(digits) * (UNITS[unit] ?? 0)
}
