import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  eicarTruth,
  type KnownTruth,
  type LeftOutFile,
  parseUrlList,
  postableFiles,
  sampleBounties,
  TruthDatabase,
} from '@polyswarm/participants/runtime'
import { MAX_ARTIFACT_SIZE, type Verdict } from '@polyswarm/protocol'
import { ArtifactDirectoryError } from './errors.js'
import { type PostingPace, postingPace } from './posting-pace.js'
import type { MarketSettings } from './settings.js'

/** What the ambassador posts, and what is true of it. */
export interface ArtifactPlan {
  /** What the ambassador is told to post. */
  ambassador: readonly string[]
  /** How many bounties come of it. */
  bounties: number
  /** Files that could not be looked into, and pass for benign since nothing says otherwise. */
  unseen: readonly string[]
  /** Files that are not posted. */
  leftOut: readonly LeftOutFile[]
  /** How many artifacts are posted. */
  artifacts: number
  pace: PostingPace
  /** Adds what is true of every artifact to the arbiter's truth database. */
  writeTruth(file: string): void
}

/**
 * Looks at what is to be posted, before anything is started: the files of a directory, the URLs of a list, or the samples.
 * Of a file in a directory it is true that it is malicious where the EICAR test file is in it, archives opened, or where it
 * lies in a folder named `malicious`; of a URL, where `malicious` stands behind it. Every other one is benign.
 *
 * @param engines how many microengines are to judge it.
 * @throws ArtifactDirectoryError where the directory or the list is unreadable or holds nothing to post.
 */
export async function planArtifacts(
  { artifacts, urls, blockTime }: Pick<MarketSettings, 'artifacts' | 'urls' | 'blockTime'>,
  engines: number,
): Promise<ArtifactPlan> {
  const planOf = (backend: readonly string[], truths: readonly KnownTruth[], bounties?: number) =>
    planOfTruths(backend, truths, postingPace({ artifacts: truths.length, engines, blockTime }), bounties)
  if (artifacts !== undefined) {
    const { truths, ...remarks } = await readDirectory(artifacts)
    return { ...planOf(['filesystem', '--artifact-directory', artifacts], truths), ...remarks }
  }
  if (urls !== undefined) return planOf(['urls', '--url-list', urls], readUrls(urls))
  const samples = sampleBounties()
  const truths = samples.flatMap((bounty) =>
    bounty.artifacts.map(({ content, truth }) => ({ sha256: sha256Of(content), truth })),
  )
  return planOf(['samples'], truths, samples.length)
}

function planOfTruths(
  backend: readonly string[],
  truths: readonly KnownTruth[],
  pace: PostingPace,
  bounties: number = Math.ceil(truths.length / pace.perBounty),
): ArtifactPlan {
  return {
    ambassador: ['--backend', ...backend],
    pace,
    bounties,
    unseen: [],
    leftOut: [],
    artifacts: truths.length,
    writeTruth: (file) => {
      const database = TruthDatabase.create(file)
      // Who corrects a list and starts again means the correction.
      database.add(truths, { replace: true })
      database.close()
    },
  }
}

function readUrls(list: string): KnownTruth[] {
  const refuse = (reason: string) => new ArtifactDirectoryError({ directory: list, reason })
  let text: string
  try {
    text = readFileSync(list, 'utf8')
  } catch (error) {
    throw refuse((error as Error).message)
  }
  return parseUrlList(text, refuse).map(({ url, truth = 'benign' }) => ({ sha256: sha256Of(url), truth }))
}

async function readDirectory(
  directory: string,
): Promise<{ truths: KnownTruth[]; unseen: string[]; leftOut: LeftOutFile[] }> {
  try {
    const { files, leftOut } = await postableFiles(directory, MAX_ARTIFACT_SIZE)
    if (files.length === 0) {
      const [first] = leftOut
      const why =
        first && ` (${first.path}: ${first.reason}${leftOut.length > 1 ? `, and ${leftOut.length - 1} more` : ''})`
      throw new ArtifactDirectoryError({ directory, reason: `it holds no file that can be posted${why ?? ''}` })
    }
    const truths: KnownTruth[] = []
    const unseen: string[] = []
    for (const file of files) {
      const content = readFileSync(file)
      const sha256 = sha256Of(content)
      const isCalledMalicious = file.slice(directory.length).split(/[\\/]/).includes('malicious')
      const truth = isCalledMalicious ? 'malicious' : await truthOf(content, sha256)
      if (truth === undefined) unseen.push(file)
      truths.push({ sha256, truth: truth ?? 'benign' })
    }
    return { truths, unseen, leftOut }
  } catch (error) {
    if (error instanceof ArtifactDirectoryError) throw error
    throw new ArtifactDirectoryError({ directory, reason: (error as Error).message, cause: error })
  }
}

/** What an engine with the `eicar` backend would say; undefined where that is neither. */
async function truthOf(content: Uint8Array, sha256: string): Promise<Verdict | undefined> {
  const { signal } = new AbortController()
  return (await eicarTruth().judge({ content, sha256, artifactType: 'file', metadata: {}, signal })).verdict
}

function sha256Of(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}
