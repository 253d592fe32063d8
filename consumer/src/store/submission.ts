import type { ArtifactType } from '@polyswarm/protocol'
import type { INSTANCE_STATES, Instance } from '@polyswarm/protocol/consumer'
import type { Address } from 'viem'

/** Where a submission stands; see `instanceResult`. */
export type SubmissionState = (typeof INSTANCE_STATES)[number]

/** What an engine revealed of one artifact. */
export interface Answer {
  author: Address
  /** Base units, as text. */
  bid: string
  /** Whether it calls it malicious; null where it never revealed. */
  verdict: boolean | null
  metadata: Record<string, unknown> | null
}

/** What an arbiter said of one artifact. */
export interface Vote {
  voter: Address
  vote: boolean
}

/** One submission of one artifact. Moments are milliseconds since 1970, amounts base units. */
export interface Submission {
  id: bigint
  account: number
  /** Null until the bytes are here. */
  artifact: number | null
  type: ArtifactType
  name: string
  community: string
  private: boolean
  fresh: boolean
  password: string | null
  created: number
  expires: number | null
  uploadToken: string | null
  state: SubmissionState
  /** Why it failed, or what is to be said of the answer. */
  reason: string | null
  bounty: number | null
  /** Its place among the bounty's artifacts. */
  position: number | null
  answeredBy: bigint | null
  disputes: bigint | null
  disputeReason: string | null
  /** When it was started. */
  queued: number | null
  /** What it may cost at most; 0 once it is known what it did cost. */
  reserved: bigint
  reward: bigint
  fee: bigint
  refund: bigint
  /** When the answers were in. */
  judged: number | null
  truth: boolean | null
  score: Instance['score']
  families: Instance['families']
  assertions: Answer[]
  votes: Vote[]
  /** Grows with each change of any submission. */
  change: number
  /** The change with which it came into its state. */
  turned: number
}

/** What has been found out about the artifact of a submission. */
export type Outcome = Pick<
  Submission,
  'state' | 'reason' | 'judged' | 'truth' | 'score' | 'families' | 'assertions' | 'votes' | 'reward' | 'fee' | 'refund'
>
