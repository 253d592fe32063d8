import { guidToUint128, parseGuid } from '@polyswarm/protocol'
import type { TransactionReport } from '../chain/transaction-report.js'
import { assertion2018, bounty2018, vote2018 } from './event-text-2018.js'

type Entry = Record<string, unknown>

/** How each list was called in 2018, and what its entries were; lists that are not here are as they were. */
const LISTS: Record<string, { key: string; entry: (entry: Entry) => Entry }> = {
  bounties: { key: 'bounties', entry: bounty2018 },
  assertions: { key: 'assertions', entry: assertion2018 },
  votes: { key: 'verdicts', entry: vote2018 },
  offers_initialized: {
    key: 'offers_initialized',
    entry: ({ ambassador, expert, guid, multi_signature: msig }) => ({
      msig,
      ambassador,
      expert,
      guid: guidToUint128(parseGuid(String(guid))),
    }),
  },
  offers_closed: {
    key: 'offers_closed',
    entry: ({ ambassador, expert }) => ({ _expert: expert, _ambassador: ambassador }),
  },
  offers_settled: { key: 'offers_settled', entry: ({ initiator, ...period }) => ({ initiator, ...periodOf(period) }) },
  offers_challenged: {
    key: 'offers_challenged',
    entry: ({ challenger, ...period }) => ({ challenger, ...periodOf(period) }),
  },
}

/** What mined transactions did, as `POST /transactions` of 2018 answered it: offers with the raw names of the contracts. */
export function report2018(report: TransactionReport): TransactionReport {
  return Object.fromEntries(
    Object.entries(report).map(([name, entries]) => {
      const list = LISTS[name]
      return list ? [list.key, (entries as Entry[]).map(list.entry)] : [name, entries]
    }),
  )
}

function periodOf({ nonce, settle_period_end: settlementPeriodEnd }: Entry): Entry {
  return { sequence: nonce, settlementPeriodEnd }
}
