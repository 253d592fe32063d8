import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll } from 'vitest'

/** A kind of database that a consumer service can have. */
export interface TestDatabase {
  name: string
  /** The address of an empty one; undefined for the file in a service's folder. */
  fresh(): Promise<string | undefined>
}

/**
 * Each kind of database that a service can have: the real thing, of which PostgreSQL is started for the tests of a file and
 * stopped after them. Where this machine has none there is SQLite alone, and where `CI` is set that is an error.
 */
export async function testDatabases(): Promise<TestDatabase[]> {
  const sqlite: TestDatabase = { name: 'SQLite', fresh: async () => undefined }
  const programs = programsOf()
  if (programs === undefined) {
    if (process.env.CI === 'true') throw new Error('PostgreSQL is missing: install the package postgresql.')
    return [sqlite]
  }
  const server = await PostgresServer.start(programs)
  afterAll(() => server.stop())
  return [sqlite, { name: 'PostgreSQL', fresh: () => server.fresh() }]
}

/** Where `initdb` and `postgres` are; Debian keeps them out of the path. */
function programsOf(): string | undefined {
  const path = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'initdb'))
  const found = [...globSync('/usr/lib/postgresql/*/bin/initdb').sort().reverse(), ...path].find(existsSync)
  return found && dirname(found)
}

/** PostgreSQL refuses to be run by root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

class PostgresServer {
  readonly #directory: string
  readonly #process: ChildProcess
  #count = 0

  private constructor(directory: string, server: ChildProcess) {
    this.#directory = directory
    this.#process = server
  }

  static async start(programs: string): Promise<PostgresServer> {
    // The path of a socket has to be short.
    const directory = mkdtempSync(join(tmpdir(), 'pg-'))
    const user = unprivileged()
    if (user) chownSync(directory, user.uid, user.gid)
    const data = join(directory, 'data')
    const settings = { ...user, cwd: directory, env: { PATH: process.env.PATH, LC_ALL: 'C' } }
    const made = ['-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8', '--no-sync']
    execFileSync(join(programs, 'initdb'), made, { ...settings, stdio: 'pipe' })
    const options = ['-k', directory, '-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'max_connections=50']
    const server = spawn(join(programs, 'postgres'), ['-D', data, ...options], { ...settings, stdio: 'ignore' })
    const started = new PostgresServer(directory, server)
    while (!(await started.#answers())) {
      if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}.`)
      await delay(20)
    }
    return started
  }

  async fresh(): Promise<string> {
    const name = `service${++this.#count}`
    await this.#ask(`CREATE DATABASE ${name}`)
    return this.#addressOf(name)
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGINT')
    if (this.#process.exitCode === null) await once(this.#process, 'exit')
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #addressOf(name: string): string {
    return `postgres://test@localhost/${name}?host=${encodeURIComponent(this.#directory)}`
  }

  async #answers(): Promise<boolean> {
    return this.#ask('SELECT 1').then(
      () => true,
      () => false,
    )
  }

  async #ask(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.#addressOf('postgres') })
    client.on('error', () => undefined)
    await client.connect()
    try {
      await client.query(sql)
    } finally {
      await client.end()
    }
  }
}
