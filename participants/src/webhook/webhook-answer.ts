import { z } from 'zod'
import { checkFinding, type Finding, unknown } from '../findings/finding.js'
import { assertionMetadata, type ScannerIdentity } from '../microengine/assertion-metadata.js'
import { bidFor, type RangeStrategy } from '../staking/strategies.js'
import type { WebhookBounty } from './webhook-bounty.js'

/** The verdicts that webhooks know. */
type WebhookVerdict = 'malicious' | 'benign' | 'suspicious' | 'unknown'

/** What a webhook says of an artifact. */
export interface WebhookAnswer {
  verdict: WebhookVerdict
  /** Base units; none in a vote. */
  bid?: bigint
  metadata: Record<string, unknown>
}

/** The answer that a finding is. Who cannot tell says so: an engine that is silent counts as one that failed. */
export function webhookAnswerOf(
  finding: Finding,
  { phase, range }: Pick<WebhookBounty, 'phase' | 'range'>,
  { strategy, identity }: { strategy: RangeStrategy; identity: ScannerIdentity },
): WebhookAnswer {
  const { outcome, confidence } = finding
  const verdict = outcome === 'abstain' ? 'unknown' : outcome
  const metadata = { ...assertionMetadata([finding], identity)[0] }
  if (phase === 'arbitration') return { verdict, metadata }
  const isBid = verdict === 'malicious' || verdict === 'benign'
  return { verdict, bid: isBid ? bidFor(strategy, confidence, range) : 0n, metadata }
}

const shape = z.object({
  verdict: z.enum(['malicious', 'benign', 'suspicious', 'unknown']),
  bid: z.union([z.bigint(), z.number().int().transform(BigInt)]).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})

const PARTS_PER_MILLION = 1_000_000n

/**
 * Reads an answer.
 *
 * @returns the finding, its confidence being where its bid lies in the range; or why it is refused.
 */
export function findingOfAnswer(
  value: unknown,
  { phase, range }: Pick<WebhookBounty, 'phase' | 'range'>,
): Finding | { refused: string } {
  const { success, data, error } = shape.safeParse(value)
  if (!success) {
    const [issue] = error.issues
    return { refused: `${issue?.path.join('.') || 'the answer'}: ${issue?.message}` }
  }
  const { verdict, bid, metadata } = data
  const family = metadata?.malware_family
  const details = {
    ...(typeof family === 'string' && family !== '' && { family }),
    ...(metadata && { metadata }),
  }
  if (verdict === 'suspicious') return checkFinding({ outcome: 'suspicious', confidence: 0.5, ...details })
  if (verdict === 'unknown') return unknown({ reason: 'the webhook cannot tell' })
  // Webhooks of the original bid on votes, too; it means nothing there.
  if (phase === 'arbitration') return checkFinding({ outcome: verdict, confidence: 1, ...details })
  const { minimum, maximum } = range
  if (bid === null || bid === undefined || bid < minimum || bid > maximum) {
    return { refused: `bid: ${bid ?? 'none'} is not from ${minimum} to ${maximum}` }
  }
  const parts = maximum === minimum ? PARTS_PER_MILLION : ((bid - minimum) * PARTS_PER_MILLION) / (maximum - minimum)
  return checkFinding({ outcome: verdict, confidence: Number(parts) / Number(PARTS_PER_MILLION), ...details })
}
