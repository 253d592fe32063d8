import { type Address, getAddress } from 'viem'

/** Engines that assert on each bounty. */
export const ENGINES = 5

/** The address of a party by its number. */
export function partyOf(index: number): Address {
  return getAddress(`0x${(index + 1).toString(16).padStart(40, '0')}`)
}
