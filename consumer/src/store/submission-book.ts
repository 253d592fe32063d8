import { type ArtifactType, parseJson, stringifyJson } from '@polyswarm/protocol'
import { type Database, numberOf, type Row, type SqlValue } from './database.js'
import type { Outcome, Submission, SubmissionState } from './submission.js'
import type { WebhookPlace } from './webhook-book.js'

/** Who looks, and so what there is to see. */
type Viewer = number

/** What a new submission is given. */
export type NewSubmission = Pick<
  Submission,
  'account' | 'type' | 'name' | 'community' | 'private' | 'fresh' | 'password'
> &
  Partial<Pick<Submission, 'artifact' | 'expires' | 'uploadToken' | 'disputes' | 'disputeReason' | 'state'>>

/** The change that is being made. */
const NEXT_CHANGE = "(SELECT CAST(value AS BIGINT) FROM facts WHERE name = 'change')"

/** Ids are milliseconds since 1970 and 10 more bits: they grow with time, and clients that read numbers as doubles can have them. */
const BITS = 10n

/** All submissions. Nothing that is asked here takes longer because there are many. */
export class SubmissionBook {
  readonly #db: Database
  #last = 0n

  constructor(db: Database) {
    this.#db = db
  }

  /** Takes a submission down. @param now milliseconds since 1970. */
  async add(submission: NewSubmission, now: number): Promise<Submission> {
    const { account, type, name, community, fresh, password, artifact = null, expires = null } = submission
    const { uploadToken = null, disputes = null, disputeReason = null, state = 'created' } = submission
    return this.#db.transaction(async () => {
      this.#last ||= (await this.#db.get('SELECT coalesce(max(id), 0) AS id FROM instances'))?.id as bigint
      const earliest = BigInt(now) << BITS
      this.#last = this.#last >= earliest ? this.#last + 1n : earliest
      const [row = {}] = await this.#db.all(
        `INSERT INTO instances (id, account, type, name, community, private, fresh, password, artifact,
          created, expires, upload_token, disputes, dispute_reason, state, change)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
        ...[this.#last, account, type, name, community, submission.private ? 1 : 0, fresh ? 1 : 0, password, artifact],
        ...[now, expires, uploadToken, disputes, disputeReason, state, await this.#nextChange()],
      )
      return submissionOf(row)
    })
  }

  async get(id: bigint): Promise<Submission | undefined> {
    return this.#maybe('SELECT * FROM instances WHERE id = ?', id)
  }

  /** A submission that an account can see: its own, or one that is not private. */
  async visible(id: bigint, viewer: Viewer): Promise<Submission | undefined> {
    const found = await this.get(id)
    return found && (found.account === viewer || !found.private) ? found : undefined
  }

  /** The submission that waits for bytes under a token. */
  async waitingFor(token: string): Promise<Submission | undefined> {
    return this.#maybe('SELECT * FROM instances WHERE upload_token = ?', token)
  }

  /** Submissions of an account, the latest first, below an id. */
  async ofAccount(account: number, before: bigint, limit: number): Promise<Submission[]> {
    return this.#list(
      'SELECT * FROM instances WHERE account = ? AND id < ? ORDER BY id DESC LIMIT ?',
      account,
      before,
      limit,
    )
  }

  /** Submissions of an artifact that an account can see, the latest first, below an id. */
  async ofArtifact(artifact: number, viewer: Viewer, before: bigint, limit: number): Promise<Submission[]> {
    return this.#list(
      `SELECT * FROM instances WHERE id IN (
          SELECT id FROM (SELECT id FROM instances WHERE artifact = ?1 AND private = 0 AND id < ?3
            ORDER BY id DESC LIMIT ?4) AS open
          UNION SELECT id FROM (SELECT id FROM instances WHERE artifact = ?1 AND account = ?2 AND id < ?3
            ORDER BY id DESC LIMIT ?4) AS own)
        ORDER BY id DESC LIMIT ?4`,
      ...[artifact, viewer, before, limit],
    )
  }

  /** How many an account has submitted since a moment, and when the oldest of them was. */
  async countSince(account: number, since: number): Promise<{ count: number; oldest: number | null }> {
    const row = await this.#db.get(
      'SELECT count(*) AS n, min(created) AS oldest FROM instances WHERE account = ? AND id >= ?',
      ...[account, BigInt(since) << BITS],
    )
    return { count: Number(row?.n), oldest: numberOf(row?.oldest) }
  }

  /** The bytes of a submission are here. */
  async setStored(id: bigint, artifact: number): Promise<void> {
    await this.#change(id, "state = 'stored', artifact = ?, upload_token = NULL", artifact)
  }

  /** It is paid for, and to be posted. */
  async setQueued(id: bigint, reserved: bigint, now: number): Promise<void> {
    await this.#change(id, "state = 'queued', reserved = ?, queued = ?", reserved.toString(), now)
  }

  /** It gets the answer of another. */
  async setAnsweredBy(id: bigint, other: bigint): Promise<void> {
    await this.#change(id, `turned = ${NEXT_CHANGE}, state = 'queued', answered_by = ?`, other)
  }

  /** It failed, for good. */
  async setFailed(id: bigint, reason: string): Promise<void> {
    await this.#change(id, `turned = ${NEXT_CHANGE}, state = 'failed', reason = ?, upload_token = NULL`, reason)
  }

  /** It was never started: its bytes are not kept for it, and it is soon forgotten itself. */
  async setAbandoned(id: bigint, reason: string, expires: number): Promise<void> {
    const assignments = `turned = ${NEXT_CHANGE}, state = 'failed', reason = ?, upload_token = NULL, artifact = NULL, expires = ?`
    await this.#change(id, assignments, reason, expires)
  }

  /** Writes down what has been found out so far. */
  async setOutcome(id: bigint, outcome: Outcome): Promise<void> {
    const { state, reason, judged, truth, score, families, assertions, votes, reward, fee, refund } = outcome
    await this.#change(
      id,
      `turned = CASE WHEN state = ? THEN turned ELSE ${NEXT_CHANGE} END, state = ?, reason = ?, judged = ?, truth = ?, score = ?, families = ?, assertions = ?, votes = ?, reward = ?,
        fee = ?, refund = ?`,
      ...[state, state, reason, judged, truth === null ? null : Number(truth)],
      ...[score, families].map((value) => (value === null ? null : textOf(value))),
      ...[textOf(assertions), textOf(votes), reward.toString(), fee.toString(), refund.toString()],
    )
    await this.touchDependents(id)
  }

  /** Nothing is reserved for it any more: what it cost is known. */
  async setPaid(id: bigint): Promise<void> {
    await this.#db.run("UPDATE instances SET reserved = '0' WHERE id = ?", id)
  }

  /** What is shown of it has changed. */
  async touch(id: bigint): Promise<void> {
    await this.#db.run('UPDATE instances SET change = ? WHERE id = ?', await this.#nextChange(), id)
  }

  /** The answer that others share has changed. */
  async touchDependents(id: bigint): Promise<void> {
    // Where the answer has come into another state, so have they.
    await this.#db.run(
      `UPDATE instances SET change = ?1, turned = CASE
          WHEN turned < (SELECT answer.turned FROM instances AS answer WHERE answer.id = ?2) THEN ?1 ELSE turned END
        WHERE answered_by = ?2`,
      ...[await this.#nextChange(), id],
    )
  }

  /** The submissions of a bounty, in the order of its artifacts. */
  async ofBounty(bounty: number): Promise<Submission[]> {
    return this.#list('SELECT * FROM instances WHERE bounty = ? ORDER BY position', bounty)
  }

  /** What waits to be posted, of one kind, the oldest first. */
  async queued(type: ArtifactType, isPrivate: boolean, limit: number): Promise<Submission[]> {
    return this.#list(
      `SELECT * FROM instances WHERE state = 'queued' AND bounty IS NULL AND answered_by IS NULL AND private = ?
        AND type = ? ORDER BY id LIMIT ?`,
      ...[isPrivate ? 1 : 0, type, limit],
    )
  }

  /** Puts a submission into a bounty. */
  async assign(id: bigint, bounty: number, position: number): Promise<void> {
    await this.#change(id, 'bounty = ?, position = ?', bounty, position)
  }

  /** Submissions of an account that came into their states after a turn, in that order. */
  async turnedAfter(account: number, { turned, instance }: WebhookPlace, limit: number): Promise<Submission[]> {
    return this.#list(
      'SELECT * FROM instances WHERE account = ? AND (turned, id) > (?, ?) ORDER BY turned, id LIMIT ?',
      ...[account, turned, instance, limit],
    )
  }

  /** Submissions that share the answer of another. */
  async dependents(id: bigint, limit: number): Promise<Submission[]> {
    return this.#list('SELECT * FROM instances WHERE answered_by = ? ORDER BY id LIMIT ?', id, limit)
  }

  /** What contests the verdict of a submission. */
  async disputesOf(id: bigint): Promise<bigint[]> {
    const rows = await this.#db.all('SELECT id FROM instances WHERE disputes = ? ORDER BY id LIMIT 64', id)
    return rows.map((row) => row.id as bigint)
  }

  /** Submissions that changed after a change, in the order of their changes; of one change in that of their ids. */
  async changedAfter({ change, id }: Pick<Submission, 'change' | 'id'>, limit: number): Promise<Submission[]> {
    return this.#list(
      'SELECT * FROM instances WHERE (change, id) > (?, ?) ORDER BY change, id LIMIT ?',
      change,
      id,
      limit,
    )
  }

  /** The newest change. */
  async newestChange(): Promise<number> {
    return Number((await this.#db.get("SELECT value FROM facts WHERE name = 'change'"))?.value)
  }

  /** Announced before a moment, and never started. */
  async abandoned(before: number, limit: number): Promise<Submission[]> {
    return this.#list(
      "SELECT * FROM instances WHERE state IN ('created', 'stored') AND created < ? ORDER BY created LIMIT ?",
      ...[before, limit],
    )
  }

  /** Those whose time is over. */
  async expired(now: number, limit: number): Promise<Submission[]> {
    return this.#list('SELECT * FROM instances WHERE expires < ? ORDER BY expires LIMIT ?', now, limit)
  }

  /** It is looked at again later. */
  async setExpires(id: bigint, expires: number): Promise<void> {
    await this.#db.run('UPDATE instances SET expires = ? WHERE id = ?', expires, id)
  }

  /** The latest judged ones, the oldest of them first: what a score learns from. */
  async latestJudged(limit: number): Promise<Submission[]> {
    return this.#list(
      `SELECT * FROM (SELECT * FROM instances WHERE state IN ('judged', 'settled') AND answered_by IS NULL
        ORDER BY id DESC LIMIT ?) AS latest ORDER BY id`,
      limit,
    )
  }

  /**
   * Deletes a submission. Those that share its answer keep it: one of them takes its place in the bounty, and over what is
   * paid.
   */
  async delete(submission: Submission): Promise<void> {
    const { id } = submission
    const [heir] = await this.dependents(id, 1)
    if (heir) {
      const columns = 'bounty, position, state, reason, judged, truth, score, families, assertions, votes'
      await this.#db.run(
        `UPDATE instances SET (${columns}) = (SELECT ${columns} FROM instances WHERE id = ?), answered_by = NULL
          WHERE id = ?`,
        ...[id, heir.id],
      )
      await this.#db.run('UPDATE instances SET answered_by = ? WHERE answered_by = ?', heir.id, id)
    }
    await this.#db.run('DELETE FROM instances WHERE id = ?', id)
  }

  async #nextChange(): Promise<number> {
    const row = await this.#db.get(
      "UPDATE facts SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = 'change' RETURNING value",
    )
    return Number(row?.value)
  }

  async #change(id: bigint, assignments: string, ...values: SqlValue[]): Promise<void> {
    const change = await this.#nextChange()
    await this.#db.run(`UPDATE instances SET change = ?, ${assignments} WHERE id = ?`, change, ...values, id)
  }

  async #maybe(sql: string, value: SqlValue): Promise<Submission | undefined> {
    const row = await this.#db.get(sql, value)
    return row && submissionOf(row)
  }

  async #list(sql: string, ...values: SqlValue[]): Promise<Submission[]> {
    return (await this.#db.all(sql, ...values)).map(submissionOf)
  }
}

function submissionOf(row: Row): Submission {
  const json = <T>(value: Row[string] | undefined): T | null =>
    value === null ? null : (parseJson(String(value)) as T)
  return {
    id: row.id as bigint,
    account: Number(row.account),
    artifact: numberOf(row.artifact),
    type: row.type as ArtifactType,
    name: String(row.name),
    community: String(row.community),
    private: row.private === 1n,
    fresh: row.fresh === 1n,
    password: row.password as string | null,
    created: Number(row.created),
    expires: numberOf(row.expires),
    uploadToken: row.upload_token as string | null,
    state: row.state as SubmissionState,
    reason: row.reason as string | null,
    bounty: numberOf(row.bounty),
    position: numberOf(row.position),
    answeredBy: row.answered_by as bigint | null,
    disputes: row.disputes as bigint | null,
    disputeReason: row.dispute_reason as string | null,
    queued: numberOf(row.queued),
    reserved: BigInt(row.reserved ?? 0),
    reward: BigInt(row.reward ?? 0),
    fee: BigInt(row.fee ?? 0),
    refund: BigInt(row.refund ?? 0),
    judged: numberOf(row.judged),
    truth: row.truth === null ? null : row.truth === 1n,
    score: json(row.score),
    families: json(row.families),
    assertions: json(row.assertions) ?? [],
    votes: json(row.votes) ?? [],
    change: Number(row.change),
    turned: Number(row.turned),
  }
}

function textOf(value: unknown): string {
  return stringifyJson(value) ?? 'null'
}
