import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address } from 'viem'
import { InvalidOptionError } from '../errors.js'
import { readAccount } from '../runtime/keys/keystore.js'

/** A keystore file and the account that it says it holds. */
export interface ListedKeystore {
  file: string
  account: Address
}

/**
 * The keystore files of a directory, by name. What is no keystore is passed over, and so is one that does not name its
 * account.
 *
 * @throws InvalidOptionError where the directory cannot be read.
 */
export async function listKeystores(directory: string): Promise<ListedKeystore[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: Error) => {
    throw new InvalidOptionError({ option: 'DIRECTORY', reason: error.message })
  })
  const found: ListedKeystore[] = []
  for (const entry of entries.filter((each) => each.isFile()).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = join(directory, entry.name)
    const account = await readAccount(file).catch(() => undefined)
    if (account !== undefined) found.push({ file, account })
  }
  return found
}
