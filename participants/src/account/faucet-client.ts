import { readFile } from 'node:fs/promises'
import { parseJson, stringifyJson } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { z } from 'zod'
import { FaucetError, InvalidOptionError } from '../errors.js'

/** Who is asked, and for whom. */
export interface FaucetRequest {
  /** URL of the faucet; or else the market file that names it. */
  faucet?: string | undefined
  market?: string | undefined
  account: Address | undefined
  /** In NCT; as much as the faucet gives where none is named. */
  amount?: string | undefined
}

/** Milliseconds until a faucet is given up. */
const PATIENCE = 60_000

const answer = z.union([
  z.object({ amount: z.string().regex(/^\d{1,78}$/), transaction: z.string().max(100) }),
  z.object({ error: z.string().max(1_000) }),
])

/**
 * Asks the faucet of a development market for NCT, and waits until they are there.
 *
 * @returns what the account got, in base units, and the transaction that brought it.
 * @throws InvalidOptionError where there is no faucet or no account; FaucetError where it gives nothing.
 */
export async function askFaucet(
  { faucet, market, account, amount }: FaucetRequest,
  signal: AbortSignal,
): Promise<{ amount: bigint; transaction: string }> {
  if (account === undefined) {
    throw new InvalidOptionError({ option: '--keyfile', reason: 'it does not name its account: give the address' })
  }
  const url = faucet ?? (market === undefined ? undefined : await faucetOf(market))
  if (url === undefined || !URL.canParse(url)) {
    const reason = 'there is none: give the URL that npm start names, or the market.json of a development market'
    throw new InvalidOptionError({ option: '--faucet', reason })
  }
  let said: z.infer<typeof answer>
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: stringifyJson({ account, ...(amount !== undefined && { amount }) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    })
    said = answer.parse(parseJson(await response.text()))
  } catch (cause) {
    signal.throwIfAborted()
    throw new FaucetError({
      url,
      reason: cause instanceof z.ZodError ? 'it is no faucet' : 'it does not answer',
      cause,
    })
  }
  if ('error' in said) throw new FaucetError({ url, reason: said.error })
  return { amount: BigInt(said.amount), transaction: said.transaction }
}

async function faucetOf(path: string): Promise<string | undefined> {
  try {
    return z.object({ faucet: z.string().optional() }).parse(parseJson(await readFile(path, 'utf8'))).faucet
  } catch (error) {
    throw new InvalidOptionError({ option: '--market', reason: `${path} cannot be read: ${(error as Error).message}` })
  }
}
