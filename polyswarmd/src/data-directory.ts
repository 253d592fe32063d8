import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DataDirectoryError } from './errors.js'

/** A directory that one daemon uses at a time. */
export interface DataDirectory {
  /** Path of something in it. */
  path(name: string): string
  /** Lets another daemon use it. */
  release(): void
}

/**
 * Makes a data directory, or takes it over from a daemon that has ended, however it did. It is its owner's alone.
 *
 * @throws DataDirectoryError where it cannot be written or another daemon uses it.
 */
export function openDataDirectory(directory: string): DataDirectory {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    // Messages of offers and uploads are in it, which are not everybody's to read.
    chmodSync(directory, 0o700)
    // SQLite's own lock on a file without content: the system lets go of it when the process ends, kill -9 included.
    const lock = new DatabaseSync(join(directory, 'lock'))
    try {
      lock.exec('BEGIN EXCLUSIVE')
    } catch (cause) {
      lock.close()
      throw new DataDirectoryError({ directory, cause: new Error('another polyswarmd uses it', { cause }) })
    }
    return { path: (name) => join(directory, name), release: () => lock.close() }
  } catch (cause) {
    if (cause instanceof DataDirectoryError) throw cause
    throw new DataDirectoryError({ directory, cause })
  }
}
