import { bloomOf, withEnds } from '@polyswarm/protocol'
import { formatOf } from '../artifacts/file-format.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { ArtifactSource } from '../download/artifact-source.js'
import { examine } from '../examiner/examine.js'
import { artifactMetadata } from '../runtime/journal/artifact-metadata.js'
import type { KnownBounty } from '../runtime/roles/role.js'
import type { Inquiry, OrderedTruth } from './ordered-truth.js'

/** What was found out about one artifact. */
export interface ArtifactInquiry extends Inquiry {
  artifact: number
  sha256: string
  /** Bytes. */
  size: number
  /** What its first bytes say that it is. */
  format: string
  /** What the ambassador says of it; a stranger has written it. */
  metadata: Record<string, unknown>
}

/** What inquiries need. */
export interface InquiryScope {
  client: PolyswarmdClient
  truth: Pick<OrderedTruth, 'judge'>
  /** The filter that the bounty was posted with, as its terms have it; asked for where it is not known. */
  bloom?: string | undefined
  /** Largest artifact that is fetched, in bytes. */
  maxBytes: number
}

/** Artifacts that are fetched and judged at the same time. */
const AT_A_TIME = 4

/**
 * Asks for the truth about the artifacts of a bounty, and whether the filter that it was posted with is theirs.
 *
 * @param wanted the artifacts that are asked about; all by default.
 * @returns what was found out about each of them, in their order.
 * @throws what fetching and sources throw, TruthUnavailableError aside, which is in the inquiry.
 */
export async function inquire(
  { client, truth, maxBytes, bloom }: InquiryScope,
  bounty: KnownBounty,
  signal: AbortSignal,
  wanted?: ReadonlySet<number>,
): Promise<{ inquiries: ArtifactInquiry[]; validBloom: boolean }> {
  const { guid, artifactType } = bounty
  const { numArtifacts } = bounty.terms
  const source = await ArtifactSource.open(client, { uri: bounty.uri, numArtifacts, maxBytes, wanted }, signal)
  const inquiries: ArtifactInquiry[] = []
  let next = 0
  await withEnds([signal], async (end) => {
    const worker = async (): Promise<void> => {
      for (let artifact = next++; artifact < numArtifacts; artifact = next++) {
        const isWanted = wanted === undefined || wanted.has(artifact)
        // What nobody asks about is fetched where that proves the addresses of the others.
        if (!isWanted && source.isProven) continue
        const content = await source.fetch(artifact, end.signal)
        if (!isWanted) continue
        const sha256 = await examine('sha256', content, end.signal)
        const metadata = artifactMetadata(bounty, artifact)
        const inquiry = await truth.judge({ content, sha256, artifactType, metadata, signal: end.signal })
        inquiries.push({
          ...{ artifact, sha256, size: content.length, metadata },
          format: artifactType === 'url' ? 'url' : formatOf(content).name,
          ...inquiry,
        })
      }
    }
    const workers = Array.from({ length: AT_A_TIME }, worker)
    try {
      await Promise.all(workers)
    } catch (error) {
      end.abort(error)
      await Promise.allSettled(workers)
      throw error
    }
  })
  source.verify()
  const posted = bloom ?? (await client.bloom(guid, signal)).map(hexOf).join('')
  const validBloom = bloomOf(source.addresses).map(hexOf).join('') === posted
  return { inquiries: inquiries.sort((a, b) => a.artifact - b.artifact), validBloom }
}

function hexOf(word: bigint): string {
  return word.toString(16).padStart(64, '0')
}
