import { PolySwarmError } from '@polyswarm/protocol'
import { Client, type ClientConfig, type DatabaseError, Pool, types } from 'pg'
import { ConsumerStoreError } from '../errors.js'
import { CONSUMER_STEPS } from './consumer-schema.js'
import { Database, type Row, type SqlValue } from './database.js'
import { Transactions } from './transactions.js'

/** Advisory locks of PostgreSQL that a service and the making of its tables take. */
const LOCKS = { service: 7_305_121, tables: 7_305_122 }

/** Connections that read at the same time. */
const READERS = 8

/** Milliseconds after which a connection, or one statement, is given up. */
const PATIENCE = 15_000

/** The type of a 64-bit integer in PostgreSQL's own table of types. */
const INT8 = 20

/**
 * A PostgreSQL database, for a service whose submissions are too many for one file. One connection writes, and holds the lock
 * of the service: where it breaks, nothing is written until the lock is there again.
 */
export class PostgresDatabase extends Database {
  readonly name: string
  readonly #config: ClientConfig
  readonly #reading: Pool
  readonly #transactions = new Transactions()
  #writing: Client | undefined
  #isLocked = false

  private constructor(url: URL, config: ClientConfig) {
    super()
    this.name = `${url.host}${url.pathname}`
    this.#config = config
    this.#reading = new Pool({ ...config, max: READERS })
    // A connection that breaks while nobody uses it is replaced.
    this.#reading.on('error', () => undefined)
  }

  /**
   * Connects to a database, and makes its tables where they are missing.
   *
   * @param address `postgres://user:password@host:port/database`, with whatever else libpq takes in its query.
   * @throws ConsumerStoreError where it cannot be reached, or is of a later version.
   */
  static async open(address: string): Promise<PostgresDatabase> {
    const parsers = { getTypeParser: (oid: number) => (oid === INT8 ? BigInt : types.getTypeParser(oid)) }
    const made = new PostgresDatabase(new URL(address), {
      connectionString: address,
      types: parsers as NonNullable<ClientConfig['types']>,
      connectionTimeoutMillis: PATIENCE,
      statement_timeout: PATIENCE,
      application_name: 'polyswarm consumer',
    })
    try {
      await made.transaction(() => made.#makeTables())
      return made
    } catch (error) {
      await made.close()
      throw error
    }
  }

  async all(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return (await this.#ask(sql, values)).rows
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return (await this.#ask(sql, values)).rowCount ?? 0
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#transactions.isInside) return work()
    return this.#transactions.run(async () => {
      const client = await this.#writer()
      await this.#guarded(() => client.query('BEGIN'))
      try {
        const result = await work()
        await this.#guarded(() => client.query('COMMIT'))
        return result
      } catch (error) {
        await client.query('ROLLBACK').catch(() => this.#drop(client))
        throw error
      }
    })
  }

  async lock(): Promise<boolean> {
    return this.#transactions.run(async () => {
      const client = await this.#writer()
      this.#isLocked ||= await this.#takeLock(client)
      return this.#isLocked
    })
  }

  /** PostgreSQL's vacuum gives the room of what was deleted to others; who needs more keeps it on an encrypted disk. */
  async scrub(): Promise<void> {}

  async close(): Promise<void> {
    await this.#transactions.run(async () => this.#writing?.end().catch(() => undefined))
    await this.#reading.end()
  }

  async #ask(sql: string, values: readonly SqlValue[]): Promise<{ rows: Row[]; rowCount: number | null }> {
    const client = this.#transactions.isInside ? this.#writing : this.#reading
    return this.#guarded(async () => {
      if (!client) throw new Error('the connection broke')
      return client.query<Row>({ ...statementOf(sql), values: [...values] })
    })
  }

  /** The connection that writes, with the lock where this is a service. */
  async #writer(): Promise<Client> {
    if (this.#writing) return this.#writing
    const client = new Client(this.#config)
    client.on('error', () => this.#drop(client))
    client.on('end', () => this.#drop(client))
    await this.#guarded(() => client.connect())
    if (this.#isLocked && !(await this.#takeLock(client))) {
      await client.end()
      throw new ConsumerStoreError({ path: this.name, reason: 'another service has taken it over: stop one of them' })
    }
    this.#writing = client
    return client
  }

  async #takeLock(client: Client): Promise<boolean> {
    const { rows } = await this.#guarded(() =>
      client.query('SELECT pg_try_advisory_lock($1) AS taken', [LOCKS.service]),
    )
    return rows[0]?.taken === true
  }

  #drop(client: Client): void {
    if (this.#writing === client) this.#writing = undefined
  }

  async #makeTables(): Promise<void> {
    await this.all('SELECT pg_advisory_xact_lock(?)', LOCKS.tables)
    await this.run('CREATE TABLE IF NOT EXISTS consumer_version (version BIGINT NOT NULL)')
    const version = Number((await this.get('SELECT max(version) AS version FROM consumer_version'))?.version ?? 0)
    if (version > CONSUMER_STEPS.length) {
      const reason = `it has version ${version}, this program writes version ${CONSUMER_STEPS.length}`
      throw new ConsumerStoreError({ path: this.name, reason })
    }
    for (const { postgres } of CONSUMER_STEPS.slice(version)) {
      // Several statements in one go, which takes no parameters.
      await this.#guarded(async () => this.#writing?.query(postgres))
    }
    if (version < CONSUMER_STEPS.length) {
      await this.run('INSERT INTO consumer_version VALUES (?)', CONSUMER_STEPS.length)
    }
  }

  async #guarded<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof PolySwarmError) throw error
      const { message, code } = error as DatabaseError
      // The message of a connection that was refused can be empty.
      throw new ConsumerStoreError({
        path: this.name,
        reason: message || (code ?? 'it cannot be reached'),
        cause: error,
      })
    }
  }
}

/** A statement as PostgreSQL takes it. */
interface Statement {
  text: string
  /** Under which a connection keeps its plan; without one it is planned each time. */
  name?: string
}

/** The texts are the program's own, so there are only so many; those beyond have conditions that a caller has put together. */
const MOST_KEPT = 500
const known = new Map<string, Statement>()

/** PostgreSQL numbers its parameters, and planning a look by an index takes longer than looking. */
function statementOf(sql: string): Statement {
  const before = known.get(sql)
  if (before !== undefined) return before
  let count = 0
  const text = sql.replace(/\?(\d*)/g, (_, given: string) => `$${given === '' ? ++count : given}`)
  if (known.size >= MOST_KEPT) return { text }
  const made = { text, name: `consumer-${known.size}` }
  known.set(sql, made)
  return made
}
