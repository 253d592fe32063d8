import { amountText } from '@polyswarm/protocol'

/** An amount for people, with the unit. All digits are in the JSON document. */
export function nct(amount: bigint): string {
  return `${amountText(amount)} NCT`
}
