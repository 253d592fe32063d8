import type { Attack } from './attack.ts'
import { chainMetadata } from './attacks/chain-metadata.ts'
import { copiedCommitments } from './attacks/copied-commitments.ts'
import { crowding } from './attacks/crowding.ts'
import { garbage } from './attacks/garbage.ts'
import { guidRace } from './attacks/guid-race.ts'
import { halfOpen } from './attacks/half-open.ts'
import { heavyReveals } from './attacks/heavy-reveals.ts'
import { hostileArtifacts } from './attacks/hostile-artifacts.ts'
import { hostileBodies } from './attacks/hostile-bodies.ts'
import { largeDocuments, muteSockets } from './attacks/mute-sockets.ts'
import { nodeFloods } from './attacks/node-floods.ts'
import { offerRooms } from './attacks/offer-rooms.ts'
import { revealMetadata } from './attacks/reveal-metadata.ts'
import { seal, sealedForm } from './attacks/seal.ts'
import { sybils } from './attacks/sybils.ts'
import { talkers } from './attacks/talkers.ts'
import { trespass } from './attacks/trespass.ts'
import { webPage } from './attacks/web-page.ts'

/** Every means of attack: on the money, on what participants read, on the daemon. */
export const ATTACKS: readonly Attack[] = [
  seal,
  sealedForm,
  copiedCommitments,
  sybils,
  guidRace,
  trespass,
  chainMetadata,
  revealMetadata,
  heavyReveals,
  hostileArtifacts,
  crowding,
  largeDocuments,
  muteSockets,
  halfOpen,
  talkers,
  hostileBodies,
  nodeFloods,
  webPage,
  offerRooms,
  garbage,
]
