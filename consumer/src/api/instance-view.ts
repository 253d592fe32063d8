import type { Instance } from '@polyswarm/protocol/consumer'
import type { Address } from 'viem'
import type { EngineNames } from '../market/engine-names.js'
import type { ServiceHealth } from '../market/service-health.js'
import type { KeptArtifact } from '../store/artifact-book.js'
import type { ConsumerStore } from '../store/consumer-store.js'
import type { Answer, Submission, Vote } from '../store/submission.js'

/** What submissions are shown with. */
export interface InstanceViewOptions {
  store: ConsumerStore
  nameOf: EngineNames
  health: ServiceHealth
}

/**
 * A submission as clients see it.
 *
 * @param uploadsTo where bytes of this submission are to be put, given its token.
 */
export async function instanceView(
  submission: Submission,
  { store, nameOf, health }: InstanceViewOptions,
  uploadsTo: (token: string) => string,
): Promise<Instance> {
  const [answer, artifact, disputedBy] = await Promise.all([
    submission.answeredBy === null ? undefined : store.submissions.get(submission.answeredBy),
    submission.artifact === null ? undefined : store.artifacts.get(submission.artifact),
    store.submissions.disputesOf(submission.id),
  ])
  const source = answer ?? submission
  const isFailed = submission.state === 'failed' || source.state === 'failed'
  const state = isFailed ? 'failed' : submission.answeredBy === null ? submission.state : source.state
  const isJudged = state === 'judged' || state === 'settled'
  const waits = state === 'queued' && health.trouble !== null ? `It waits to be posted: ${health.trouble}` : null
  return {
    id: String(submission.id),
    artifact_id: String(artifact?.id ?? submission.id),
    type: submission.type === 'url' ? 'URL' : 'FILE',
    filename: submission.name.slice(0, 256),
    community: submission.community,
    country: '',
    created: momentOf(submission.created),
    ...hashesOf(artifact),
    last_scanned: source.judged === null ? null : momentOf(source.judged),
    upload_url: submission.uploadToken === null ? null : uploadsTo(submission.uploadToken),
    failed: isFailed,
    failed_reason: source.reason ?? submission.reason ?? waits,
    window_closed: isJudged,
    result: null,
    polyscore: source.score?.probability ?? null,
    detections: artifact ? detectionsOf(source.assertions) : null,
    assertions: source.assertions.map((answer) => assertionOf(answer, nameOf)),
    votes: source.votes.map((vote) => voteOf(vote, nameOf)),
    metadata: artifact ? [hashTool(artifact)] : [],
    permalink: null,
    state,
    bounty: await bountyOf(source, store, nameOf, health),
    score: source.score,
    truth: source.truth,
    families: source.families,
    cost: costOf(submission),
    private: submission.private,
    expires: submission.expires === null ? null : momentOf(submission.expires),
    answered_by: submission.answeredBy === null ? null : String(submission.answeredBy),
    disputes:
      submission.disputes === null
        ? null
        : { instance: String(submission.disputes), reason: submission.disputeReason ?? '' },
    disputed_by: disputedBy.map(String),
  }
}

/** ISO 8601 in UTC. */
export function momentOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

function hashesOf(artifact: KeptArtifact | undefined) {
  if (!artifact) {
    const unknown = { sha256: null, sha1: null, md5: null, size: null, mimetype: null, extended_type: null }
    return { ...unknown, first_seen: null, last_seen: null }
  }
  const { sha256, sha1, md5, size, mimetype, firstSeen, lastSeen } = artifact
  const seen = { first_seen: momentOf(firstSeen), last_seen: momentOf(lastSeen) }
  return { sha256, sha1, md5, size, mimetype, extended_type: mimetype, ...seen }
}

function hashTool({ sha256, sha1, md5, firstSeen }: KeptArtifact): Instance['metadata'][number] {
  const created = momentOf(firstSeen)
  return { tool: 'hash', tool_metadata: { md5, sha1, sha256 }, created, updated: created }
}

function detectionsOf(assertions: readonly Answer[]): NonNullable<Instance['detections']> {
  const malicious = assertions.filter(({ verdict }) => verdict === true).length
  const benign = assertions.filter(({ verdict }) => verdict === false).length
  return { malicious, benign, total: malicious + benign }
}

function assertionOf({ author, bid, verdict, metadata }: Answer, nameOf: EngineNames): Instance['assertions'][number] {
  const name = nameOf(author)
  return {
    author,
    author_name: name,
    engine: { name, description: null },
    bid,
    mask: verdict !== null,
    verdict,
    metadata,
  }
}

function voteOf({ voter, vote }: Vote, nameOf: EngineNames): Instance['votes'][number] {
  const name = nameOf(voter)
  return { arbiter: voter, arbiter_name: name, engine: { name, description: null }, vote, metadata: null }
}

async function bountyOf(
  { bounty, position }: Submission,
  store: ConsumerStore,
  nameOf: EngineNames,
  health: ServiceHealth,
): Promise<Instance['bounty']> {
  const group = bounty === null ? undefined : await store.bounties.get(bounty)
  if (!group) return null
  return {
    guid: group.guid,
    index: position ?? 0,
    artifacts: group.artifacts,
    phase: group.phase,
    block: Math.max(group.block, health.block),
    expiration: group.expiration,
    reveal_end: group.revealEnd,
    vote_end: group.voteEnd,
    answered: group.answered.map((author: Address) => ({ author, name: nameOf(author) })),
  }
}

function costOf({ answeredBy, reward, fee, refund, reserved, queued }: Submission): Instance['cost'] {
  if (answeredBy !== null) return { reward: '0', fee: '0', refund: '0' }
  if (queued === null || (reward === 0n && reserved === 0n)) return null
  return { reward: reward.toString(), fee: fee.toString(), refund: refund.toString() }
}
