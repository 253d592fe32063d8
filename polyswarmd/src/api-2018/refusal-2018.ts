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
    default:
      return message
  }
}
