import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { stringifyJson } from '@polyswarm/protocol'
import type { MarketRecord, SourcedRecord } from './market-record.js'

/** Writes one record of a block into the table it belongs to. */
export type RecordWriter = (source: SourcedRecord, block: number) => void

type RowOf = { [K in MarketRecord['kind']]: (record: Extract<MarketRecord, { kind: K }>) => Row }

interface Row {
  table: string
  columns: Record<string, SQLInputValue>
}

const decimals = (values: readonly bigint[]): string => stringifyJson(values.map(String))

const rowOf: RowOf = {
  bounty: ({ guid, artifactType, author, amount, uri, expiration, metadata }) => ({
    table: 'bounties',
    columns: { guid, artifact_type: artifactType, author, amount: String(amount), uri, expiration, metadata },
  }),
  terms: (terms) => ({
    table: 'terms',
    columns: {
      guid: terms.guid,
      num_artifacts: terms.numArtifacts,
      bloom: Buffer.from(terms.bloom, 'hex'),
      bounty_fee: String(terms.bountyFee),
      assertion_fee: String(terms.assertionFee),
      assertion_reveal_window: terms.assertionRevealWindow,
      arbiter_vote_window: terms.arbiterVoteWindow,
      arbiter_count: terms.arbiterCount,
    },
  }),
  assertion: ({ guid, index, author, bids, mask, numArtifacts, commitment }) => ({
    table: 'assertions',
    columns: {
      guid,
      idx: index,
      author,
      bids: decimals(bids),
      mask: String(mask),
      num_artifacts: numArtifacts,
      commitment: String(commitment),
    },
  }),
  reveal: ({ guid, index, nonce, verdicts, metadata }) => ({
    table: 'reveals',
    columns: { guid, idx: index, nonce: String(nonce), verdicts: String(verdicts), metadata },
  }),
  vote: ({ guid, voter, votes, numArtifacts }) => ({
    table: 'votes',
    columns: { guid, voter, votes: String(votes), num_artifacts: numArtifacts },
  }),
  bloom_vote: ({ guid, voter, validBloom }) => ({
    table: 'bloom_votes',
    columns: { guid, voter, valid_bloom: Number(validBloom) },
  }),
  quorum: ({ guid }) => ({ table: 'quorums', columns: { guid } }),
  settlement: ({ guid, settler, payout }) => ({
    table: 'settlements',
    columns: { guid, settler, payout: String(payout) },
  }),
  burned: ({ guid, what, amount }) => ({ table: 'burned', columns: { guid, what, amount: String(amount) } }),
  fees: ({ bountyFee, assertionFee }) => ({
    table: 'fees',
    columns: { bounty_fee: String(bountyFee), assertion_fee: String(assertionFee) },
  }),
  windows: ({ assertionRevealWindow, arbiterVoteWindow }) => ({
    table: 'windows',
    columns: { assertion_reveal_window: assertionRevealWindow, arbiter_vote_window: arbiterVoteWindow },
  }),
  arbiter: ({ account, added }) => ({ table: 'arbiters', columns: { account, added: Number(added) } }),
  deprecated: ({ rollover }) => ({ table: 'deprecations', columns: { deprecated: 1, rollover: Number(rollover) } }),
  channel: ({ guid, channel, ambassador, expert }) => ({
    table: 'channels',
    columns: { guid, address: channel, ambassador, expert },
  }),
  channel_move: ({ guid, did }) => ({
    table: 'channel_moves',
    columns: {
      guid,
      move: did.move,
      settlement_period_end: 'settlementPeriodEnd' in did ? String(did.settlementPeriodEnd) : null,
      uri: 'uri' in did ? did.uri : null,
    },
  }),
  undeprecated: () => ({ table: 'deprecations', columns: { deprecated: 0, rollover: 0 } }),
}

/** Tables that also keep the transaction. */
const WITH_TXHASH = new Set(['bounties', 'assertions', 'reveals', 'votes', 'settlements'])

/**
 * A writer for one database. A row that is there already is left as it is: what the registry says of one guid, index or
 * voter it says once, and a contract that repeats itself must not stop the ledger.
 */
export function recordWriter(db: DatabaseSync): RecordWriter {
  const statements = new Map<string, StatementSync>()
  const statementFor = (table: string, names: readonly string[]) => {
    const values = names.map(() => '?').join(', ')
    const statement = db.prepare(`INSERT OR IGNORE INTO ${table} (${names.join(', ')}) VALUES (${values})`)
    statements.set(table, statement)
    return statement
  }
  return ({ record, txhash }, block) => {
    const { table, columns } = (rowOf[record.kind] as (record: MarketRecord) => Row)(record)
    const row: Record<string, SQLInputValue> = columns
    row.block_number = block
    if (WITH_TXHASH.has(table)) row.txhash = txhash
    // Every row of a table has the same columns, in the same order.
    const statement = statements.get(table) ?? statementFor(table, Object.keys(row))
    statement.run(...Object.values(row))
  }
}
