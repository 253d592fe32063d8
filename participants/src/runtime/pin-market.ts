import type { Logger } from 'pino'
import type { Address } from 'viem'
import { waitForGateway } from '../client/gateway-wait.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { NoRelayError } from '../errors.js'
import type { Journal } from './journal/journal.js'
import { type MarketPin, marketOfGateway, readMarketFile } from './market/market.js'

/**
 * The market that a journal's account signs for: that of a market file, or the pinned one, or at the first start the one that
 * polyswarmd names.
 *
 * @throws MarketFileError, MarketMismatchError where the file and the journal name different ones, and what asking throws.
 */
export async function pinnedMarket(
  { client, journal, marketFile, logger, mayWait = true }: PinnedMarketOptions,
  signal: AbortSignal,
): Promise<MarketPin> {
  if (marketFile !== undefined) journal.pinMarket(await readMarketFile(marketFile, client.chain))
  if (!journal.market) {
    const ask = () => client.contracts(signal)
    const contracts = await (mayWait ? waitForGateway(ask, { logger, signal }) : ask())
    journal.pinMarket(marketOfGateway(contracts))
    const { origin } = client.url
    logger.warn({ market: journal.market, polyswarmd: origin }, 'trusting the market that this polyswarmd names')
  }
  if (!journal.market) throw new TypeError('The market is pinned by now.')
  return journal.market
}

/**
 * Where NCT is sent that is to cross to the other chain: the relay that the market file or the journal names, or at first
 * sight the one that polyswarmd names. What polyswarmd names is compared each time.
 *
 * @throws NoRelayError where there is none; MarketMismatchError where polyswarmd names another; and what asking throws.
 */
export async function pinnedRelay(
  { client, journal, logger }: Omit<PinnedMarketOptions, 'marketFile' | 'mayWait'>,
  signal: AbortSignal,
): Promise<Address> {
  const known = journal.market?.relay
  journal.pinMarket(marketOfGateway(await client.contracts(signal)))
  const relay = journal.market?.relay
  if (relay === undefined) throw new NoRelayError({ chain: client.chain })
  if (known === undefined) logger.warn({ relay, chain: client.chain }, 'trusting the relay that this polyswarmd names')
  return relay
}

interface PinnedMarketOptions {
  client: PolyswarmdClient
  journal: Journal
  /** Path of a `market.json`. */
  marketFile: string | undefined
  logger: Logger
  /** Whether polyswarmd may take its time to be there. */
  mayWait?: boolean
}
