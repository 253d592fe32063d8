import { dirname } from 'node:path'
import type { Logger } from 'pino'
import { type ChainName, PolyswarmdClient } from '../client/polyswarmd-client.js'
import { makePrivate } from './files/private-path.js'
import { Journal } from './journal/journal.js'
import { defaultJournal } from './journal/journal-path.js'
import { Participant, type ParticipantOptions } from './participant.js'
import { pinnedMarket } from './pin-market.js'
import type { GasLimits } from './transactions/gas-quotes.js'

/** Where an account takes part, and as what. */
export interface ParticipationOptions
  extends Omit<ParticipantOptions, 'client' | 'journal' | 'market' | 'limits' | 'apiKey'> {
  /** Address of polyswarmd, from `parseGatewayUrl`. */
  polyswarmd: URL
  chain: ChainName
  apiKey?: string | undefined
  /** Lets the API key travel over http to a host that is not this machine. */
  allowKeyOverHttp?: boolean | undefined
  /** Path of the journal; by role, account and chain below the state directory where it is undefined. */
  journal?: string | undefined
  /** Path of a `market.json`; without it the market that polyswarmd names at the first start is trusted. */
  market?: string | undefined
  limits?: Partial<GasLimits>
  /** What goes on beside the participant, which is run by calling `run`. */
  beside?: Beside
}

/** Runs a participant, and something beside it that needs its parts. */
type Beside = (
  run: (signal: AbortSignal) => Promise<void>,
  parts: { client: PolyswarmdClient; journal: Journal; logger: Logger },
  signal: AbortSignal,
) => Promise<void>

/** Far above what any action of a bounty with 256 artifacts needs, far below what a block holds. */
export const MAX_GAS = 30_000_000n
/** 500 gwei. */
export const MAX_GAS_PRICE = 500_000_000_000n

/**
 * Takes part in a market on one chain until the role has finished or the signal is aborted: opens the journal, pins the
 * market, and closes everything in the end.
 *
 * @throws JournalError, JournalLockedError, ApiKeyOverHttpError, MarketFileError, MarketMismatchError, and what
 * `Participant.run` throws.
 */
export async function participate(options: ParticipationOptions, signal: AbortSignal): Promise<void> {
  const { polyswarmd: url, chain, wallet, role, logger, apiKey, allowKeyOverHttp = false, beside, ...rest } = options
  const account = wallet.address
  const client = new PolyswarmdClient({ url, account, chain, apiKey, allowKeyOverHttp })
  try {
    const path = options.journal ?? defaultJournal(role.name, account, chain)
    const journal = Journal.open(path, { account, role: role.name })
    try {
      if (options.journal === undefined) makePrivate(dirname(path))
      if (journal.mended.length > 0) {
        logger.warn({ files: journal.mended }, 'others could read this journal until now: it is private from here on')
      }
      const market = await pinnedMarket({ client, journal, marketFile: options.market, logger }, signal)
      const limits = { maxGas: MAX_GAS, maxGasPrice: MAX_GAS_PRICE, ...options.limits }
      const participant = new Participant({ ...rest, client, wallet, journal, market, role, limits, logger, apiKey })
      const run = (either: AbortSignal): Promise<void> => participant.run(either)
      await (beside === undefined ? run(signal) : beside(run, { client, journal, logger }, signal))
    } finally {
      journal.close()
    }
  } finally {
    client.close()
  }
}
