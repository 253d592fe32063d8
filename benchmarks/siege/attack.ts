import type { Arena } from './arena.ts'
import type { Tally } from './tally.ts'

/** One means of attack. It needs nothing of the others, and is repeated until the siege is over. */
export interface Attack {
  name: string
  /** What is tried, in one sentence. */
  tries: string
  /** Accounts that it acts with, and the NCT that each is given. */
  purses: Readonly<Record<string, string>>
  /** Purses that stand for an honest party which the attack is aimed at: what they gain is not the attacker's. */
  victims?: readonly string[]
  /** Whether a gain of its purses is a hole by itself: its acts are of no use to anybody. */
  mustNotGain?: boolean
  /** Pause between two strikes, in milliseconds. */
  pause: number
  /** One strike. What it throws is counted, and stops nothing. */
  strike(arena: Arena, tally: Tally): Promise<void>
}
