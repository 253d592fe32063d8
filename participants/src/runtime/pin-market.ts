import type { Logger } from 'pino'
import { waitForGateway } from '../client/gateway-wait.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import type { Journal } from './journal.js'
import { type MarketPin, marketOfGateway, readMarketFile } from './market.js'

/**
 * The market that a journal's account signs for: that of a market file, or the pinned one, or at the first start the one that
 * polyswarmd names.
 *
 * @throws MarketFileError, MarketMismatchError where the file and the journal name different ones, and what asking throws.
 */
export async function pinnedMarket(
  { client, journal, marketFile, logger }: PinnedMarketOptions,
  signal: AbortSignal,
): Promise<MarketPin> {
  if (marketFile !== undefined) journal.pinMarket(await readMarketFile(marketFile))
  if (!journal.market) {
    const contracts = await waitForGateway(() => client.contracts(signal), { logger, signal })
    journal.pinMarket(marketOfGateway(contracts))
    const { origin } = client.url
    logger.warn({ market: journal.market, polyswarmd: origin }, 'trusting the market that this polyswarmd names')
  }
  if (!journal.market) throw new TypeError('The market is pinned by now.')
  return journal.market
}

interface PinnedMarketOptions {
  client: PolyswarmdClient
  journal: Journal
  /** Path of a `market.json`. */
  marketFile: string | undefined
  logger: Logger
}
