/**
 * How sure an engine says that it is of its verdict on an artifact, from 0 to 1; null where it does not say, or where its
 * metadata, which is whatever it likes, has something else there.
 */
export function confidenceOf(metadata: unknown, artifact: number): number | null {
  const entry: unknown = Array.isArray(metadata) ? metadata[artifact] : null
  if (typeof entry !== 'object' || entry === null || !('confidence' in entry)) return null
  const { confidence } = entry
  return typeof confidence === 'number' && confidence >= 0 && confidence <= 1 ? confidence : null
}
