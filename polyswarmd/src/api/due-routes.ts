import { booleansFromMask } from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Address } from 'viem'
import type { FollowedChain } from '../chain/followed-chain.js'
import { OpenClaims } from '../keeping/open-claims.js'
import type { Page } from '../ledger/bounty-list.js'
import { readBounty, readCommitment } from '../ledger/bounty-reader.js'
import type { Ledger } from '../ledger/ledger.js'
import type { ApiContext } from './api-context.js'
import { openingStoreOf, sightingsOf } from './keeping-routes.js'
import { accountOfQuery, pageOf } from './list-query.js'
import { followedChain } from './request-values.js'
import { serve } from './serve-route.js'

const openClaims = new WeakMap<Ledger, OpenClaims>()

/** What keepers can bring onto the chain: openings that were handed over, and accounts that can be settled for. */
export function dueRoutes(app: FastifyInstance, context: ApiContext): void {
  serve(app, routes.openingList, async (request) => openings(asked(request)))
  serve(app, routes.claimList, async (request) => await claims(asked(request)))
  // Keepers ask for both in every block.
  serve(app, routes.dueList, async (request) => {
    const question = asked(request)
    return { openings: openings(question), claims: await claims(question) }
  })

  function asked(request: FastifyRequest): DueQuestion {
    const followed = followedChain(context, request)
    return { followed, page: pageOf(request), author: accountOfQuery(request, 'author') }
  }

  function openings({ followed, page: { after, limit }, author }: DueQuestion) {
    const { ledger } = followed
    const head = ledger.head?.number ?? -1
    sightingsOf(ledger).note(head, author)
    const rows = openingStoreOf(context, followed).after(after, limit, head)
    const due = rows.filter(({ guid, author: engine }) => {
      const isWanted = author === undefined || readBounty(ledger, guid)?.author === author
      return isWanted && readCommitment(ledger, guid, engine)?.revealed === false
    })
    return {
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
    }
  }

  async function claims({ followed: { ledger }, page: { after, limit }, author }: DueQuestion) {
    const known = openClaims.get(ledger) ?? new OpenClaims(ledger)
    openClaims.set(ledger, known)
    const { claims: due, next } = await known.due(after, limit, author)
    return {
      claims: due.map(({ guid, account, numArtifacts, since, end }) => ({
        ...{ bounty_guid: guid, account, num_artifacts: numArtifacts, since, end },
      })),
      next,
    }
  }
}

interface DueQuestion {
  followed: FollowedChain
  page: Page
  /** Only on bounties of this account. */
  author: Address | undefined
}
