import { BOUNTY_PHASES, type BountyPhase, booleansFromMask, type Guid, parseGuid } from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { listAssertions, listBounties, listVotes, type Page, type Placed } from '../ledger/bounty-list.js'
import type { ApiContext } from './api-context.js'
import { accountOfQuery, orderedPageOf } from './list-query.js'
import { RefusalError } from './refusal.js'
import { followedChain, queryText } from './request-values.js'
import { serve } from './serve-route.js'

/** Lists with filters, from the ledger: what would take the routes of the original one request a bounty. */
export function listRoutes(app: FastifyInstance, context: ApiContext): void {
  serve(app, routes.bountyList, async (request) => {
    const { ledger } = followedChain(context, request)
    const page = orderedPageOf(request)
    const rows = listBounties(ledger, { author: accountOfQuery(request, 'author'), phase: phaseOf(request) }, page)
    return {
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
    }
  })

  serve(app, routes.assertionList, async (request) => {
    const { ledger } = followedChain(context, request)
    const page = orderedPageOf(request)
    const rows = listAssertions(ledger, { author: accountOfQuery(request, 'author'), guid: guidOf(request) }, page)
    return {
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
    }
  })

  serve(app, routes.voteList, async (request) => {
    const { ledger } = followedChain(context, request)
    const page = orderedPageOf(request)
    const rows = listVotes(ledger, { voter: accountOfQuery(request, 'voter'), guid: guidOf(request) }, page)
    return {
      votes: rows.map(({ guid, voter, votes, numArtifacts, blockNumber }) => ({
        bounty_guid: guid,
        voter,
        votes: booleansFromMask(votes, numArtifacts),
        block_number: blockNumber,
      })),
      next: nextOf(rows, page),
    }
  })
}

/** Where the next page begins; null at the end of the list as it is now. */
function nextOf(rows: readonly Placed<object>[], { limit }: Page): number | null {
  return rows.length === limit ? (rows.at(-1)?.place ?? null) : null
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
