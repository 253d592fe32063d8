import type { ArtifactType } from '@polyswarm/protocol'

/** An artifact to be put into a bounty: a file, or a URL as a file that holds its text. */
export interface ArtifactFile {
  name: string
  content: Blob
}

/**
 * Where an ambassador's bounties come from. A bounty is planned as a text that goes into the journal; the same text must
 * give the same files again after a restart.
 */
export interface BountySource {
  readonly name: string
  /** What the artifacts of all its bounties are. */
  readonly artifactType: ArtifactType
  /** Whether {@link plan} can be asked again and again. */
  readonly endless: boolean
  /**
   * The next bounties to post, one text each.
   *
   * @throws BountySourceError where there is nothing that can be posted.
   */
  plan(): Promise<string[]>
  /**
   * The files of a planned bounty, 1 to 256.
   *
   * @throws BountySourceError where they are no longer there.
   */
  artifacts(plan: string): Promise<ArtifactFile[]>
}
