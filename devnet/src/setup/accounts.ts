import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createKeystoreFile, openKeystore } from '@polyswarm/participants/runtime'
import type { PrivateKeyAccount } from 'viem'
import type { DataDirectory } from '../data-directory.js'
import type { MarketFile } from '../market-file.js'

/** One entry of `accounts` in market.json. */
export type MarketAccount = MarketFile['accounts'][string]

/**
 * scrypt makes guessing slow. These passwords are 32 random bytes that lie beside their keystores: there is nothing to
 * guess, and seven slow keystores would be most of a market's start.
 */
const KEYSTORE_COST = 2 ** 12

/** Draws a key for a role and writes its keystore and its password; what an interrupted attempt has left is replaced. */
export async function createAccount(data: DataDirectory, role: string): Promise<MarketAccount> {
  const keyfile = data.path('keys', `${role}.json`)
  const passwordFile = data.path('keys', `${role}.password`)
  rmSync(keyfile, { force: true })
  const password = randomBytes(32).toString('base64url')
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  const address = await createKeystoreFile({ path: keyfile, password, cost: KEYSTORE_COST })
  return { address, keyfile, passwordFile }
}

/** Opens the key of a market's account. */
export async function unlockAccount({ keyfile, passwordFile }: MarketAccount): Promise<PrivateKeyAccount> {
  return openKeystore(keyfile, readFileSync(passwordFile, 'utf8').trim())
}
