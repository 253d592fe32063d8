import { z } from 'zod'
import { address, bits, count, decimal, guid } from './encodings.js'

/** The longest metadata of a reveal, in bytes, as the contract has it. */
export const MAX_REVEAL_METADATA_BYTES = 1024

/**
 * Body of `POST /bounties/<guid>/openings`: what opens a sealed assertion, for whoever brings it onto the chain. It is a
 * secret until the assertion window is over.
 */
export const openingRequest = z.object({
  /** Whose assertion it is. */
  author: address,
  nonce: z.string().regex(/^\d{1,78}$/),
  verdicts: bits,
  /** The text that the commitment is bound to. */
  metadata: z.string().max(MAX_REVEAL_METADATA_BYTES),
  /** The metadata document that the text names: it is stored with it. */
  document: z.array(z.unknown()).optional(),
})

/** See {@link openingRequest}. */
export type OpeningRequest = z.infer<typeof openingRequest>

/** Result of `POST /bounties/<guid>/openings`. */
export const openingResult = z.object({
  /** Whether the assertion is revealed already, so that nothing was kept. */
  revealed: z.boolean(),
  /** Whether a keeper has lately asked for openings on this bounty. */
  keepers: z.boolean(),
  /** Whether the document is stored under the text that the commitment is bound to; absent from an older daemon. */
  stored: z.boolean().optional(),
})

/** See {@link openingResult}. */
export type OpeningResult = z.infer<typeof openingResult>

/** Openings that one request hands over at most. */
export const MAX_OPENINGS_TOGETHER = 16

/** Body of `POST /openings`: openings of different bounties, each taken or refused by itself. */
export const openingsRequest = z.object({
  openings: z
    .array(openingRequest.extend({ bounty_guid: guid }))
    .min(1)
    .max(MAX_OPENINGS_TOGETHER),
})

/** Result of `POST /openings`: what `POST /bounties/<guid>/openings` says of each, in their order; `refused` is its error. */
export const openingResults = z.array(z.union([openingResult, z.object({ refused: z.string() })]))

/** Result of `GET /openings/list`: a page of openings that were handed over and are not revealed yet. */
export const openingList = z.object({
  openings: z
    .array(
      z.object({
        bounty_guid: guid,
        author: address,
        nonce: decimal,
        verdicts: bits,
        metadata: z.string().max(MAX_REVEAL_METADATA_BYTES),
        num_artifacts: count,
        /** The first block in which it can no longer be revealed. */
        end: count,
      }),
    )
    .max(100),
  next: count.nullable(),
})

/** See {@link openingList}. */
export type OpeningList = z.infer<typeof openingList>

/** One row of {@link openingList}. */
export type ListedOpening = z.infer<typeof openingList>['openings'][number]

/** Result of `GET /claims/list`: a page of accounts that anybody can settle for now. */
export const claimList = z.object({
  claims: z
    .array(
      z.object({
        bounty_guid: guid,
        account: address,
        num_artifacts: count,
        /** The block in which it became due. */
        since: count,
        /** The first block in which everybody on this bounty can be settled for. */
        end: count,
      }),
    )
    .max(100),
  next: count.nullable(),
})

/** See {@link claimList}. */
export type ClaimList = z.infer<typeof claimList>

/** Result of `GET /due/list`: a page of both lists. */
export const dueList = z.object({ openings: openingList, claims: claimList })

/** See {@link dueList}. */
export type DueList = z.infer<typeof dueList>

/** One row of {@link claimList}. */
export type ListedClaim = z.infer<typeof claimList>['claims'][number]
