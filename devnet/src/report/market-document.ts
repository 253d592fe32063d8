import { bidOn, type Guid, hasBit, type Verdict, verdictOfBit } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { type BountyRecord, groundTruth, isSettled } from '../watch/bounty-record.js'
import type { AccountNames } from './account-names.js'

/** What `--json` prints when everything is over. Amounts are decimal strings in base units. */
export interface MarketDocument {
  bounties: {
    guid: Guid
    amount: string
    artifacts: {
      name: string
      sha256: string
      /** null where no arbiter voted. */
      truth: Verdict | null
      assertions: {
        engine: string
        address: Address
        /** null where the engine never revealed. */
        verdict: Verdict | null
        bid: string
        /** null where no arbiter voted. */
        correct: boolean | null
        revealed: boolean
      }[]
    }[]
    payouts: { address: Address; role: 'ambassador' | 'microengine' | 'arbiter'; paid: string }[]
    settled: boolean
  }[]
  /** All NCT there are, when the market started and when it ended. */
  supply: { before: string; after: string }
  /** Whether every unit of the supply is accounted for, by the balances on the chain and the bids that were burned. */
  conserved: boolean
  /** From the start of the program to the first bounty that everybody has settled; null if there was none. */
  firstSettledSeconds: number | null
}

/** One bounty of the document. */
export function bountyEntry(record: BountyRecord, names: AccountNames): MarketDocument['bounties'][number] {
  const truth = groundTruth(record)
  return {
    guid: record.guid,
    amount: record.amount.toString(),
    artifacts: record.artifacts.map(({ name, sha256 }, artifact) => ({
      name,
      sha256,
      truth: truth && verdictOfBit(truth[artifact] ?? false),
      assertions: record.assertions
        .filter(({ mask }) => hasBit(mask, artifact))
        .map((assertion) => {
          const { author, verdicts } = assertion
          const malicious = verdicts === null ? null : hasBit(verdicts, artifact)
          return {
            engine: names.nameOf(author),
            address: author,
            verdict: malicious === null ? null : verdictOfBit(malicious),
            bid: bidOn(assertion, artifact).toString(),
            correct: truth && malicious === truth[artifact],
            revealed: verdicts !== null,
          }
        }),
    })),
    payouts: record.settlements.map(({ settler, payout }) => ({
      address: settler,
      role: roleOf(record, settler),
      paid: payout.toString(),
    })),
    settled: isSettled(record),
  }
}

function roleOf(record: BountyRecord, party: Address): 'ambassador' | 'microengine' | 'arbiter' {
  if (party === record.author) return 'ambassador'
  return record.assertions.some(({ author }) => author === party) ? 'microengine' : 'arbiter'
}
