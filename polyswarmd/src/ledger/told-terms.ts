import type { BountyTerms, Guid } from '@polyswarm/protocol'
import type { Ledger } from './ledger.js'

/** The terms of a bounty as the API words them: amounts as strings of base units of NCT, windows in blocks. */
export type ToldTerms = Omit<BountyTerms, 'bounty_fee' | 'assertion_fee'> & {
  bounty_fee: string
  assertion_fee: string
}

/** What was fixed for a bounty when it was posted; undefined where the chain knows none under this guid. */
export function toldTerms(ledger: Ledger, guid: Guid): ToldTerms | undefined {
  const row = ledger
    .prepare(
      `SELECT num_artifacts, bounty_fee, assertion_fee, assertion_reveal_window, arbiter_vote_window, arbiter_count,
         lower(hex(bloom)) AS bloom
       FROM terms WHERE guid = ?`,
    )
    .get(guid)
  return row && ({ ...row } as unknown as ToldTerms)
}
