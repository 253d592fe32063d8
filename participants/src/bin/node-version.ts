import { keepNurserySmall } from './small-nursery.js'

/** The first version of Node that has all that the programs are made with: SQLite without a flag, and types that are stripped. */
const OLDEST = 24

/**
 * Loads a program, where this Node can run it; else says so in one sentence and ends with status 1. To be called before
 * anything is imported that an older Node does not have.
 */
export async function startOnSupportedNode(
  load: () => Promise<unknown>,
  version: string = process.versions.node,
): Promise<void> {
  if (Number.parseInt(version, 10) >= OLDEST) {
    keepNurserySmall()
    await load()
    return
  }
  process.stderr.write(
    `This program needs Node ${OLDEST} or newer, and this is Node ${version}: install a newer one.\n`,
  )
  process.exitCode = 1
}
