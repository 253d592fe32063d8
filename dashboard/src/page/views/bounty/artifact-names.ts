/**
 * What the ambassador calls each artifact of a bounty, in its metadata; else what the artifact store does; else nothing.
 *
 * @param metadata whatever the ambassador has put there.
 */
export function artifactNames(metadata: unknown, stored: readonly string[], numArtifacts: number): string[] {
  return Array.from({ length: numArtifacts }, (_, index) => {
    const entry: unknown = Array.isArray(metadata) ? metadata[index] : null
    const { filename, uri } = (entry ?? {}) as { filename?: unknown; uri?: unknown }
    return String([filename, uri, stored[index]].find((name) => typeof name === 'string' && name !== '') ?? '')
  })
}
