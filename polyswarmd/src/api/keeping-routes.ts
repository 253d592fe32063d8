import {
  booleansFromMask,
  MAX_REVEAL_METADATA_BYTES,
  maskFromBooleans,
  openingRequest,
  sealedCommitmentOf,
  voteStart,
} from '@polyswarm/protocol'
import type { FastifyInstance } from 'fastify'
import type { FollowedChain } from '../chain/followed-chain.js'
import { KeeperSightings } from '../keeping/keeper-sightings.js'
import { OpenClaims } from '../keeping/open-claims.js'
import type { OpeningStore } from '../keeping/opening-store.js'
import { readBounty, readCommitment } from '../ledger/bounty-reader.js'
import type { Ledger } from '../ledger/ledger.js'
import type { ApiContext } from './api-context.js'
import { readBody, uint256 } from './body.js'
import { accountOfQuery, pageOf } from './list-query.js'
import { RefusalError } from './refusal.js'
import { followedChain, guidOfPath, partyOf } from './request-values.js'
import { success } from './success.js'

const openClaims = new WeakMap<Ledger, OpenClaims>()
const sighted = new WeakMap<Ledger, KeeperSightings>()

/** For keepers: openings that engines hand over, and what is due. All of it is checked against the ledger. */
export function keepingRoutes(app: FastifyInstance, context: ApiContext): void {
  app.post('/bounties/:guid/openings', async (request) => {
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
    const keepers = sightings(ledger).has(head, bounty.author)
    if (revealed) return success({ revealed, keepers })
    const { numArtifacts } = bounty
    const isKept = storeOf(followed).keep({ guid, author, nonce, verdicts, metadata, numArtifacts, end }, head)
    if (!isKept) throw new RefusalError('OPENINGS_FULL')
    return success({ revealed, keepers })
  })

  app.get('/openings/list', async (request) => {
    const followed = followedChain(context, request)
    const { ledger } = followed
    const { after, limit } = pageOf(request)
    const author = accountOfQuery(request, 'author')
    sightings(ledger).note(ledger.head?.number ?? -1, author)
    const rows = storeOf(followed).after(after, limit, ledger.head?.number ?? -1)
    const due = rows.filter(({ guid, author: engine }) => {
      const isWanted = author === undefined || readBounty(ledger, guid)?.author === author
      return isWanted && readCommitment(ledger, guid, engine)?.revealed === false
    })
    return success({
      openings: due.map((row) => ({
        bounty_guid: row.guid,
        author: row.author,
        nonce: String(row.nonce),
        verdicts: booleansFromMask(row.verdicts, row.numArtifacts),
        metadata: row.metadata,
        num_artifacts: row.numArtifacts,
        end: row.end,
      })),
      next: rows.length === limit ? (rows.at(-1)?.place ?? null) : null,
    })
  })

  app.get('/claims/list', async (request) => {
    const { ledger } = followedChain(context, request)
    const { after, limit } = pageOf(request)
    const known = openClaims.get(ledger) ?? new OpenClaims(ledger)
    openClaims.set(ledger, known)
    const { claims, next } = await known.due(after, limit, accountOfQuery(request, 'author'))
    return success({
      claims: claims.map(({ guid, account, numArtifacts, since, end }) => ({
        ...{ bounty_guid: guid, account, num_artifacts: numArtifacts, since, end },
      })),
      next,
    })
  })

  function storeOf({ chain }: FollowedChain): OpeningStore {
    const store = context.openings[chain.name]
    if (!store) throw new TypeError(`The ${chain.name} chain has no store of openings.`)
    return store
  }
}

function sightings(ledger: Ledger): KeeperSightings {
  const known = sighted.get(ledger) ?? new KeeperSightings()
  sighted.set(ledger, known)
  return known
}
