import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives the tests, and every program that they start, a temporary directory of their own. @returns what removes it. */
export default async function ownTemporaryDirectory(): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'tests-'))
  // As the system's own: some programs that tests start, such as clamd, run as another user.
  await chmod(directory, 0o1777)
  process.env.TMPDIR = directory
  return () => rm(directory, { recursive: true, force: true, maxRetries: 5 })
}
