import { BOUNTY_PHASES, type BountyPhase, booleansFromMask, type Guid, parseGuid } from '@polyswarm/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Address, getAddress, isAddress } from 'viem'
import { listAssertions, listBounties, listVotes, type Page, type Placed } from '../ledger/bounty-list.js'
import type { ApiContext } from './api-context.js'
import { RefusalError } from './refusal.js'
import { followedChain, queryText, wholeNumber } from './request-values.js'
import { success } from './success.js'

/** Rows of a page that names no limit, and the most of any. */
const DEFAULT_LIMIT = 25
const MAX_LIMIT = 100

/** Lists with filters, from the ledger: what would take the routes of the original one request a bounty. */
export function listRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get('/bounties/list', async (request) => {
    const { ledger } = followedChain(context, request)
    const page = pageOf(request)
    const rows = listBounties(ledger, { author: accountOf(request, 'author'), phase: phaseOf(request) }, page)
    return success({
      bounties: rows.map((row) => ({
        guid: row.guid,
        phase: row.phase,
        artifact_type: row.artifactType,
        author: row.author,
        amount: String(row.amount),
        uri: row.uri,
        num_artifacts: row.numArtifacts,
        expiration: row.expiration,
        metadata: row.metadata,
        assertions: row.assertions,
        votes: row.votes,
        block_number: row.blockNumber,
      })),
      next: nextOf(rows, page),
    })
  })

  app.get('/assertions/list', async (request) => {
    const { ledger } = followedChain(context, request)
    const page = pageOf(request)
    const rows = listAssertions(ledger, { author: accountOf(request, 'author'), guid: guidOf(request) }, page)
    return success({
      assertions: rows.map(({ guid, index, author, mask, bids, verdicts, numArtifacts, blockNumber }) => ({
        bounty_guid: guid,
        index,
        author,
        bid: bids.map(String),
        mask: booleansFromMask(mask, numArtifacts),
        verdicts: verdicts === null ? null : booleansFromMask(verdicts, numArtifacts),
        block_number: blockNumber,
      })),
      next: nextOf(rows, page),
    })
  })

  app.get('/votes/list', async (request) => {
    const { ledger } = followedChain(context, request)
    const page = pageOf(request)
    const rows = listVotes(ledger, { voter: accountOf(request, 'voter'), guid: guidOf(request) }, page)
    return success({
      votes: rows.map(({ guid, voter, votes, numArtifacts, blockNumber }) => ({
        bounty_guid: guid,
        voter,
        votes: booleansFromMask(votes, numArtifacts),
        block_number: blockNumber,
      })),
      next: nextOf(rows, page),
    })
  })
}

function pageOf(request: FastifyRequest): Page {
  const after = wholeNumber(queryText(request, 'after') ?? '0', 'PAGE_INVALID')
  const limit = wholeNumber(queryText(request, 'limit') ?? String(DEFAULT_LIMIT), 'PAGE_INVALID')
  if (limit < 1 || limit > MAX_LIMIT) throw new RefusalError('LIMIT_INVALID')
  return { after, limit }
}

/** Where the next page begins; null at the end of the list as it is now. */
function nextOf(rows: readonly Placed<object>[], { limit }: Page): number | null {
  return rows.length === limit ? (rows.at(-1)?.place ?? null) : null
}

function accountOf(request: FastifyRequest, name: string): Address | undefined {
  const text = queryText(request, name)
  if (text === undefined) return undefined
  if (!isAddress(text, { strict: false })) throw new RefusalError('ADDRESS_INVALID')
  return getAddress(text.toLowerCase() as Address)
}

function phaseOf(request: FastifyRequest): BountyPhase | undefined {
  const text = queryText(request, 'phase')
  const phase = BOUNTY_PHASES.find((name) => name === text)
  if (text !== undefined && phase === undefined) throw new RefusalError('PHASE_INVALID')
  return phase
}

function guidOf(request: FastifyRequest): Guid | undefined {
  const text = queryText(request, 'guid')
  if (text === undefined) return undefined
  try {
    return parseGuid(text)
  } catch {
    throw new RefusalError('GUID_INVALID')
  }
}
