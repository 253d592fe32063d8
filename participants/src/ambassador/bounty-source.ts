import type { ArtifactType, Guid } from '@polyswarm/protocol'

/** An artifact to be put into a bounty: a file, or a URL as a file that holds its text. */
export interface ArtifactFile {
  name: string
  content: Blob
  /** Opens it, where it is an encrypted archive; engines are told. */
  password?: string | undefined
}

/** What is fixed for a planned bounty before it is posted. */
export interface PlannedTerms {
  guid: Guid
  artifactType: ArtifactType
  /** What it may cost in all, reward and fee, in base units. */
  most: bigint
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
  /** What a source that keeps books of its own has fixed for a planned bounty. */
  termsOf?(plan: string): Promise<PlannedTerms>
  /**
   * The files of a planned bounty, 1 to 256.
   *
   * @throws BountySourceError where they are no longer there.
   */
  artifacts(plan: string): Promise<ArtifactFile[]>
}
