import { parseGatewayUrl } from '../client/gateway-url.js'
import { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { withRetries } from '../client/retry.js'
import { InvalidOptionError } from '../errors.js'
import { Journal } from '../runtime/journal.js'
import { openKeystore } from '../runtime/keystore.js'
import { createLogger } from '../runtime/logger.js'
import { marketOfGateway, readMarketFile } from '../runtime/market.js'
import { Participant } from '../runtime/participant.js'
import { findPassword } from '../runtime/password.js'
import type { Role } from '../runtime/role.js'
import { Wallet } from '../runtime/wallet.js'
import { defaultJournal, type ParticipantFlags } from './participant-options.js'

const WAIT_FOR_GATEWAY = { tries: 12, firstDelay: 250, maxDelay: 6_000 }

/**
 * Takes part in a market with the given role until it is done or told to stop.
 *
 * @throws everything that should end the program with another status than 0.
 */
export async function runParticipant(role: Role, flags: ParticipantFlags, signal: AbortSignal): Promise<void> {
  const [chain, ...others] = flags.chains
  if (chain === undefined || others.length > 0) {
    throw new InvalidOptionError({
      option: '--chains',
      reason: 'one process takes part on one chain: start one for each',
    })
  }
  const logger = createLogger({ level: flags.log, format: flags.logFormat }, process.stdout)
  const terminal = { input: process.stdin, output: process.stderr }
  const wallet = new Wallet(await openKeystore(flags.keyfile, await findPassword({ ...flags, terminal })))
  const client = new PolyswarmdClient({
    url: parseGatewayUrl(flags.polyswarmdAddr),
    account: wallet.address,
    chain,
    apiKey: flags.apiKey,
    allowKeyOverHttp: flags.allowKeyOverHttp,
  })
  const path = flags.journal ?? defaultJournal(role.name, wallet.address, chain)
  const journal = Journal.open(path, { account: wallet.address, role: role.name })
  try {
    if (flags.market !== undefined) journal.pinMarket(await readMarketFile(flags.market))
    if (!journal.market) {
      const contracts = await withRetries(() => client.contracts(signal), WAIT_FOR_GATEWAY, signal)
      journal.pinMarket(marketOfGateway(contracts))
      logger.warn(
        { market: journal.market, polyswarmd: client.url.origin },
        'trusting the market that this polyswarmd names',
      )
    }
    const market = journal.market
    if (!market) throw new TypeError('The market is pinned by now.')
    const limits = { maxGas: flags.maxGas, maxGasPrice: flags.maxGasPrice }
    const strict = flags.testing > 0
    const { apiKey } = flags
    await new Participant({ client, wallet, journal, market, role, limits, logger, strict, apiKey }).run(signal)
    logger.info(signal.aborted ? 'stopped' : 'done')
  } finally {
    journal.close()
    client.close()
  }
}
