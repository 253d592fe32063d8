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

/** An amount that was given, or that all is meant; in base units. */
type GivenAmount = bigint | 'all'

/**
 * Reads what was given, before anything is asked or opened.
 *
 * @param text undefined where there is none.
 * @throws InvalidOptionError for no amount, and for both.
 */
export function givenAmount(text: string | undefined, { all = false, denomination }: AmountFlags): GivenAmount {
  const refuse = (reason: string) => new InvalidOptionError({ option: 'AMOUNT', reason })
  if (all && text !== undefined) throw refuse('give an amount or --all, not both')
  if (text !== undefined) return parseAmount('AMOUNT', text, denomination)
  if (!all) throw refuse('it is missing: give it, or --all')
  return 'all'
}

/**
 * The amount that is meant, in base units.
 *
 * @param whole tells what all is.
 * @throws InvalidOptionError where there is nothing to move.
 */
export async function amountOf(given: GivenAmount, whole: () => Promise<bigint>): Promise<bigint> {
  const amount = given === 'all' ? await whole() : given
  if (amount === 0n) throw new InvalidOptionError({ option: 'AMOUNT', reason: 'there is nothing to move' })
  return amount
}
