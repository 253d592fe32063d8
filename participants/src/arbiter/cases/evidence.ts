import { stringifyJson } from '@polyswarm/protocol'
import type { KnownBounty } from '../../runtime/roles/role.js'
import type { ArtifactInquiry } from '../bounty-inquiry.js'

/**
 * What a person sees beside a case: the artifact, where to get it, what the ambassador says of it, and what this arbiter's
 * own sources said. What engines say of it is not in here: whoever votes must not copy those who are paid by the vote.
 */
export interface CaseEvidence {
  /** Content address of the bounty's artifacts; the artifact is number `artifact` of it. */
  uri: string
  artifactType: 'file' | 'url'
  /** Bytes. */
  size: number
  /** What its first bytes say that it is. */
  format: string
  /** What the ambassador says, as JSON; a stranger has written it. */
  metadata: string
  sources: { source: string; verdict: 'malicious' | 'benign' | null; reason: string }[]
}

/** Characters of a stranger's text that are kept. */
const MOST_METADATA = 4_000
const MOST_REASON = 500

/** The evidence on one artifact of a bounty. */
export function evidenceOf(
  { uri, artifactType }: Pick<KnownBounty, 'uri' | 'artifactType'>,
  { size, format, metadata, testimonies }: ArtifactInquiry,
): CaseEvidence {
  return {
    ...{ uri, artifactType, size, format },
    metadata: shortened(stringifyJson(metadata), MOST_METADATA),
    sources: testimonies.map(({ source, verdict, reason = '' }) => ({
      source,
      verdict: verdict ?? null,
      reason: shortened(reason, MOST_REASON),
    })),
  }
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}
