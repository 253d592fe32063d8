import { countBits, fullMask } from '@polyswarm/protocol'
import type { JudgedBounty } from '../engines/engine-sample.js'

/** How an arbiter did on the latest bounties that are over. */
export interface ArbiterRecord {
  address: string
  votes: number
  /** Share of bounties since its first vote that it voted on, from 0 to 1. */
  response: number
  /** Artifacts that it voted on, and those on which it agreed with the outcome. */
  judged: number
  agreed: number
}

/** The records of all arbiters that voted in a sample, those that vote most first. */
export function arbiterRecords(sample: readonly JudgedBounty[]): ArbiterRecord[] {
  const addresses = new Set(sample.flatMap(({ votes }) => votes.map(({ voter }) => voter)))
  const records = [...addresses].map((address) => {
    const voted = sample.filter(({ votes }) => votes.some(({ voter }) => voter === address))
    const first = Math.min(...voted.map(({ postedAt }) => postedAt))
    const asked = sample.filter(({ postedAt }) => postedAt >= first).length
    let [judged, agreed] = [0, 0]
    for (const { votes, consensus, numArtifacts } of voted) {
      const own = votes.find(({ voter }) => voter === address)
      if (!own || consensus === null) continue
      judged += numArtifacts
      agreed += countBits(~(own.votes ^ consensus) & fullMask(numArtifacts))
    }
    return { address, votes: voted.length, response: voted.length / asked, judged, agreed }
  })
  return records.sort((a, b) => b.votes - a.votes)
}
