import {
  MAX_REVEAL_METADATA_BYTES,
  maskFromBooleans,
  openingRequest,
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
import { RefusalError } from './refusal.js'
import { DOCUMENT_BODY_LIMIT } from './request-body.js'
import { guidOfPath, partyOf } from './request-values.js'
import { serve } from './serve-route.js'
import { storeDocument } from './store-document.js'

const sighted = new WeakMap<Ledger, KeeperSightings>()

/** Takes openings that engines hand over to keepers, checked against the ledger. */
export function keepingRoutes(app: FastifyInstance, context: ApiContext): void {
  serve(
    app,
    routes.handOver,
    async (request) => {
      const guid = guidOfPath(request)
      const { followed } = partyOf(context, request)
      const body = readBody(openingRequest, request.body)
      const { ledger } = followed
      const head = ledger.head?.number ?? -1
      const bounty = readBounty(ledger, guid)
      if (!bounty) throw new RefusalError('BOUNTY_NOT_FOUND')
      // Not a block before: should the last block to assert in be replaced, what is handed over now could be copied in it.
      if (head < bounty.expiration) throw new RefusalError('OPENING_EARLY')
      const end = voteStart(bounty)
      if (head + 1 >= end) throw new RefusalError('OPENING_LATE')
      const { author, metadata } = body
      const assertion = readCommitment(ledger, guid, author)
      if (!assertion) throw new RefusalError('ASSERTION_NOT_FOUND')
      const { mask, commitment, revealed } = assertion
      const nonce = uint256(body.nonce, 'nonce')
      const verdicts = maskFromBooleans(body.verdicts)
      const isTooLong = Buffer.byteLength(metadata) > MAX_REVEAL_METADATA_BYTES
      if (nonce === 0n || (verdicts & ~mask) !== 0n || isTooLong) throw new RefusalError('OPENING_MISMATCH')
      if (sealedCommitmentOf({ guid, author, mask, verdicts, metadata, nonce }) !== commitment) {
        throw new RefusalError('OPENING_MISMATCH')
      }
      // The reveal names it: whoever hears of that is to find it.
      const stored = body.document !== undefined && (await storeDocument(context, body.document)) === metadata
      const keepers = sightingsOf(ledger).has(head, bounty.author)
      if (revealed) return { revealed, keepers, stored }
      const { numArtifacts } = bounty
      const isKept = openingStoreOf(context, followed).keep(
        { guid, author, nonce, verdicts, metadata, numArtifacts, end },
        head,
      )
      if (!isKept) throw new RefusalError('OPENINGS_FULL')
      return { revealed, keepers, stored }
    },
    { bodyLimit: DOCUMENT_BODY_LIMIT },
  )
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
