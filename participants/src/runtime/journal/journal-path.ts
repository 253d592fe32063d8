import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where a journal is kept unless told otherwise: the same place wherever the program is started from. */
export function defaultJournal(role: string, account: string, chain: string): string {
  const state = process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state')
  return join(state, 'polyswarm', `${role}-${chain}-${account.toLowerCase()}.sqlite`)
}
