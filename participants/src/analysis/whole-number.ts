import { InvalidOptionError } from '../errors.js'

/** Reads the whole number that an option is given. */
export function wholeNumberOf(option: string): (text: string) => number {
  return (text) => {
    if (!/^\d{1,15}$/.test(text)) throw new InvalidOptionError({ option, reason: 'give a whole number' })
    return Number(text)
  }
}
