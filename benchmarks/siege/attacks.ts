import type { Attack } from './attack.ts'
import { chainMetadata } from './attacks/chain-metadata.ts'
import { largeDocuments, muteSockets } from './attacks/mute-sockets.ts'
import { seal, sealedForm } from './attacks/seal.ts'

/** Every means of attack. */
export const ATTACKS: readonly Attack[] = [seal, sealedForm, chainMetadata, largeDocuments, muteSockets]
