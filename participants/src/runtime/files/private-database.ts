import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PreparedDatabase } from './prepared-database.js'
import { makePrivate, openPrivate } from './private-path.js'

/** Milliseconds that a write waits until another process has finished its own. */
const PATIENCE = 5_000

/** What SQLite keeps beside a database while it is open, and leaves there when its process is killed. */
const BESIDES = ['-wal', '-shm', '-journal']

/**
 * Makes the files of a database their owner's alone, those that SQLite keeps beside it included; the database, its folder and
 * its lock are made where they are missing.
 *
 * @returns the files that others could read until now.
 * @throws Error where others still can.
 */
export function makeDatabasePrivate(path: string): string[] {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // SQLite gives the files beside it the rights of the database itself.
  return [...[path, lockOf(path)].filter(openPrivate), ...BESIDES.map((end) => `${path}${end}`).filter(makePrivate)]
}

/** Opens an SQLite file with a write-ahead log. @throws Error where it is none. */
export function openDatabase(path: string): DatabaseSync {
  const db = new PreparedDatabase(path, { timeout: PATIENCE })
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/**
 * Takes the lock of a database: one process at a time has it. It is a write transaction on a file beside the database: the
 * system lets go of it when the process ends, however it ends, and the database itself stays readable for other programs.
 *
 * @returns what has to stay open meanwhile; undefined while another process has it.
 */
export function lockBeside(path: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(lockOf(path), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch {
    lock.close()
    return undefined
  }
}

function lockOf(path: string): string {
  return `${path}.lock`
}
