import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stamped, stampedLock, type Versioned } from './version-stamp.ts'

/** The root's package.json. */
export interface RootManifest extends Versioned {
  version: string
  /** In the order in which they need each other. */
  workspaces: string[]
}

/** What is at the root of a directory: all packages have its version. */
export function readRoot(root: string): RootManifest {
  return readJson(join(root, 'package.json'))
}

/** Gives the root, all workspaces and the lock file a version. */
export function stampProject(root: string, version: string): void {
  const { workspaces } = readRoot(root)
  for (const folder of ['', ...workspaces]) {
    const file = join(root, folder, 'package.json')
    writeJson(file, stamped(readJson<Versioned>(file), version))
  }
  const lock = join(root, 'package-lock.json')
  writeJson(lock, stampedLock(readJson<{ packages: Record<string, Versioned> }>(lock), workspaces, version))
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}
