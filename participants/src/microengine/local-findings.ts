import { ArtifactSource } from '../download/artifact-source.js'
import { BackendError } from '../errors.js'
import { scanBounty } from './bounty-scan.js'
import type { FindingSource, ScannedArtifact, ScanOrder } from './finding-source.js'
import type { Microengine } from './microengine.js'

/** Findings of an engine that scans in this process. */
export class LocalFindings implements FindingSource {
  readonly #engine: Microengine
  readonly #maxBytes: number

  /** @param maxArtifactSize bytes of the largest artifact that is fetched. */
  constructor({ engine, maxArtifactSize }: { engine: Microengine; maxArtifactSize: number }) {
    this.#engine = engine
    this.#maxBytes = maxArtifactSize
  }

  async setup(): Promise<void> {
    await this.#engine.setup().catch((cause: Error) => {
      throw new BackendError({ backend: this.#engine.name, reason: cause.message, cause })
    })
  }

  async scan({ client, guid, uri, artifactType, artifacts, signal, scanned }: ScanOrder): Promise<ScannedArtifact[]> {
    const wanted = new Set(artifacts.flatMap((artifact, index) => ('skip' in artifact ? [] : index)))
    const options = { uri, numArtifacts: artifacts.length, maxBytes: this.#maxBytes, wanted }
    const source = await ArtifactSource.open(client, options, signal)
    const seen: Omit<ScannedArtifact, 'finding'>[] = []
    const findings = await scanBounty({
      engine: this.#engine,
      source,
      artifacts: artifacts.map((artifact, index) =>
        'skip' in artifact ? artifact : { guid, index, artifactType, metadata: artifact.metadata },
      ),
      signal,
      scanned: (index, finding, fileType, duration) => {
        seen[index] = { fileType, duration }
        scanned?.(index, { finding, fileType, duration })
      },
    })
    return findings.map((finding, index) => ({ finding, fileType: 'unknown', ...seen[index] }))
  }

  async teardown(): Promise<void> {
    await this.#engine.teardown()
  }
}
