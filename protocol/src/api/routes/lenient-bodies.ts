import { z } from 'zod'
import { assertionMetadataSchema, bountyMetadataSchema } from '../../metadata.js'
import { postAssertionRequest, voteRequest } from '../bounty.js'
import { jsonSchemaOf } from '../json-schema.js'

/** Bodies that their routes take in more than one shape, as the document has them. */

const { bid, verdicts } = postAssertionRequest.shape

/** Of `POST /bounties/<guid>/assertions`: one bid may stand alone, and either commitment or verdicts must be there. */
export const assertionBody = postAssertionRequest
  .extend({ bid: z.union([bid.min(1), bid.element]) })
  .meta({ anyOf: [{ required: ['commitment'] }, { required: ['verdicts'] }] })

/** Of `POST /bounties/<guid>/vote`: votes were called verdicts in 2018. */
export const voteBody = z.union([
  voteRequest,
  z.object({ verdicts: verdicts.unwrap(), valid_bloom: z.boolean() }).meta({ not: { required: ['votes'] } }),
])

/** Of `POST /bounties/metadata`: a document, or its text in a string. */
const document = z.union([bountyMetadataSchema, assertionMetadataSchema])
export const metadataBody = z.union([
  document,
  z.string().meta({
    contentMediaType: 'application/json',
    // Made when the document is: participants load these routes, too, and describe none.
    get contentSchema() {
      return jsonSchemaOf(document, 'input')
    },
  }),
])
