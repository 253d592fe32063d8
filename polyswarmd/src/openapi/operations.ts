import {
  artifactList,
  assertionList,
  assertionResult,
  bloomResult,
  bountyList,
  bountyMoves,
  bountyParameters,
  bountyResult,
  bountyTerms,
  claimList,
  contractsResult,
  dueList,
  openingList,
  openingRequest,
  openingResult,
  postBountyRequest,
  quoteRequest,
  quoteResult,
  revealRequest,
  sentTransaction,
  settlementResult,
  stakeRequest,
  stakingParameters,
  stakingStanding,
  statementPage,
  statusResult,
  transactionEvents,
  voteList,
  voteResult,
} from '@polyswarm/protocol'
import { z } from 'zod'
import { findTransactionsBody, sendTransactionsBody } from '../api/transaction-bodies.js'
import { builtResult } from './built-result.js'
import { assertionBody, metadataBody, voteBody } from './lenient-bodies.js'
import { offerOperations } from './offer-operations.js'
import {
  inPhase,
  number,
  type Operation,
  ofAccount,
  onBounty,
  orderedPage,
  type Parameter,
  page,
  parameters,
  read,
  resume,
  since,
  take,
} from './operation.js'

const { party, builds, chain } = parameters
const text = z.string()
const guid = z.uuid()
const digits = z.string().regex(/^\d+$/)

const archive: readonly Parameter[] = [
  {
    name: 'dag-scope',
    description: 'all by default; entity for the list of a directory only; block for one block',
    form: ['all', 'entity', 'block'],
    refusal: 'DAG_SCOPE_INVALID',
  },
  {
    name: 'car-dups',
    description: 'y repeats a block that occurs again; n by default',
    form: ['y', 'n'],
    refusal: 'ARCHIVE_UNSUPPORTED',
  },
  {
    name: 'artifacts',
    description: 'positions in the directory, such as 0,3, where not all are wanted',
    form: /^\d{1,3}(,\d{1,3}){0,255}$/,
    refusal: 'ARTIFACT_POSITIONS_INVALID',
  },
]

/** Every route of the API. A test holds them and the server together. */
export const operations: readonly Operation[] = [
  read(
    '/',
    'What this is, and where it is described',
    z.object({ name: text, version: text, openapi: text, docs: text }),
  ),
  read('/status', 'The community, its chains and the artifact store', statusResult),
  read(
    '/syncing',
    "false, or how far the chain's node has come",
    z.union([z.literal(false), z.looseObject({})]),
    party,
  ),
  read('/nonce', 'The next nonce of the account', z.number().int(), [
    ...party,
    { name: 'ignore_pending', description: 'where it is given, transactions that are not mined do not count' },
  ]),
  read('/pending', 'Nonces of the transactions of the account that are not mined', z.array(digits), party),
  read('/contracts', 'Chain id and addresses, which a participant pins', contractsResult, chain),
  take(
    '/quote',
    'Nonce, gas price and the gas of calls, for who computes transactions itself',
    quoteRequest,
    quoteResult,
    party,
  ),
  take('/transactions', 'Sends signed transactions on', sendTransactionsBody, z.array(sentTransaction), party),
  {
    ...read('/transactions', 'What became of transactions, when all are mined', transactionEvents, [
      ...party,
      number('wait', 'seconds to wait at most', 'WAIT_INVALID'),
    ]),
    body: findTransactionsBody,
  },
  ...(['eth', 'nct', 'staking/total', 'staking/withdrawable'] as const).map((what) =>
    read(`/balances/:address/${what}`, 'A balance in base units', digits, chain),
  ),
  read('/balances/:address/statement', 'What came into an account and went out of it, and why', statementPage, [
    ...chain,
    number('from', 'first block; 0 where nothing is said', 'BLOCK_INVALID'),
    number('to', 'last block; the newest where nothing is said, and then the balance is told', 'BLOCK_INVALID'),
  ]),
  take('/artifacts', 'Stores up to 256 artifacts; the content address of their directory', 'files', text),
  read('/artifacts/status', 'Whether artifacts can be stored', z.object({ online: z.boolean() })),
  read('/artifacts/:uri', 'The artifacts of a directory, in order; as an archive, with all they hold', artifactList, [
    { name: 'format', description: 'car for an archive of the blocks, as the header Accept asks for it as well' },
    ...archive,
  ]),
  read('/ipfs/:uri', 'An archive of the blocks under a content address, as from a gateway of IPFS', 'bytes', [
    { name: 'format', description: 'car, where the header Accept does not say so' },
    ...archive,
  ]),
  read('/artifacts/:uri/:index', 'The bytes of an artifact', 'bytes'),
  read(
    '/artifacts/:uri/:index/stat',
    'Sizes of an artifact',
    z.object({
      hash: text,
      num_links: z.number(),
      block_size: z.number(),
      links_size: z.number(),
      data_size: z.number(),
      cumulative_size: z.number(),
      name: text,
    }),
  ),
  read('/bounties', 'Guids of bounties, in the order in which they were posted', z.array(guid), [
    ...party,
    number('page', 'which part, from 0'),
    {
      ...number('count', 'guids in a part; a multiple of 25, at most 75'),
      narrower: { enum: ['0', '25', '50', '75'] },
    },
  ]),
  take('/bounties', 'Builds the transactions that post a bounty', postBountyRequest, builtResult, builds),
  read('/bounties/list', 'Bounties with their phases, by author and phase', bountyList, [
    ...chain,
    ofAccount('author', 'only those of this account'),
    inPhase,
    ...orderedPage,
  ]),
  read('/assertions/list', 'Assertions on all bounties, by author and bounty', assertionList, [
    ...chain,
    ofAccount('author', 'only those of this engine'),
    onBounty,
    ...orderedPage,
  ]),
  read('/votes/list', 'Votes on all bounties, by voter and bounty', voteList, [
    ...chain,
    ofAccount('voter', 'only those of this arbiter'),
    onBounty,
    ...orderedPage,
  ]),
  read('/openings/list', 'Openings that were handed over and are not revealed yet', openingList, [
    ...chain,
    ofAccount('author', 'only those on bounties of this account'),
    ...page,
  ]),
  read('/claims/list', 'Accounts that anybody can settle for now', claimList, [
    ...chain,
    ofAccount('author', 'only those on bounties of this account'),
    ...page,
  ]),
  read('/due/list', 'Openings and claims, a page of both', dueList, [
    ...chain,
    ofAccount('author', 'only those on bounties of this account'),
    ...page,
  ]),
  read('/bounties/parameters', 'Fees, limits and windows of a bounty that is posted now', bountyParameters, party),
  take('/bounties/metadata', 'Stores a metadata document; its content address', metadataBody, text),
  ...(['reveal', 'vote'] as const).map((window) =>
    read(`/bounties/window/${window}`, 'Length of a window', z.object({ blocks: z.number().int() }), party),
  ),
  read('/bounties/:guid', 'A bounty', bountyResult, party),
  read('/bounties/:guid/terms', 'What was fixed when a bounty was posted', bountyTerms, party),
  read('/bounties/:guid/bloom', 'The bloom filter of a bounty, in words of 256 bits', bloomResult, party),
  read('/bounties/:guid/events', 'What the chain said of a bounty, and in which transactions', bountyMoves, party),
  read('/bounties/:guid/settlements', 'Who was paid what', z.array(settlementResult), party),
  read('/bounties/:guid/assertions', 'Assertions on a bounty', z.array(assertionResult), party),
  take(
    '/bounties/:guid/assertions',
    'Builds the transactions of an assertion',
    assertionBody,
    builtResult.extend({ nonce: z.bigint().optional() }),
    builds,
  ),
  read('/bounties/:guid/assertions/:index', 'One assertion', assertionResult, party),
  take(
    '/bounties/:guid/assertions/:index/reveal',
    'Builds the reveal of an assertion',
    revealRequest,
    builtResult,
    builds,
  ),
  take(
    '/bounties/:guid/openings',
    'Hands the opening of a sealed assertion to keepers, from its expiration on',
    openingRequest,
    openingResult,
    party,
  ),
  read('/bounties/:guid/votes', 'Votes on a bounty', z.array(voteResult), party),
  read('/bounties/:guid/votes/:index', 'One vote', voteResult, party),
  take('/bounties/:guid/vote', 'Builds a vote', voteBody, builtResult, builds),
  take('/bounties/:guid/settle', 'Builds a settlement', undefined, builtResult, builds),
  read('/staking/parameters', 'Limits of the stake', stakingParameters, party),
  read('/staking/standing', 'How the contract sees an arbiter: on how many bounties it voted', stakingStanding, party),
  take('/staking/deposit', 'Builds the deposit of a stake', stakeRequest, builtResult, builds),
  take('/staking/withdraw', 'Builds the withdrawal of a stake', stakeRequest, builtResult, builds),
  ...offerOperations,
  read('/events', 'WebSocket: everything that happens on a chain, in order', 'events', [...chain, since, resume]),
  read('/health', 'The process answers', text),
  read('/ready', 'Every ledger is up to date', text),
  read('/metrics', 'Metrics for Prometheus', 'text'),
  read('/openapi.json', 'This document', 'document'),
  read('/docs', 'This document, to be read', 'page'),
]
