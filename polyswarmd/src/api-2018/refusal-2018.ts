import { isContentAddress, type PolySwarmError } from '@polyswarm/protocol'
import type { FastifyRequest } from 'fastify'

/** What the API of 2018 said of a failure, where it was something else than today. */
export function refusal2018({ code, message }: PolySwarmError, request: FastifyRequest): string {
  switch (code) {
    case 'CHAIN_UNKNOWN':
      return 'Chain must be either home or side'
    case 'INVALID_ARTIFACT_URI':
      return 'Invalid IPFS hash'
    case 'ARTIFACT_NOT_FOUND':
      return 'Could not locate IPFS resource'
    case 'ARTIFACT_URI_UNCHECKED': {
      const { uri } = request.body as { uri: string }
      const reason = isContentAddress(uri) ? 'could not retrieve artifacts' : 'should be IPFS hash'
      return `Invalid artifact URI (${reason})`
    }
    // There were no lists of bids yet: only an assertion on nothing ends here.
    case 'BIDS_MISMATCH':
      return 'Invalid assertion mask (no artifact is asserted on: leave the assertion out)'
    case 'BOUNTY_AMOUNT_INVALID':
      return 'Invalid bounty amount (less than the minimum for each artifact)'
    default:
      return message
  }
}
