import type { Finding, Microengine } from '@polyswarm/participants'
import type { ArtifactType } from '@polyswarm/protocol'

/** The EICAR test file, encoded so that no virus scanner takes this source for it. */
export const EICAR = Buffer.from(
  'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=',
  'base64',
)

/** What an engine says of contents, from its setup to its teardown. */
export async function judge(
  engine: Microengine,
  contents: readonly (string | Buffer)[],
  artifactType: ArtifactType = 'file',
): Promise<Finding[]> {
  await engine.setup()
  try {
    const signal = AbortSignal.timeout(60_000)
    const guid = '7e0a561c-1a45-4e99-9197-a2ef9a9b1a2c' as never
    return await Promise.all(
      contents.map((content, index) =>
        engine.scan({ guid, index, content: Buffer.from(content), artifactType, metadata: {}, signal }),
      ),
    )
  } finally {
    await engine.teardown()
  }
}
