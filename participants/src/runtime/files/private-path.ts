import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs'

/** Rights of anybody but the owner. */
const OTHERS = 0o077

/**
 * Takes everybody's rights but the owner's away from a file or directory, where there is one.
 *
 * @returns whether others had any until now.
 * @throws Error where they still have: it belongs to somebody else, or its disk knows no rights.
 */
export function makePrivate(path: string): boolean {
  if (process.platform === 'win32' || !existsSync(path)) return false
  const { mode } = statSync(path)
  if ((mode & OTHERS) === 0) return false
  chmodSync(path, mode & 0o700)
  if ((statSync(path).mode & OTHERS) !== 0) {
    throw new Error('others can read it, and that cannot be changed: put it on a disk that knows rights')
  }
  return true
}

/**
 * Makes an empty file that only its owner can read, whatever the umask, or takes the rights of others away from the one that
 * is there.
 *
 * @returns whether others had any until now.
 * @throws Error where they still have, or there can be no such file.
 */
export function openPrivate(path: string): boolean {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  return makePrivate(path)
}
