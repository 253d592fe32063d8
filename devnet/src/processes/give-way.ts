import { writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'

/** Linux takes one such wish of an ordinary user in a tenth of a second. */
const TRIES = 50
const PAUSE_MS = 100

/**
 * Has a process that leads a session of its own give way to others where processors are short. Linux shares them out among
 * sessions first, whatever the priorities of the processes in them: see "The autogroup feature" in sched(7). So the session
 * gives way, too. A process that is gone already, or whose system knows no priorities, runs as it is.
 *
 * @param nice from 0 to 19.
 */
export async function giveWay(pid: number, nice: number): Promise<void> {
  try {
    setPriority(pid, nice)
    for (let left = TRIES; left > 0 && !(await isTaken(pid, nice)); left--) await delay(PAUSE_MS)
  } catch {}
}

/** @returns whether the system has taken a session's priority. */
async function isTaken(pid: number, nice: number): Promise<boolean> {
  try {
    await writeFile(`/proc/${pid}/autogroup`, String(nice))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false
    throw error
  }
}
