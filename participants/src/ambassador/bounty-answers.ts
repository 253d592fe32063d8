import {
  assertionMetadataSchema,
  bidOn,
  bountyMetadataSchema,
  consensusOf,
  hasBit,
  maskFromBooleans,
  type OutcomeList,
  verdictOfBit,
  visibleText,
} from '@polyswarm/protocol'
import {
  familyVote,
  type JudgedArtifact,
  type Judgement,
  polyScore,
  type ReportedEngine,
  type TrackRecord,
} from '@polyswarm/protocol/polyscore'
import type { Answer } from '../runtime/journal/answer-book.js'
import type { BountyRecord } from '../runtime/journal/bounty-book.js'
import type { PlannedBounty } from '../runtime/journal/planned-bounties.js'

/** What polyswarmd says of a bounty that is over. */
export interface ToldBounty extends Pick<OutcomeList[number], 'assertions' | 'votes'> {
  /** Base units that came back to the ambassador. */
  refund: bigint
}

/** Characters of a name that an engine gives itself. */
const LONGEST_NAME = 24

/**
 * Makes the answers of a bounty: a score with its reasons, who said what, the family, the truth and the cost of each artifact.
 * The bounty's amounts are divided among its artifacts; what does not divide is left out.
 *
 * @param record what is known of the engines; it is not changed.
 */
export function answersOf(
  order: PlannedBounty,
  bounty: Pick<BountyRecord, 'metadata'> | undefined,
  told: ToldBounty,
  record: TrackRecord,
): Answer[] {
  const count = order.addresses.length
  const described = bountyMetadataSchema.safeParse(bounty?.metadata).data ?? []
  const truths = told.votes.length === 0 ? undefined : consensusOf(told.votes.map(votesOf), count)
  const engines = told.assertions.map((assertion) => engineOf(assertion, count))
  const names = new Map(engines.map(({ author, name }) => [author as string, name]))
  return order.addresses.map((address, index): Answer => {
    const about: Record<string, unknown> = described[index] ?? {}
    const fileType = order.artifactType === 'url' ? 'url' : textOf(about.mimetype) || 'unknown'
    const asked = engines.filter(({ mask }) => hasBit(mask, index))
    const judgements = asked.flatMap(({ author, bid, mask, verdicts }): Judgement[] => {
      if (verdicts === null) return []
      return [{ judge: author, verdict: verdictOfBit(hasBit(verdicts, index)), bid: bidOn({ mask, bids: bid }, index) }]
    })
    const truth = truths === undefined ? null : verdictOfBit(hasBit(truths, index))
    const judged: JudgedArtifact = { id: `${order.guid} ${index}`, fileType, judgements, truth }
    const shown = asked.map(({ name, bid, mask, verdicts, families }): ReportedEngine => {
      const verdict = verdicts === null ? null : verdictOfBit(hasBit(verdicts, index))
      const family = verdict === 'malicious' ? (families[index] ?? '') : ''
      return {
        name,
        verdict,
        bid: bidOn({ mask, bids: bid }, index),
        family,
        note: verdict === null ? 'not revealed' : '',
      }
    })
    const divided = (amount: bigint): bigint => amount / BigInt(count)
    return {
      guid: order.guid,
      artifact: index,
      judged,
      report: {
        name: textOf(about.uri) || textOf(about.filename) || address,
        artifactType: order.artifactType,
        sha256: textOf(about.sha256) || null,
        score: polyScore(judgements, { record, fileType, nameOf: (judge) => names.get(judge) ?? judge }),
        engines: shown,
        family: familyVote(shown.map(({ family }) => family).filter(Boolean)),
        truth,
        votes: { malicious: told.votes.filter(({ votes }) => votes[index] === true).length, total: told.votes.length },
        cost: {
          reward: divided(order.amount ?? 0n),
          fee: divided(order.bountyFee ?? 0n),
          refund: divided(told.refund),
        },
        notes: shown.length === 0 ? ['No engine took this artifact on.'] : [],
      },
    }
  })
}

interface Engine {
  author: string
  name: string
  mask: bigint
  bid: readonly bigint[]
  verdicts: bigint | null
  families: readonly string[]
}

function engineOf(
  { author, mask, bid, nonce, verdicts, metadata }: ToldBounty['assertions'][number],
  count: number,
): Engine {
  const said = assertionMetadataSchema.safeParse(metadata).data ?? []
  const product = said.map((each) => textOf(each.product)).find((text) => text !== '')
  const short = `${author.slice(0, 6)}…${author.slice(-4)}`
  return {
    author,
    // The name is the engine's own word, the address is not.
    name: product === undefined ? short : `${visibleText(product).slice(0, LONGEST_NAME)} ${short}`,
    mask: maskFromBooleans(mask.slice(0, count)),
    bid,
    verdicts: nonce === 0n ? null : maskFromBooleans(verdicts.slice(0, count).map((verdict) => verdict === true)),
    families: said.map(({ malware_family: family }) => family.slice(0, 100)),
  }
}

function votesOf({ votes }: ToldBounty['votes'][number]): { votes: bigint } {
  return { votes: maskFromBooleans(votes) }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 300) : ''
}
