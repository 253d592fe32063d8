import { readFile } from 'node:fs/promises'
import { MarketFileError } from '@polyswarm/participants/ambassador'
import { parseJson } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { z } from 'zod'

/** What an account is called; a part of its address where it has no name. */
export type EngineNames = (address: Address) => string

const named = z.object({ accounts: z.record(z.string(), z.looseObject({ address: z.string() })).default({}) })

/**
 * Names of accounts, as the market file of a dev market gives them.
 *
 * @throws MarketFileError where the file cannot be read.
 */
export async function engineNames(marketFile: string | undefined): Promise<EngineNames> {
  const names = new Map<string, string>()
  if (marketFile !== undefined) {
    try {
      const { accounts } = named.parse(parseJson(await readFile(marketFile, 'utf8')))
      for (const [name, { address }] of Object.entries(accounts)) names.set(address.toLowerCase(), name)
    } catch (error) {
      throw new MarketFileError({ path: marketFile, reason: (error as Error).message })
    }
  }
  return (address) => names.get(address.toLowerCase()) ?? `${address.slice(0, 6)}…${address.slice(-4)}`
}
