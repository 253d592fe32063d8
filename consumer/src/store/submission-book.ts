import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type ArtifactType, parseJson, stringifyJson } from '@polyswarm/protocol'
import type { Outcome, Submission, SubmissionState } from './submission.js'

/** Who looks, and so what there is to see. */
type Viewer = number

/** What a new submission is given. */
export type NewSubmission = Pick<
  Submission,
  'account' | 'type' | 'name' | 'community' | 'private' | 'fresh' | 'password'
> &
  Partial<Pick<Submission, 'artifact' | 'expires' | 'uploadToken' | 'disputes' | 'disputeReason' | 'state'>>

type Row = Record<string, string | bigint | null>

/** Ids are milliseconds since 1970 and 10 more bits: they grow with time, and clients that read numbers as doubles can have them. */
const BITS = 10n

/** All submissions. Nothing that is asked here takes longer because there are many. */
export class SubmissionBook {
  readonly #db: DatabaseSync
  #last = 0n

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Takes a submission down. @param now milliseconds since 1970. */
  add(submission: NewSubmission, now: number): Submission {
    const { account, type, name, community, fresh, password, artifact = null, expires = null } = submission
    const { uploadToken = null, disputes = null, disputeReason = null, state = 'created' } = submission
    this.#last ||= BigInt(this.#one('SELECT coalesce(max(id), 0) AS id FROM instances').get()?.id as bigint)
    const earliest = BigInt(now) << BITS
    this.#last = this.#last >= earliest ? this.#last + 1n : earliest
    const row =
      this.#one(`INSERT INTO instances (id, account, type, name, community, private, fresh, password, artifact,
        created, expires, upload_token, disputes, dispute_reason, state, change)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`).get(
        ...[this.#last, account, type, name, community, submission.private ? 1 : 0, fresh ? 1 : 0, password, artifact],
        ...[now, expires, uploadToken, disputes, disputeReason, state, this.#nextChange()],
      )
    return submissionOf(row as Row)
  }

  get(id: bigint): Submission | undefined {
    return this.#maybe(this.#one('SELECT * FROM instances WHERE id = ?').get(id))
  }

  /** A submission that an account can see: its own, or one that is not private. */
  visible(id: bigint, viewer: Viewer): Submission | undefined {
    const found = this.get(id)
    return found && (found.account === viewer || !found.private) ? found : undefined
  }

  /** The submission that waits for bytes under a token. */
  waitingFor(token: string): Submission | undefined {
    return this.#maybe(this.#one('SELECT * FROM instances WHERE upload_token = ?').get(token))
  }

  /** Submissions of an account, the latest first, below an id. */
  ofAccount(account: number, before: bigint, limit: number): Submission[] {
    return this.#list(
      'SELECT * FROM instances WHERE account = ? AND id < ? ORDER BY id DESC LIMIT ?',
      account,
      before,
      limit,
    )
  }

  /** Submissions of an artifact that an account can see, the latest first, below an id. */
  ofArtifact(artifact: number, viewer: Viewer, before: bigint, limit: number): Submission[] {
    const open = this.#list(
      'SELECT * FROM instances WHERE artifact = ? AND private = 0 AND id < ? ORDER BY id DESC LIMIT ?',
      ...[artifact, before, limit],
    )
    const own = this.#list(
      'SELECT * FROM instances WHERE artifact = ? AND account = ? AND id < ? ORDER BY id DESC LIMIT ?',
      ...[artifact, viewer, before, limit],
    )
    const all = new Map([...open, ...own].map((submission) => [submission.id, submission]))
    return [...all.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit)
  }

  /** How many an account has submitted since a moment, and when the oldest of them was. */
  countSince(account: number, since: number): { count: number; oldest: number | null } {
    const row = this.#one(
      'SELECT count(*) AS n, min(created) AS oldest FROM instances WHERE account = ? AND id >= ?',
    ).get(account, BigInt(since) << BITS)
    return { count: Number(row?.n), oldest: row?.oldest === null ? null : Number(row?.oldest) }
  }

  /** The bytes of a submission are here. */
  setStored(id: bigint, artifact: number): void {
    this.#change(id, "state = 'stored', artifact = ?, upload_token = NULL", artifact)
  }

  /** It is paid for, and to be posted. */
  setQueued(id: bigint, reserved: bigint, now: number): void {
    this.#change(id, "state = 'queued', reserved = ?, queued = ?", reserved.toString(), now)
  }

  /** It gets the answer of another. */
  setAnsweredBy(id: bigint, other: bigint): void {
    this.#change(id, "state = 'queued', answered_by = ?", other)
  }

  /** It failed, for good. */
  setFailed(id: bigint, reason: string): void {
    this.#change(id, "state = 'failed', reason = ?, upload_token = NULL", reason)
  }

  /** It was never started: its bytes are not kept for it, and it is soon forgotten itself. */
  setAbandoned(id: bigint, reason: string, expires: number): void {
    const assignments = "state = 'failed', reason = ?, upload_token = NULL, artifact = NULL, expires = ?"
    this.#change(id, assignments, reason, expires)
  }

  /** Writes down what has been found out so far. */
  setOutcome(id: bigint, outcome: Outcome): void {
    const { state, reason, judged, truth, score, families, assertions, votes, reward, fee, refund } = outcome
    this.#change(
      id,
      `state = ?, reason = ?, judged = ?, truth = ?, score = ?, families = ?, assertions = ?, votes = ?, reward = ?,
        fee = ?, refund = ?`,
      ...[state, reason, judged, truth === null ? null : Number(truth)],
      ...[score, families].map((value) => (value === null ? null : stringifyJson(value))),
      ...[stringifyJson(assertions), stringifyJson(votes), reward.toString(), fee.toString(), refund.toString()],
    )
    this.touchDependents(id)
  }

  /** Nothing is reserved for it any more: what it cost is known. */
  setPaid(id: bigint): void {
    this.#one("UPDATE instances SET reserved = '0' WHERE id = ?").run(id)
  }

  /** What is shown of it has changed. */
  touch(id: bigint): void {
    this.#one('UPDATE instances SET change = ? WHERE id = ?').run(this.#nextChange(), id)
  }

  /** The answer that others share has changed. */
  touchDependents(id: bigint): void {
    this.#one('UPDATE instances SET change = ? WHERE answered_by = ?').run(this.#nextChange(), id)
  }

  /** The submissions of a bounty, in the order of its artifacts. */
  ofBounty(bounty: number): Submission[] {
    return this.#list('SELECT * FROM instances WHERE bounty = ? ORDER BY position', bounty)
  }

  /** What waits to be posted, of one kind, the oldest first. */
  queued(type: ArtifactType, isPrivate: boolean, limit: number): Submission[] {
    return this.#list(
      `SELECT * FROM instances WHERE state = 'queued' AND bounty IS NULL AND answered_by IS NULL AND private = ?
        AND type = ? ORDER BY id LIMIT ?`,
      ...[isPrivate ? 1 : 0, type, limit],
    )
  }

  /** Puts a submission into a bounty. */
  assign(id: bigint, bounty: number, position: number): void {
    this.#change(id, 'bounty = ?, position = ?', bounty, position)
  }

  /** Submissions that share the answer of another. */
  dependents(id: bigint, limit: number): Submission[] {
    return this.#list('SELECT * FROM instances WHERE answered_by = ? ORDER BY id LIMIT ?', id, limit)
  }

  /** What contests the verdict of a submission. */
  disputesOf(id: bigint): bigint[] {
    const rows = this.#one('SELECT id FROM instances WHERE disputes = ? ORDER BY id LIMIT 64').all(id)
    return rows.map((row) => row.id as bigint)
  }

  /** Submissions that changed after a change, in the order of their changes; of one change in that of their ids. */
  changedAfter({ change, id }: Pick<Submission, 'change' | 'id'>, limit: number): Submission[] {
    return this.#list(
      'SELECT * FROM instances WHERE (change, id) > (?, ?) ORDER BY change, id LIMIT ?',
      change,
      id,
      limit,
    )
  }

  /** The newest change. */
  get newestChange(): number {
    return Number(this.#db.prepare("SELECT value FROM facts WHERE name = 'change'").get()?.value)
  }

  /** Announced before a moment, and never started. */
  abandoned(before: number, limit: number): Submission[] {
    return this.#list(
      "SELECT * FROM instances WHERE state IN ('created', 'stored') AND created < ? ORDER BY created LIMIT ?",
      ...[before, limit],
    )
  }

  /** Those whose time is over. */
  expired(now: number, limit: number): Submission[] {
    return this.#list('SELECT * FROM instances WHERE expires < ? ORDER BY expires LIMIT ?', now, limit)
  }

  /** It is looked at again later. */
  setExpires(id: bigint, expires: number): void {
    this.#one('UPDATE instances SET expires = ? WHERE id = ?').run(expires, id)
  }

  /** The latest judged ones, the oldest of them first: what a score learns from. */
  latestJudged(limit: number): Submission[] {
    return this.#list(
      `SELECT * FROM (SELECT * FROM instances WHERE state IN ('judged', 'settled') AND answered_by IS NULL
        ORDER BY id DESC LIMIT ?) ORDER BY id`,
      limit,
    )
  }

  /**
   * Deletes a submission. Those that share its answer keep it: one of them takes its place in the bounty, and over what is
   * paid.
   */
  delete(submission: Submission): void {
    const { id } = submission
    const [heir] = this.dependents(id, 1)
    if (heir) {
      const columns = 'bounty, position, state, reason, judged, truth, score, families, assertions, votes'
      this.#one(`UPDATE instances SET (${columns}) = (SELECT ${columns} FROM instances WHERE id = ?), answered_by = NULL
        WHERE id = ?`).run(id, heir.id)
      this.#one('UPDATE instances SET answered_by = ? WHERE answered_by = ?').run(heir.id, id)
    }
    this.#one('DELETE FROM instances WHERE id = ?').run(id)
  }

  #nextChange(): number {
    const sql = "UPDATE facts SET value = CAST(value AS INTEGER) + 1 WHERE name = 'change' RETURNING value"
    return Number(this.#db.prepare(sql).get()?.value)
  }

  #change(id: bigint, assignments: string, ...values: (string | number | bigint | null)[]): void {
    this.#one(`UPDATE instances SET change = ?, ${assignments} WHERE id = ?`).run(this.#nextChange(), ...values, id)
  }

  #maybe(row: unknown): Submission | undefined {
    return row === undefined ? undefined : submissionOf(row as Row)
  }

  #list(sql: string, ...values: (string | number | bigint)[]): Submission[] {
    return (this.#one(sql).all(...values) as Row[]).map(submissionOf)
  }

  /** Ids do not fit a double. */
  #one(sql: string): StatementSync {
    const statement = this.#db.prepare(sql)
    statement.setReadBigInts(true)
    return statement
  }
}

function submissionOf(row: Row): Submission {
  const number = (value: Row[string] | undefined): number | null => (value === null ? null : Number(value))
  const json = <T>(value: Row[string] | undefined): T | null =>
    value === null ? null : (parseJson(String(value)) as T)
  return {
    id: row.id as bigint,
    account: Number(row.account),
    artifact: number(row.artifact),
    type: row.type as ArtifactType,
    name: String(row.name),
    community: String(row.community),
    private: row.private === 1n,
    fresh: row.fresh === 1n,
    password: row.password as string | null,
    created: Number(row.created),
    expires: number(row.expires),
    uploadToken: row.upload_token as string | null,
    state: row.state as SubmissionState,
    reason: row.reason as string | null,
    bounty: number(row.bounty),
    position: number(row.position),
    answeredBy: row.answered_by as bigint | null,
    disputes: row.disputes as bigint | null,
    disputeReason: row.dispute_reason as string | null,
    queued: number(row.queued),
    reserved: BigInt(row.reserved ?? 0),
    reward: BigInt(row.reward ?? 0),
    fee: BigInt(row.fee ?? 0),
    refund: BigInt(row.refund ?? 0),
    judged: number(row.judged),
    truth: row.truth === null ? null : row.truth === 1n,
    score: json(row.score),
    families: json(row.families),
    assertions: json(row.assertions) ?? [],
    votes: json(row.votes) ?? [],
    change: Number(row.change),
  }
}
