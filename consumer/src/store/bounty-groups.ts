import { type ArtifactType, type BountyPhase, type Guid, parseJson, stringifyJson } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { type Database, numberOf, type Row } from './database.js'

/** A bounty on submissions that came together. */
export interface BountyGroup {
  id: number
  /** Under which it is posted; another one where somebody took the first. */
  guid: Guid
  artifactType: ArtifactType
  /** How many artifacts it has. */
  artifacts: number
  /** What it may cost at most, in base units: what was set aside for its submissions. */
  most: bigint
  /** Null until it is on the chain. */
  phase: BountyPhase | null
  /** The newest block when this was written down. */
  block: number
  expiration: number | null
  revealEnd: number | null
  voteEnd: number | null
  /** Who has answered, sealed answers included. */
  answered: Address[]
}

/** Where a bounty stands. */
export type BountyProgress = Pick<BountyGroup, 'phase' | 'block' | 'expiration' | 'revealEnd' | 'voteEnd' | 'answered'>

/** The bounties that a consumer service posts. */
export class BountyGroups {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async add(group: Pick<BountyGroup, 'guid' | 'artifactType' | 'artifacts' | 'most'>): Promise<number> {
    const { guid, artifactType, artifacts, most } = group
    const row = await this.#db.get(
      'INSERT INTO bounties (guid, artifact_type, artifacts, most) VALUES (?, ?, ?, ?) RETURNING id',
      ...[guid, artifactType, artifacts, most.toString()],
    )
    return Number(row?.id)
  }

  async get(id: number): Promise<BountyGroup | undefined> {
    const row = await this.#db.get('SELECT * FROM bounties WHERE id = ?', id)
    return row && groupOf(row)
  }

  /** Bounties that are not over for good, the oldest first. */
  async open(): Promise<BountyGroup[]> {
    return (await this.#db.all('SELECT * FROM bounties WHERE over = 0 ORDER BY id')).map(groupOf)
  }

  /** It is posted under another guid. */
  async rename(id: number, guid: Guid): Promise<void> {
    await this.#db.run('UPDATE bounties SET guid = ? WHERE id = ?', guid, id)
  }

  /** Writes down where a bounty stands. */
  async setProgress(id: number, progress: BountyProgress): Promise<void> {
    const { phase, block, expiration, revealEnd, voteEnd, answered } = progress
    await this.#db.run(
      `UPDATE bounties SET phase = ?, block = ?, expiration = ?, reveal_end = ?, vote_end = ?, answered = ?
        WHERE id = ?`,
      ...[phase, block, expiration, revealEnd, voteEnd, stringifyJson(answered) ?? '[]', id],
    )
  }

  /** Nothing that is known of it can change any more. */
  async close(id: number): Promise<void> {
    await this.#db.run('UPDATE bounties SET over = 1 WHERE id = ?', id)
  }
}

function groupOf(row: Row): BountyGroup {
  return {
    id: Number(row.id),
    guid: row.guid as Guid,
    artifactType: row.artifact_type as ArtifactType,
    artifacts: Number(row.artifacts),
    most: BigInt(row.most ?? 0),
    phase: row.phase as BountyPhase | null,
    block: Number(row.block),
    expiration: numberOf(row.expiration),
    revealEnd: numberOf(row.reveal_end),
    voteEnd: numberOf(row.vote_end),
    answered: parseJson(String(row.answered)) as Address[],
  }
}
