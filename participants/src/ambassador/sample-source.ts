import { BountySourceError } from '../errors.js'
import type { ArtifactFile, BountySource } from './bounty-source.js'
import { sampleBounties } from './sample-artifacts.js'

/** Posts the three sample bounties, once. */
export function sampleSource(): BountySource {
  return {
    name: 'samples',
    artifactType: 'file',
    endless: false,
    plan: async () => sampleBounties().map(({ name }) => name),
    artifacts: async (plan): Promise<ArtifactFile[]> => {
      const bounty = sampleBounties().find(({ name }) => name === plan)
      if (!bounty) throw new BountySourceError({ source: plan, reason: 'there is no such sample' })
      return bounty.artifacts.map(({ name, content }) => ({ name, content: new Blob([new Uint8Array(content)]) }))
    },
  }
}
