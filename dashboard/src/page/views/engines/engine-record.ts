import { bidOn, type Guid, hasBit } from '@polyswarm/protocol'
import type { JudgedBounty } from './engine-sample.js'

/** How answers compare with what the arbiters found, as counts of artifacts. */
export interface AnswerOutcomes {
  truePositives: number
  falsePositives: number
  trueNegatives: number
  falseNegatives: number
}

/** How an engine compares with what the arbiters found. Counts of artifacts, but where something else is said. */
export interface EngineRecord extends AnswerOutcomes {
  address: string
  /** Artifacts that others answered on in the sample, and it did not. */
  abstained: number
  /** Assertions that it never revealed. */
  missed: number
  /** Assertions. */
  answers: number
  /** Blocks from each bounty to its answer. */
  delays: readonly number[]
  /** Each judged answer, from the oldest to the latest. */
  judged: readonly JudgedAnswer[]
}

/** An answer on one artifact of which the truth is known. */
export interface JudgedAnswer {
  guid: Guid
  /** Which of the bounty's artifacts it is about. */
  artifact: number
  type: 'file' | 'url'
  bid: bigint
  right: boolean
  malicious: boolean
}

/** The records of all engines of a sample, the best first: by share of right answers, then by how many. */
export function engineRecords(sample: readonly JudgedBounty[]): EngineRecord[] {
  const addresses = new Set(sample.flatMap(({ assertions }) => assertions.map(({ author }) => author)))
  const records = [...addresses].map((address) => engineRecord(sample, address))
  return records.sort((a, b) => (accuracyOf(b) ?? 0) - (accuracyOf(a) ?? 0) || b.answers - a.answers)
}

/** The record of one engine. */
export function engineRecord(sample: readonly JudgedBounty[], address: string): EngineRecord {
  const judged: JudgedAnswer[] = []
  const delays: number[] = []
  let [abstained, missed, answers] = [0, 0, 0]
  for (const bounty of [...sample].sort((a, b) => a.postedAt - b.postedAt)) {
    const own = bounty.assertions.find(({ author }) => author === address)
    for (let artifact = 0; artifact < bounty.numArtifacts; artifact++) {
      const isAnswered = bounty.assertions.some(({ mask }) => hasBit(mask, artifact))
      if (!own || !hasBit(own.mask, artifact)) {
        if (isAnswered) abstained++
        continue
      }
      if (bounty.consensus === null) continue
      const malicious = hasBit(bounty.consensus, artifact)
      const right = own.verdicts !== null && hasBit(own.verdicts, artifact) === malicious
      if (own.verdicts === null) continue
      judged.push({ guid: bounty.guid, artifact, type: bounty.type, bid: bidOn(own, artifact), right, malicious })
    }
    if (!own) continue
    answers++
    delays.push(own.block - bounty.postedAt)
    if (own.verdicts === null) missed++
  }
  return { address, ...outcomesOf(judged), abstained, missed, answers, delays, judged }
}

/** How answers came out, as counts. */
export function outcomesOf(judged: readonly JudgedAnswer[]): AnswerOutcomes {
  const count = (isRight: boolean, isMalicious: boolean) =>
    judged.filter(({ right, malicious }) => right === isRight && malicious === isMalicious).length
  return {
    truePositives: count(true, true),
    falsePositives: count(false, false),
    trueNegatives: count(true, false),
    falseNegatives: count(false, true),
  }
}

/** Share of right answers, from 0 to 1; null where none was judged. */
export function accuracyOf({ judged }: Pick<EngineRecord, 'judged'>): number | null {
  return judged.length === 0 ? null : judged.filter(({ right }) => right).length / judged.length
}

/** The middle of some numbers; null of none. */
export function medianOf(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? null
}
