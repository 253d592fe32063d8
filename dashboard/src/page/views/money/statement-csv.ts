import { formatNct } from '@polyswarm/protocol/amount'
import type { StatementRow } from './statement-rows.js'

/** A statement as CSV, amounts in NCT with all their digits. Nothing in it is what somebody else has written. */
export function statementCsv(rows: readonly StatementRow[]): string {
  const lines = rows.map(({ block, txhash, reason, guid, change, balance }) =>
    [block, txhash, reason, guid ?? '', formatNct(change), balance === null ? '' : formatNct(balance)].join(','),
  )
  return `${['block,transaction,reason,bounty,change,balance', ...lines].join('\r\n')}\r\n`
}
