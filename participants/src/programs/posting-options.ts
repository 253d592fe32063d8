import { parseBaseUnits } from '@polyswarm/protocol'
import { type Command, InvalidArgumentError } from 'commander'
import { InvalidOptionError } from '../errors.js'
import type { BatcherOptions } from '../keeper/batcher.js'
import { addKeeperOptions, type KeeperFlags, keeperOptionsOf } from './keeper-options.js'
import { option, wholeNumber } from './participant-options.js'

/** What whoever posts bounties can be told of them. */
export interface PostingFlags extends KeeperFlags {
  amount?: bigint
  duration: number
  inFlight: number
  keep: boolean
}

/** Adds the flags of {@link PostingFlags}. @param inFlight bounties that are unsettled at a time, unless told otherwise. */
export function addPostingOptions(command: Command, inFlight: number): Command {
  return addKeeperOptions(
    command
      .addOption(
        option('--amount <units>', 'reward for each artifact in base units (10^18 are 1 NCT)', 'POLYSWARM_AMOUNT')
          .argParser(baseUnitsArgument)
          .default(undefined, "the market's minimum"),
      )
      .addOption(
        option('--duration <blocks>', 'blocks until nobody can assert any more', 'BOUNTY_DURATION')
          .argParser(wholeNumber)
          .default(25),
      )
      .addOption(
        option('--in-flight <count>', 'bounties that may be unsettled at a time', 'MAX_BOUNTIES_IN_FLIGHT')
          .argParser(wholeNumber)
          .default(inFlight),
      )
      .addOption(
        option(
          '--keep',
          'bring reveals and settlements of its bounties onto the chain for everybody',
          'POLYSWARM_KEEP',
        ).default(false),
      ),
  )
}

/** The flags as a role takes them. @throws InvalidOptionError where there could be no bounty. */
export function postingOptionsOf(flags: PostingFlags): {
  amountPerArtifact: bigint | undefined
  duration: number
  inFlight: number
  keeper?: BatcherOptions
} {
  const { amount: amountPerArtifact, duration, inFlight, keep } = flags
  atLeastOne({ '--duration': duration, '--in-flight': inFlight })
  return { amountPerArtifact, duration, inFlight, ...(keep && { keeper: keeperOptionsOf(flags) }) }
}

/** @throws InvalidOptionError for the first that is given and below 1. */
export function atLeastOne(options: Record<string, number | undefined>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && value < 1)
      throw new InvalidOptionError({ option: name, reason: 'it must be at least 1' })
  }
}

/** Reads an amount in base units. */
export function baseUnitsArgument(text: string): bigint {
  try {
    return parseBaseUnits(text)
  } catch {
    throw new InvalidArgumentError('Give base units as digits.')
  }
}
