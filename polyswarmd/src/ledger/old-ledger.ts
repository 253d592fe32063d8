import { existsSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { SCHEMA_VERSION } from './schema.js'

/** What SQLite keeps beside a database. */
const BESIDES = ['', '-wal', '-shm'] as const

/**
 * Renames a ledger that an earlier version wrote to `FILE.old`, in the place of the one before: all that is in it can be read
 * again from the chain, and whoever goes back to that version has it still.
 */
export function setOldLedgerAside(file: string): void {
  if (!existsSync(file)) return
  const version = versionOf(file)
  if (version === 0 || version >= SCHEMA_VERSION) return
  for (const end of BESIDES) {
    rmSync(`${file}.old${end}`, { force: true })
    // The database itself last: a process that is killed here finds it, and begins again.
    if (end !== '' && existsSync(file + end)) renameSync(file + end, `${file}.old${end}`)
  }
  renameSync(file, `${file}.old`)
}

/** 0 for a file that is none: opening it says what is wrong. */
function versionOf(file: string): number {
  try {
    const db = new DatabaseSync(file)
    try {
      // What is in the log beside it goes into the file.
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      return Number(db.prepare('PRAGMA user_version').get()?.user_version)
    } finally {
      db.close()
    }
  } catch {
    return 0
  }
}
