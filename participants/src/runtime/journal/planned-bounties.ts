import type { DatabaseSync } from 'node:sqlite'
import { type ArtifactType, type Guid, parseJson, stringifyJson } from '@polyswarm/protocol'

/** A bounty that an ambassador means to post. */
export interface PlannedBounty {
  guid: Guid
  batch: number
  /** What the bounty source needs to make the same artifacts again. */
  source: string
  artifactType: ArtifactType
  /** Base units for the whole bounty; null until the market's parameters are known. */
  amount: bigint | null
  bountyFee: bigint | null
  /** Blocks from posting to expiration. */
  duration: number
  /** Content address of the uploaded directory; null until it is uploaded. */
  uri: string | null
  /** Content addresses of the artifacts. */
  addresses: string[]
  /** Content address of the bounty metadata, or ''. */
  metadata: string
  posted: boolean
}

/** An order that is ready to be posted. */
export interface PreparedBounty {
  amount: bigint
  bountyFee: bigint
  uri: string
  addresses: readonly string[]
  metadata: string
}

type Row = Record<string, string | number | null>

/** The orders in an ambassador's journal. */
export class PlannedBounties {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Number of the newest batch; 0 before the first. */
  latestBatch(): number {
    return Number(this.#db.prepare('SELECT coalesce(max(batch), 0) AS n FROM batches').get()?.n)
  }

  /** Takes an order down; its guid makes it impossible to post it twice. */
  add(order: Pick<PlannedBounty, 'guid' | 'batch' | 'source' | 'artifactType' | 'duration'>): void {
    const { guid, batch, source, artifactType, duration } = order
    this.#db
      .prepare('INSERT INTO orders (guid, batch, source, artifact_type, duration) VALUES (?, ?, ?, ?, ?)')
      .run(guid, batch, source, artifactType, duration)
  }

  /** Everything that `postBounty` needs is known. */
  prepare(guid: Guid, { amount, bountyFee, uri, addresses, metadata }: PreparedBounty): void {
    this.#db
      .prepare('UPDATE orders SET amount = ?, bounty_fee = ?, uri = ?, addresses = ?, metadata = ? WHERE guid = ?')
      .run(amount.toString(), bountyFee.toString(), uri, stringifyJson(addresses), metadata, guid)
  }

  /** Gives an order that was not posted another guid: its own belongs to somebody else's bounty. */
  rename(guid: Guid, fresh: Guid): void {
    this.#db.prepare('UPDATE orders SET guid = ? WHERE guid = ? AND posted_block IS NULL').run(fresh, guid)
  }

  get(guid: Guid): PlannedBounty | undefined {
    const row = this.#db.prepare('SELECT * FROM orders WHERE guid = ?').get(guid) as Row | undefined
    return row && orderOf(row)
  }

  /** The order that was planned from a source. */
  fromSource(source: string): PlannedBounty | undefined {
    const row = this.#db.prepare('SELECT * FROM orders WHERE source = ? LIMIT 1').get(source) as Row | undefined
    return row && orderOf(row)
  }

  /** How many orders there ever were in a batch, and how many of them are over: settled, or given up. */
  progress(batch: number): { planned: number; over: number } {
    const row = this.#db.prepare('SELECT planned, over FROM batches WHERE batch = ?').get(batch)
    return { planned: Number(row?.planned ?? 0), over: Number(row?.over ?? 0) }
  }

  /** Orders that are posted and not over. */
  inFlight(): number {
    const rows = this.#db.prepare(`SELECT count(*) AS n FROM orders INDEXED BY orders_in_flight
      WHERE over = 0 AND posted_block IS NOT NULL`)
    return Number(rows.get()?.n)
  }

  /** Orders that are still to be posted, those of the oldest batch first. */
  waiting(limit: number): PlannedBounty[] {
    const rows = this.#db.prepare(`SELECT * FROM orders WHERE over = 0 AND posted_block IS NULL
      ORDER BY batch, rowid LIMIT ?`)
    return (rows.all(limit) as Row[]).map(orderOf)
  }

  /** Orders that are ready to be posted, or sent, and that the chain has not taken yet. */
  prepared(): PlannedBounty[] {
    const rows = this.#db.prepare(`SELECT * FROM orders
      WHERE over = 0 AND posted_block IS NULL AND amount IS NOT NULL ORDER BY batch, rowid`)
    return (rows.all() as Row[]).map(orderOf)
  }

  /** Orders that may have been sent, and of whose bounties no event has told yet. */
  unheard(): Guid[] {
    const ofThem = (index: string, posted: string): string => `SELECT guid FROM orders o INDEXED BY ${index}
      WHERE over = 0 AND posted_block ${posted} AND amount IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM bounties b WHERE b.guid = o.guid)`
    const sql = `${ofThem('prepared_orders', 'IS NULL')} UNION ALL ${ofThem('orders_in_flight', 'IS NOT NULL')}`
    return this.#db
      .prepare(sql)
      .all()
      .map(({ guid }) => guid as Guid)
  }

  /** The chain took the bounty in `block`. */
  setPosted(guid: Guid, block: number): void {
    this.#db.prepare('UPDATE orders SET posted_block = coalesce(posted_block, ?) WHERE guid = ?').run(block, guid)
  }

  /** Takes back what blocks above `block` said. */
  forgetAbove(block: number): void {
    this.#db.prepare('UPDATE orders SET posted_block = NULL WHERE posted_block > ?').run(block)
  }
}

function orderOf(row: Row): PlannedBounty {
  return {
    guid: row.guid as Guid,
    batch: Number(row.batch),
    source: String(row.source),
    artifactType: row.artifact_type as ArtifactType,
    amount: row.amount === null ? null : BigInt(row.amount ?? 0),
    bountyFee: row.bounty_fee === null ? null : BigInt(row.bounty_fee ?? 0),
    duration: Number(row.duration),
    uri: row.uri as string | null,
    addresses: parseJson(String(row.addresses ?? '[]')) as string[],
    metadata: String(row.metadata ?? ''),
    posted: row.posted_block !== null,
  }
}
