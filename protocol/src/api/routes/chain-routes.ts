import { z } from 'zod'
import { contractsResult, statusResult } from '../market.js'
import { quoteRequest, quoteResult } from '../quote.js'
import { statementPage } from '../statement.js'
import { findTransactionsBody, sendTransactionsBody, sentTransaction, transactionEvents } from '../transaction.js'
import { number, parameters } from './parameter.js'
import { added, read, take } from './route.js'

const { party, chain } = parameters
const digits = z.string().regex(/^\d{1,78}$/)

/** What polyswarmd says of its chains, and does with transactions. */
export const chainRoutes = {
  status: read('/status', 'Community, chains with their newest blocks, and the artifact store', statusResult),
  syncing: read(
    '/syncing',
    "`false`, or how far the chain's node has come",
    z.union([z.literal(false), z.looseObject({})]),
    party,
  ),
  nonce: read('/nonce', 'The next nonce of the account, pending transactions counted', z.number().int().nonnegative(), [
    ...party,
    { name: 'ignore_pending', description: 'where it is given, transactions that are not mined do not count' },
  ]),
  pendingNonces: read('/pending', "Nonces of the account's pending transactions", z.array(digits), party),
  contracts: added(
    read(
      '/contracts',
      'Chain id, whether gas is free, and the addresses of the contracts: what a participant pins',
      contractsResult,
      chain,
    ),
  ),
  quote: added(
    take(
      '/quote',
      'Chain id, block, nonce and gas price, and the gas of calls: what it takes to sign',
      quoteRequest,
      quoteResult,
      party,
    ),
  ),
  sendTransactions: take(
    '/transactions',
    'Sends up to 10 signed transactions, in hex without 0x; one `{is_error, message}` each',
    sendTransactionsBody,
    z.array(sentTransaction).max(10),
    party,
  ),
  transactionEvents: {
    ...read(
      '/transactions',
      'The events of up to 10 transactions, whose hashes are in a JSON body, when all are mined',
      transactionEvents,
      [...party, number('wait', 'seconds to wait at most', 'WAIT_INVALID')],
    ),
    body: findTransactionsBody,
  },
  ethBalance: read('/balances/:address/eth', "The account's ether, a decimal string of wei", digits, chain),
  nctBalance: read('/balances/:address/nct', "The account's NCT, a decimal string of base units", digits, chain),
  totalStake: read('/balances/:address/staking/total', 'What the account has staked', digits, chain),
  withdrawableStake: read(
    '/balances/:address/staking/withdrawable',
    'What it can withdraw of its stake now',
    digits,
    chain,
  ),
  statement: added(
    read('/balances/:address/statement', 'What came into an account and went out of it, and why', statementPage, [
      ...chain,
      number('from', 'first block; 0 where nothing is said', 'BLOCK_INVALID'),
      number('to', 'last block; the newest where nothing is said, and then the balance is told', 'BLOCK_INVALID'),
    ]),
  ),
}
