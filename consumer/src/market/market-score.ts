import type { Instance } from '@polyswarm/protocol/consumer'
import { familyVote, type Judgement, polyScore, TrackRecord } from '@polyswarm/protocol/polyscore'
import type { Address } from 'viem'
import type { Answer } from '../store/submission.js'
import type { EngineNames } from './engine-names.js'

/** An artifact on which all has been said. */
export interface AnsweredArtifact {
  id: string
  fileType: string
  answers: readonly Answer[]
  truth: boolean | null
}

/** Answers and names that are told of one artifact. */
const MOST_TOLD = 64

/** What all answers on an artifact together say, by what is known of those who gave them. */
export class MarketScore {
  readonly #record = new TrackRecord()
  readonly #nameOf: EngineNames

  /** @param past what it has learned before: the latest artifacts, the oldest of them first. */
  constructor(nameOf: EngineNames, past: Iterable<AnsweredArtifact> = []) {
    this.#nameOf = nameOf
    for (const artifact of past) this.learn(artifact)
  }

  /** The probability that an artifact is malicious, and why; null where nobody has answered. */
  of(answers: readonly Answer[], fileType: string): Instance['score'] {
    const score = polyScore(judgementsOf(answers), {
      record: this.#record,
      fileType,
      nameOf: (judge) => this.#nameOf(judge as Address),
    })
    if (!score) return null
    const [low, high] = score.interval
    return {
      ...{ probability: score.probability, low, high },
      engines: score.contributions
        .slice(0, MOST_TOLD)
        .map(({ judge, moved, record }) => ({ author: judge, moved, record })),
      reasons: score.reasons.slice(0, MOST_TOLD),
    }
  }

  /** The one family that several names mean. */
  familiesOf(answers: readonly Answer[]): Instance['families'] {
    const labels = answers
      .filter(({ verdict }) => verdict === true)
      .map(({ metadata }) => metadata?.malware_family)
      .filter((label): label is string => typeof label === 'string' && label !== '')
    if (labels.length === 0) return null
    const { name, votes } = familyVote(labels)
    return { name, votes: votes.slice(0, MOST_TOLD) }
  }

  /** Learns from an artifact on which all has been said. */
  learn({ id, fileType, answers, truth }: AnsweredArtifact): void {
    const judgements = judgementsOf(answers)
    if (judgements.length === 0) return
    this.#record.learn({ id, fileType, judgements, truth: truth === null ? null : truth ? 'malicious' : 'benign' })
  }
}

function judgementsOf(answers: readonly Answer[]): Judgement[] {
  return answers
    .filter(({ verdict }) => verdict !== null)
    .map(({ author, verdict, bid }) => ({ judge: author, verdict: verdict ? 'malicious' : 'benign', bid: BigInt(bid) }))
}
