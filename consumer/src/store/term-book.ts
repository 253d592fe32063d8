import type { Database } from './database.js'

/** Artifacts up to which it is counted how many have a term: the rarest is gone through. */
const COUNTED = 1_000

/** What artifacts are found by, besides their hashes. */
export class TermBook {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Notes what an artifact is found by, besides what it was until now. */
  async note(artifact: number, terms: readonly string[]): Promise<void> {
    for (const term of terms) {
      await this.#db.run(
        'INSERT INTO terms (term, artifact) VALUES (?, ?) ON CONFLICT (term, artifact) DO NOTHING',
        ...[term, artifact],
      )
    }
  }

  /** What an artifact is found by. */
  async ofArtifact(artifact: number): Promise<string[]> {
    const rows = await this.#db.all('SELECT term FROM terms WHERE artifact = ? ORDER BY term', artifact)
    return rows.map(({ term }) => String(term))
  }

  /** Artifacts that have all of some terms, the latest first, below an id. */
  async withAll(terms: readonly string[], before: number, limit: number): Promise<number[]> {
    const counts: { term: string; count: number }[] = []
    for (const term of new Set(terms)) {
      const sql = `SELECT count(*) AS n FROM (SELECT 1 AS one FROM terms WHERE term = ? LIMIT ${COUNTED}) AS few`
      counts.push({ term, count: Number((await this.#db.get(sql, term))?.n) })
    }
    const [rarest, ...rest] = counts.sort((a, b) => a.count - b.count).map(({ term }) => term)
    if (rarest === undefined) return []
    const others = rest.map(() => 'AND EXISTS (SELECT 1 FROM terms WHERE term = ? AND artifact = first.artifact)')
    const rows = await this.#db.all(
      `SELECT artifact FROM terms AS first WHERE term = ? AND artifact < ? ${others.join(' ')}
        ORDER BY artifact DESC LIMIT ?`,
      ...[rarest, before, ...rest, limit],
    )
    return rows.map(({ artifact }) => Number(artifact))
  }
}
