/** The first version of Node that has all that the programs are made with: SQLite without a flag, and types that are stripped. */
const OLDEST = 24

/** What is said and done where Node is too old. */
export interface OldNodeOptions {
  /** What needs a newer one. */
  program?: string
  /** With which status it ends. */
  status?: number
  version?: string
}

/**
 * Loads a program, where this Node can run it; else says so in one sentence. To be called before anything is imported that an
 * older Node does not have.
 */
export async function startOnSupportedNode(
  load: () => Promise<unknown>,
  { program = 'This program', status = 1, version = process.versions.node }: OldNodeOptions = {},
): Promise<void> {
  if (Number.parseInt(version, 10) >= OLDEST) {
    await load()
    return
  }
  process.stderr.write(`${program} needs Node ${OLDEST} or newer, and this is Node ${version}: install a newer one.\n`)
  process.exitCode = status
}
