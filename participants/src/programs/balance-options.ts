import { type Command, Option } from 'commander'
import { DENOMINATIONS, type Denomination, parseAmount } from '../account/denomination.js'
import { InvalidOptionError } from '../errors.js'

/** How amounts are written. */
export interface DenominationFlags {
  denomination: Denomination
}

/** How much is meant: an amount or all there is. */
export interface AmountFlags extends DenominationFlags {
  all?: boolean
}

/** Adds the flag for the unit of amounts. */
export function addDenominationOption(command: Command): Command {
  return command.addOption(
    new Option('--denomination <unit>', 'what amounts are in; 1 nct is 10^9 nct-gwei and 10^18 nct-wei')
      .choices(DENOMINATIONS)
      .default('nct'),
  )
}

/** Adds an amount, which may be left out where all is meant. */
export function addAmount(command: Command, all: string): Command {
  return addDenominationOption(command)
    .argument('[amount]', 'how much, exact to the last unit')
    .addOption(new Option('--all', all))
}

/**
 * The amount that is meant, in base units.
 *
 * @param text what was given; undefined where nothing was.
 * @param whole tells what `--all` is.
 * @throws InvalidOptionError for no amount, for both, and where there is nothing to move.
 */
export async function amountOf(
  text: string | undefined,
  { all = false, denomination }: AmountFlags,
  whole: () => Promise<bigint>,
): Promise<bigint> {
  const refuse = (reason: string) => new InvalidOptionError({ option: 'AMOUNT', reason })
  if (all && text !== undefined) throw refuse('give an amount or --all, not both')
  if (text !== undefined) return parseAmount('AMOUNT', text, denomination)
  if (!all) throw refuse('it is missing: give it, or --all')
  const amount = await whole()
  if (amount === 0n) throw refuse('there is nothing to move')
  return amount
}
