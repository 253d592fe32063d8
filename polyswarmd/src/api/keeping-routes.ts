import {
  type Guid,
  MAX_REVEAL_METADATA_BYTES,
  maskFromBooleans,
  type OpeningRequest,
  type OpeningResult,
  openingRequest,
  openingsRequest,
  sealedCommitmentOf,
  voteStart,
} from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance } from 'fastify'
import type { FollowedChain } from '../chain/followed-chain.js'
import { KeeperSightings } from '../keeping/keeper-sightings.js'
import type { OpeningStore } from '../keeping/opening-store.js'
import { readBounty, readCommitment } from '../ledger/bounty-reader.js'
import type { Ledger } from '../ledger/ledger.js'
import type { ApiContext } from './api-context.js'
import { readBody, uint256 } from './body.js'
import { InvalidBodyError, RefusalError } from './refusal.js'
import { DOCUMENT_BODY_LIMIT } from './request-body.js'
import { guidOfPath, partyOf } from './request-values.js'
import { serve } from './serve-route.js'
import { storeDocument } from './store-document.js'

const sighted = new WeakMap<Ledger, KeeperSightings>()

/** Takes openings that engines hand over to keepers, checked against the ledger. */
export function keepingRoutes(app: FastifyInstance, context: ApiContext): void {
  const options = { bodyLimit: DOCUMENT_BODY_LIMIT }

  serve(
    app,
    routes.handOver,
    async (request) => {
      const guid = guidOfPath(request)
      const { followed } = partyOf(context, request)
      return takeOpening(context, followed, { ...readBody(openingRequest, request.body), guid })
    },
    options,
  )

  serve(
    app,
    routes.handOverAll,
    async (request) => {
      const { followed } = partyOf(context, request)
      const results: (OpeningResult | { refused: string })[] = []
      for (const { bounty_guid: guid, ...opening } of readBody(openingsRequest, request.body).openings) {
        results.push(await takeOpening(context, followed, { ...opening, guid }).catch(refusedAlone))
      }
      return results
    },
    options,
  )
}

/**
 * Checks an opening against its commitment, and keeps it.
 *
 * @throws RefusalError, InvalidBodyError where it is not to be kept.
 */
async function takeOpening(
  context: ApiContext,
  followed: FollowedChain,
  { guid, author, metadata, ...opening }: OpeningRequest & { guid: Guid },
): Promise<OpeningResult> {
  const { ledger } = followed
  const head = ledger.head?.number ?? -1
  const bounty = readBounty(ledger, guid)
  if (!bounty) throw new RefusalError('BOUNTY_NOT_FOUND')
  // Not a block before: should the last block to assert in be replaced, what is handed over now could be copied in it.
  if (head < bounty.expiration) throw new RefusalError('OPENING_EARLY')
  const end = voteStart(bounty)
  if (head + 1 >= end) throw new RefusalError('OPENING_LATE')
  const assertion = readCommitment(ledger, guid, author)
  if (!assertion) throw new RefusalError('ASSERTION_NOT_FOUND')
  const { mask, commitment, revealed } = assertion
  const nonce = uint256(opening.nonce, 'nonce')
  const verdicts = maskFromBooleans(opening.verdicts)
  const isTooLong = Buffer.byteLength(metadata) > MAX_REVEAL_METADATA_BYTES
  if (nonce === 0n || (verdicts & ~mask) !== 0n || isTooLong) throw new RefusalError('OPENING_MISMATCH')
  if (sealedCommitmentOf({ guid, author, mask, verdicts, metadata, nonce }) !== commitment) {
    throw new RefusalError('OPENING_MISMATCH')
  }
  // The reveal names it: whoever hears of that is to find it.
  const stored = opening.document !== undefined && (await storeDocument(context, opening.document)) === metadata
  const keepers = sightingsOf(ledger).has(head, bounty.author)
  if (revealed) return { revealed, keepers, stored }
  const { numArtifacts } = bounty
  const kept = { guid, author, nonce, verdicts, metadata, numArtifacts, end }
  if (!openingStoreOf(context, followed).keep(kept, head)) throw new RefusalError('OPENINGS_FULL')
  return { revealed, keepers, stored }
}

/** What is said of one of many. @throws what is no fault of its own. */
function refusedAlone(error: unknown): { refused: string } {
  if (error instanceof RefusalError || error instanceof InvalidBodyError) return { refused: error.message }
  throw error
}

/** Where the openings of a chain are kept. */
export function openingStoreOf({ openings }: ApiContext, { chain }: FollowedChain): OpeningStore {
  const store = openings[chain.name]
  if (!store) throw new TypeError(`The ${chain.name} chain has no store of openings.`)
  return store
}

/** Which keepers have lately asked what is due on the chain of a ledger. */
export function sightingsOf(ledger: Ledger): KeeperSightings {
  const known = sighted.get(ledger) ?? new KeeperSightings()
  sighted.set(ledger, known)
  return known
}
