import { z } from 'zod'
import { contractsResult, statusResult } from '../market.js'
import { quoteRequest, quoteResult } from '../quote.js'
import { statementPage } from '../statement.js'
import { findTransactionsBody, sendTransactionsBody, sentTransaction, transactionEvents } from '../transaction.js'
import { number, parameters } from './parameter.js'
import { read, take } from './route.js'

const { party, chain } = parameters
const digits = z.string().regex(/^\d{1,78}$/)

/** What polyswarmd says of its chains, and does with transactions. */
export const chainRoutes = {
  status: read('/status', 'The community, its chains and the artifact store', statusResult),
  syncing: read(
    '/syncing',
    "false, or how far the chain's node has come",
    z.union([z.literal(false), z.looseObject({})]),
    party,
  ),
  nonce: read('/nonce', 'The next nonce of the account', z.number().int().nonnegative(), [
    ...party,
    { name: 'ignore_pending', description: 'where it is given, transactions that are not mined do not count' },
  ]),
  pendingNonces: read(
    '/pending',
    'Nonces of the transactions of the account that are not mined',
    z.array(digits),
    party,
  ),
  contracts: read('/contracts', 'Chain id and addresses, which a participant pins', contractsResult, chain),
  quote: take(
    '/quote',
    'Nonce, gas price and the gas of calls, for who computes transactions itself',
    quoteRequest,
    quoteResult,
    party,
  ),
  sendTransactions: take(
    '/transactions',
    'Sends signed transactions on',
    sendTransactionsBody,
    z.array(sentTransaction).max(10),
    party,
  ),
  transactionEvents: {
    ...read('/transactions', 'What became of transactions, when all are mined', transactionEvents, [
      ...party,
      number('wait', 'seconds to wait at most', 'WAIT_INVALID'),
    ]),
    body: findTransactionsBody,
  },
  ethBalance: read('/balances/:address/eth', 'A balance in base units', digits, chain),
  nctBalance: read('/balances/:address/nct', 'A balance in base units', digits, chain),
  totalStake: read('/balances/:address/staking/total', 'A balance in base units', digits, chain),
  withdrawableStake: read('/balances/:address/staking/withdrawable', 'A balance in base units', digits, chain),
  statement: read(
    '/balances/:address/statement',
    'What came into an account and went out of it, and why',
    statementPage,
    [
      ...chain,
      number('from', 'first block; 0 where nothing is said', 'BLOCK_INVALID'),
      number('to', 'last block; the newest where nothing is said, and then the balance is told', 'BLOCK_INVALID'),
    ],
  ),
}
