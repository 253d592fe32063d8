import { eicarTestFile } from '../artifacts/eicar.js'
import { BountySourceError } from '../errors.js'
import type { BountySource } from './bounty-source.js'

const CONTENT: Record<string, () => Uint8Array> = {
  eicar: eicarTestFile,
  not_eicar: () => new Uint8Array(Buffer.from('not a malicious file')),
}

/** Posts the EICAR test file or a harmless text, one after the other at random, for ever. */
export function eicarSource(random: () => number = Math.random): BountySource {
  return {
    name: 'eicar',
    artifactType: 'file',
    endless: true,
    plan: async () => [random() < 0.5 ? 'eicar' : 'not_eicar'],
    artifacts: async (plan) => {
      const content = Object.hasOwn(CONTENT, plan) ? CONTENT[plan] : undefined
      if (!content) throw new BountySourceError({ source: plan, reason: 'it is neither eicar nor not_eicar' })
      return [{ name: plan, content: new Blob([new Uint8Array(content())]) }]
    },
  }
}
