import type { DatabaseSync } from 'node:sqlite'
import { type ArtifactType, type BountyPhase, type Guid, parseJson, stringifyJson } from '@polyswarm/protocol'
import type { Address } from 'viem'

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

type Row = Record<string, string | number | null>

/** The bounties that a consumer service posts. */
export class BountyGroups {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  add(group: Pick<BountyGroup, 'guid' | 'artifactType' | 'artifacts' | 'most'>): number {
    const row = this.#db
      .prepare('INSERT INTO bounties (guid, artifact_type, artifacts, most) VALUES (?, ?, ?, ?) RETURNING id')
      .get(group.guid, group.artifactType, group.artifacts, group.most.toString())
    return Number(row?.id)
  }

  get(id: number): BountyGroup | undefined {
    const row = this.#db.prepare('SELECT * FROM bounties WHERE id = ?').get(id)
    return row && groupOf(row as Row)
  }

  /** Bounties that are not over for good, the oldest first. */
  open(): BountyGroup[] {
    return (this.#db.prepare('SELECT * FROM bounties WHERE over = 0 ORDER BY id').all() as Row[]).map(groupOf)
  }

  /** It is posted under another guid. */
  rename(id: number, guid: Guid): void {
    this.#db.prepare('UPDATE bounties SET guid = ? WHERE id = ?').run(guid, id)
  }

  /** Writes down where a bounty stands. */
  setProgress(id: number, { phase, block, expiration, revealEnd, voteEnd, answered }: BountyProgress): void {
    this.#db
      .prepare(`UPDATE bounties SET phase = ?, block = ?, expiration = ?, reveal_end = ?, vote_end = ?, answered = ?
        WHERE id = ?`)
      .run(phase, block, expiration, revealEnd, voteEnd, stringifyJson(answered), id)
  }

  /** Nothing that is known of it can change any more. */
  close(id: number): void {
    this.#db.prepare('UPDATE bounties SET over = 1 WHERE id = ?').run(id)
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
    expiration: row.expiration as number | null,
    revealEnd: row.reveal_end as number | null,
    voteEnd: row.vote_end as number | null,
    answered: parseJson(String(row.answered)) as Address[],
  }
}
