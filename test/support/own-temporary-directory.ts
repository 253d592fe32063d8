import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Gives the tests, and every program that they start, a temporary directory of their own, and removes those of earlier runs
 * that were killed. @returns what removes it.
 */
export default async function ownTemporaryDirectory(): Promise<() => Promise<void>> {
  await removeOrphans(tmpdir())
  const directory = await mkdtemp(join(tmpdir(), `tests-${process.pid}-`))
  // As the system's own: some programs that tests start, such as clamd, run as another user.
  await chmod(directory, 0o1777)
  process.env.TMPDIR = directory
  return () => remove(directory)
}

/** Removes the directories of test runs that have ended without doing so themselves. */
export async function removeOrphans(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, pid] = /^tests-(\d+)-\w{6}$/.exec(name) ?? []
    // What belongs to another user stays.
    if (pid !== undefined && !isRunning(Number(pid))) await remove(join(parent, name)).catch(() => undefined)
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function remove(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 5 })
}
