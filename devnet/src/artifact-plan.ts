import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { containsEicar, type KnownTruth, sampleBounties, TruthDatabase } from '@polyswarm/participants/runtime'
import { MAX_ARTIFACTS } from '@polyswarm/protocol'
import { ArtifactDirectoryError } from './errors.js'

/** What the ambassador posts, and what is true of it. */
export interface ArtifactPlan {
  /** Directory to post; undefined for the samples. */
  directory: string | undefined
  /** How many bounties come of it. */
  bounties: number
  /** Adds what is true of every artifact to the arbiter's truth database. */
  writeTruth(file: string): void
}

/**
 * Looks at what is to be posted, before anything is started. Of a file in a directory it is true that it is malicious
 * where it contains the EICAR test string, or lies in a folder named `malicious`; every other one is benign.
 *
 * @throws ArtifactDirectoryError where the directory is unreadable or holds no file to post.
 */
export function planArtifacts(directory: string | undefined): ArtifactPlan {
  const samples = sampleBounties()
  const truths =
    directory === undefined
      ? samples.flatMap(({ artifacts }) =>
          artifacts.map(({ content, truth }) => ({ sha256: sha256Of(content), truth })),
        )
      : readDirectory(directory)
  return {
    directory,
    bounties: directory === undefined ? samples.length : Math.ceil(truths.length / MAX_ARTIFACTS),
    writeTruth: (file) => {
      const database = TruthDatabase.create(file)
      database.add(truths)
      database.close()
    },
  }
}

function readDirectory(directory: string): KnownTruth[] {
  try {
    const files = readdirSync(directory, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => statSync(file).size > 0)
    if (files.length === 0)
      throw new ArtifactDirectoryError({ directory, reason: 'it holds no file that is not empty' })
    return files.map((file) => {
      const content = readFileSync(file)
      const folder = file.slice(directory.length).split(/[\\/]/)
      const isMalicious = containsEicar(content) || folder.includes('malicious')
      return { sha256: sha256Of(content), truth: isMalicious ? 'malicious' : 'benign' }
    })
  } catch (error) {
    if (error instanceof ArtifactDirectoryError) throw error
    throw new ArtifactDirectoryError({ directory, reason: (error as Error).message, cause: error })
  }
}

function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
